"""X-Ray's part of the sandbox."""
