"""The tools behind the course: the sandbox, the steps, the checks and the pictures."""
