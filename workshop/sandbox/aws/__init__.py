"""What all of AWS's services in the sandbox share: signatures, models, and how errors look."""

REGION = "us-east-1"
ACCOUNT = "000000000000"
