"""Honeycomb's part of the sandbox: OTLP in, events kept, traces out."""
