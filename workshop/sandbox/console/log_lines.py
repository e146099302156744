"""Reads log lines for the CloudWatch pages, and what each tells of its request."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from workshop.sandbox.cloudwatch.insights.rows import discover_fields
from workshop.sandbox.cloudwatch.logs import Event, read_events
from workshop.sandbox.console import spelling
from workshop.sandbox.store import Reader
from workshop.views import log_lines
from workshop.views.log_lines import LogLine

SEARCHED = 15_000
"""A page looks at so many of a group's latest lines."""
PATH_FIELDS = ("path", "url.path", "http.target", "request.path", "url", "request.url")

_PATH = re.compile(r"\b(?:GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS) (/[^\s\"'?#]*)")


@dataclass(frozen=True)
class Line:
    """One log line.

    Args:
        event: as it is stored.
        told: what the notebooks' pictures tell of it.
        path: of the request, without a query; empty where it tells none.
    """

    event: Event
    told: LogLine
    path: str

    @property
    def time_ns(self) -> int:
        """When it happened, in nanoseconds since 1970."""
        return self.event.timestamp_ms * 10**6

    @property
    def trace_id(self) -> str:
        """The trace's id, of either vendor's spelling; empty where it tells none."""
        return self.told.trace_id

    @property
    def has_more(self) -> bool:
        """Whether the whole line says more than its message."""
        return self.told.message != self.event.message


def read_lines(
    reader: Reader, group: str, *, stream: str | None, pattern: str, limit: int
) -> list[Line]:
    """Return lines of a group, the latest first, among its latest `SEARCHED` ones.

    Args:
        reader: from `open_reader`.
        group: the log group's name.
        stream: only of this stream; None for all.
        pattern: only those that this filter pattern takes; all where it is empty.
        limit: at most so many.

    Raises:
        ApiError: it is not a filter pattern.
    """
    since_ms = _find_start(reader, group, stream)
    found = read_events(
        reader, group, stream=stream, since_ms=since_ms, pattern=pattern, limit=limit
    )
    return [read_line(event) for event in reversed(found)]


def read_line(event: Event) -> Line:
    """Return what a stored line tells."""
    (told,) = log_lines.read_lines(as_events([event]))
    fields = discover_fields(event.message)
    url = next((fields[name] for name in PATH_FIELDS if fields.get(name)), "")
    found = _PATH.search(event.message)
    return Line(event, told, spelling.path_of(url) or (found[1] if found else ""))


def as_events(events: Sequence[Event]) -> list[Mapping[str, object]]:
    """Return events as boto3 returns them, which is what the notebooks' pictures take."""
    return [{"timestamp": each.timestamp_ms, "message": each.message} for each in events]


def _find_start(reader: Reader, group: str, stream: str | None) -> int:
    """Return the time of the earliest line that a page looks at, in milliseconds since 1970."""
    among = "" if stream is None else " AND stream_name = :stream"
    row = reader.execute(
        "SELECT timestamp_ms FROM cloudwatch_log_events"  # noqa: S608
        f" WHERE group_name = :group{among} ORDER BY timestamp_ms DESC LIMIT 1 OFFSET :skipped",
        {"group": group, "stream": stream, "skipped": SEARCHED},
    ).fetchone()
    return int(row[0]) if row else 0
