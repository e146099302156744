"""Reads log events a page at a time, from either end of a time range.

A page has up to 10,000 events and up to 1 MB of them, as in
https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_GetLogEvents.html
Events are in the order of their times, and of their arrival where those are equal.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from workshop.sandbox.cloudwatch.logs import EVENT_COLUMNS, EVENT_OVERHEAD, Event
from workshop.sandbox.store import Reader

MOST_EVENTS = 10_000
MOST_BYTES = 1_048_576
# No event is before or after these; they are what SQLite can compare.
START = (0, 0)
END = (2**63 - 1, 2**63 - 1)


@dataclass(frozen=True)
class Range:
    """Which events are read.

    Args:
        group: the group's name.
        first_ms: the earliest time, in milliseconds since 1970.
        end_ms: the time after the latest one.
        streams: only of these streams; None for all.
        stream_prefix: only of streams whose name starts so.
    """

    group: str
    first_ms: int
    end_ms: int
    streams: tuple[str, ...] | None = None
    stream_prefix: str = ""


@dataclass(frozen=True)
class Page:
    """Some events of a range.

    Args:
        events: in the order in which they were read.
        is_last: nothing of the range is left in this direction.
    """

    events: list[Event]
    is_last: bool


def read_page(
    reader: Reader, wanted: Range, place: tuple[int, int], limit: int, *, is_forward: bool
) -> Page:
    """Read the events after or before a place.

    Args:
        reader: from `open_reader`, with `matches_pattern` from `use_pattern`.
        wanted: the events to choose from.
        place: a time in milliseconds since 1970 and an id; an event at it is not read.
        limit: at most so many events.
        is_forward: read from there on to later events, else to earlier ones.
    """
    sign, order = (">", "ASC") if is_forward else ("<", "DESC")
    streams = wanted.streams
    marks = ", ".join("?" * len(streams or ()))
    among = "" if streams is None else f" AND stream_name IN ({marks})"
    rows = reader.execute(
        f"SELECT {EVENT_COLUMNS} FROM cloudwatch_log_events"  # noqa: S608
        f" WHERE group_name = ? AND timestamp_ms >= ? AND timestamp_ms < ?{among}"
        " AND substr(stream_name, 1, length(?)) = ?"
        f" AND timestamp_ms {sign}= ? AND (timestamp_ms, id) {sign} (?, ?)"
        f" AND matches_pattern(message) ORDER BY timestamp_ms {order}, id {order} LIMIT ?",
        (
            *(wanted.group, wanted.first_ms, wanted.end_ms),
            *(streams or ()),
            *(wanted.stream_prefix, wanted.stream_prefix),
            *(place[0], *place, limit + 1),
        ),
    )
    return _cut(rows, limit)


def _cut(rows: Iterable[tuple[Any, ...]], limit: int) -> Page:
    """Return as many events as a page takes, and at least one if there is any."""
    events: list[Event] = []
    size = 0
    for row in rows:
        event = Event(*row)
        size += len(event.message.encode("utf-8")) + EVENT_OVERHEAD
        if len(events) == limit or (events and size > MOST_BYTES):
            return Page(events, is_last=False)
        events.append(event)
    return Page(events, is_last=True)
