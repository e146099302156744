"""Stands in for Rollbar: occurrences come in, are grouped into items, and are read back."""
