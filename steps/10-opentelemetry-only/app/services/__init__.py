"""What the backend service does, one module a task."""
