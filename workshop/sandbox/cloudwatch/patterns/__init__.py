"""CloudWatch Logs' filter patterns: from their grammar to a test of a message."""

from workshop.sandbox.cloudwatch.patterns.compile import Predicate, compile_pattern

__all__ = ["Predicate", "compile_pattern"]
