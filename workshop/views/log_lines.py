"""What a log line tells: its level, its service, its request and its trace."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from workshop.errors import WorkshopError
from workshop.sandbox.cloudwatch.insights.rows import discover_fields
from workshop.sandbox.cloudwatch.insights.values import show
from workshop.views import colours, words
from workshop.views.colours import Look

LOOKS = {
    "no level": Look("#ffffff", "#59636e", "...."),
    "DEBUG": Look("#ffffff", "#59636e", ""),
    "INFO": Look("#dde3e9", "#59636e", ""),
    "WARNING": Look("#f5e98a", "#6b6200", "\\\\\\\\"),
    "ERROR": Look("#f2b8b5", colours.ERROR, "xxxx"),
    "CRITICAL": Look("#b3261e", "#6e1712", ""),
}
"""How each level is drawn, from low to high: a colour and a hatch."""
BAD = ("ERROR", "CRITICAL")

_SAME = {"WARN": "WARNING", "FATAL": "CRITICAL"}
_WORD = re.compile(r"\b(DEBUG|INFO|WARN(?:ING)?|ERROR|CRITICAL|FATAL)\b")
_TRACE_ID = re.compile(r"\b1-[0-9a-f]{8}-[0-9a-f]{24}\b|\b[0-9a-f]{32}\b")
# The names that loggers in use give to each, as Insights would discover them.
_LEVEL = ("level", "levelname", "severity", "log.level")
_SERVICE = ("service", "service.name", "resource.service.name")
_METHOD = ("method", "http.method", "http.request.method")
_ROUTE = ("route", "http.route", "path", "url.path")
_STATUS = ("status", "status_code", "http.status_code", "http.response.status_code")
_TEXT = ("message", "msg", "event")
_TRACE = ("trace_id", "traceId", "trace.id", "trace.trace_id", "otelTraceID", "xray_trace_id")


@dataclass(frozen=True)
class LogLine:
    """One log line; a text is empty where the line does not tell it.

    Args:
        time_ms: milliseconds since 1970.
        level: a key of `LOOKS`.
        service: who wrote it.
        request: method, route and status of the request that it is about.
        message: what it says; the whole line where it is not JSON.
        trace_id: as it tells it, of either vendor's spelling.
    """

    time_ms: int
    level: str
    service: str
    request: str
    message: str
    trace_id: str

    @property
    def is_bad(self) -> bool:
        """Whether it tells of something that failed."""
        return self.level in BAD


def read_lines(events: Iterable[Mapping[str, Any]], service: str = "") -> list[LogLine]:
    """Return what some log events tell, the earliest first.

    Args:
        events: `events` of boto3's `filter_log_events` or `get_log_events`.
        service: who wrote those that do not say it.

    Raises:
        WorkshopError: there are none.
    """
    lines = [_read_line(event["timestamp"], event["message"], service) for event in events]
    if not lines:
        raise WorkshopError(
            "There is nothing to draw: there are no log lines.",
            "Send the app a request, flush its log handler, then read the log group again.",
        )
    return sorted(lines, key=lambda line: line.time_ms)


def count_levels(lines: Iterable[LogLine]) -> dict[str, int]:
    """Return how many lines there are of each level that there is, from low to high."""
    levels = [line.level for line in lines]
    return {level: levels.count(level) for level in LOOKS if level in levels}


def describe(lines: list[LogLine]) -> str:
    """Return how many lines there are, in words, such as '3 lines: 2 INFO, 1 ERROR'."""
    levels = ", ".join(f"{number:,} {level}" for level, number in count_levels(lines).items())
    return f"{words.count(len(lines), 'line')}: {levels}"


def mark(level: str) -> str:
    """Return a level as pictures show it: with a mark if it is bad."""
    return f"{colours.ERROR_MARK} {level}" if level in BAD else level


def _read_line(time_ms: int, message: str, service: str) -> LogLine:
    fields = {name: show(value) for name, value in discover_fields(message).items()}
    word = _WORD.search(message) if not fields else None
    level = (_first(fields, _LEVEL) or (word[0] if word else "")).upper()
    level = _SAME.get(level, level)
    trace_id = _TRACE_ID.search(_first(fields, _TRACE) or message)
    parts = (_first(fields, names) for names in (_METHOD, _ROUTE, _STATUS))
    return LogLine(
        time_ms=time_ms,
        level=level if level in LOOKS else "no level",
        service=words.clean(_first(fields, _SERVICE) or service),
        request=words.clean(" ".join(part for part in parts if part)),
        message=words.clean(_first(fields, _TEXT) or message),
        trace_id=trace_id[0] if trace_id else "",
    )


def _first(fields: Mapping[str, str], names: tuple[str, ...]) -> str:
    return next((fields[name] for name in names if fields.get(name)), "")
