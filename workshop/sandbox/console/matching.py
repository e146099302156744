"""What a request is known by, and what a tool has of it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

BY_ID = "by trace id"
BY_TIME = "by time and path"
BY_OTHER_ID = "by {}'s trace id"

NEAR_NS = 1_000_000_000
"""Two records of one request start within this time of each other."""
LOOKED_AT = 40
"""Of what is near in time, so many are looked at."""
LINES_LOOKED_AT = 1_000
"""Of the lines of a group that are near in time, so many are looked at."""
LATEST_LINES, LATEST_OCCURRENCES = 15_000, 1_000
"""Where only an id is known, so many of the latest are searched for it."""
TITLE_LIMIT = 120
BEFORE_MS, AFTER_MS = 1_000, 10_000
"""A request's log lines are within this time of its start."""

_OTEL = re.compile(r"[0-9a-f]{32}")
_XRAY = re.compile(r"1-([0-9a-f]{8})-([0-9a-f]{24})")


def plain_id(trace_id: str) -> str:
    """Return a trace id of either spelling as 32 hexadecimal digits; empty where it is neither.

    Args:
        trace_id: also as it stands in an answer's X-Amzn-Trace-Id, behind `Root=`.
    """
    text = trace_id.strip().lower().removeprefix("root=").partition(";")[0]
    if _OTEL.fullmatch(text):
        return text
    parts = _XRAY.fullmatch(text)
    return parts[1] + parts[2] if parts else ""


def xray_id(plain: str) -> str:
    """Return 32 hexadecimal digits in X-Ray's spelling."""
    return f"1-{plain[:8]}-{plain[8:]}"


@dataclass(frozen=True)
class Request:
    """What is known of one request.

    Args:
        trace_id: its trace's id, OpenTelemetry's or X-Ray's; empty where none is known.
        start_ns: when it began, in nanoseconds since 1970; None where that is not known.
        path: what it asked for, without a query; empty where that is not known.
    """

    trace_id: str = ""
    start_ns: int | None = None
    path: str = ""

    @property
    def ids(self) -> tuple[str, ...]:
        """Its trace id in each vendor's spelling: 32 digits, and X-Ray's with dashes."""
        plain = plain_id(self.trace_id)
        return (plain, xray_id(plain)) if plain else ()


@dataclass(frozen=True)
class Match:
    """The request as one tool has it.

    Args:
        title: what to call it.
        endpoint: the page that shows it.
        values: what that page takes.
        how: how it was found, `BY_ID`, `BY_TIME` or one of `BY_OTHER_ID`.
        start_ns: its moment, in nanoseconds since 1970.
        path: what was asked for, without a query; empty where the tool does not know.
    """

    title: str
    endpoint: str
    values: Mapping[str, str | int]
    how: str
    start_ns: int
    path: str = ""
