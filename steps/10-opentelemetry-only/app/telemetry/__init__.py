"""What this app tells about itself, one module for each vendor."""
