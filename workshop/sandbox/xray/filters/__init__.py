"""X-Ray's filter expressions: from their grammar to SQL."""

from workshop.sandbox.xray.filters.compile import Condition, check_filter, compile_filter

__all__ = ["Condition", "check_filter", "compile_filter"]
