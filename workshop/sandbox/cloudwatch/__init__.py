"""Stands in for Amazon CloudWatch Logs: groups, streams, events, and what finds them."""
