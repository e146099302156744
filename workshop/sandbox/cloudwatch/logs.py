"""Reads log groups, streams and events, for whoever shows them: notebooks, console and API."""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass

from workshop.sandbox.cloudwatch.bounded_regex import within_time
from workshop.sandbox.cloudwatch.errors import invalid_parameter
from workshop.sandbox.cloudwatch.patterns import compile_pattern
from workshop.sandbox.store import Reader

# What CloudWatch Logs counts for an event beside its message, in bytes.
EVENT_OVERHEAD = 26
DAY_MS = 24 * 60 * 60 * 1000
_STREAMS = (
    "SELECT group_name, name, created_ms, first_event_ms, last_event_ms, last_ingestion_ms"
    " FROM cloudwatch_log_streams"
)
EVENT_ID_DIGITS = 56
EVENT_COLUMNS = "id, stream_name, timestamp_ms, ingestion_ms, message"


@dataclass(frozen=True)
class Group:
    """One log group.

    Args:
        name: its name.
        created_ms: when it was created, in milliseconds since 1970.
        retention_days: how many days events are kept; None for ever.
        log_class: `STANDARD` or `INFREQUENT_ACCESS`.
        tags: its tags.
    """

    name: str
    created_ms: int
    retention_days: int | None
    log_class: str
    tags: Mapping[str, str]

    def retained_from_ms(self, now_ms: int) -> int:
        """Return the time before which its events have expired, in milliseconds since 1970."""
        return 0 if self.retention_days is None else now_ms - self.retention_days * DAY_MS


@dataclass(frozen=True)
class Stream:
    """One log stream. All times are in milliseconds since 1970.

    Args:
        group_name: its group.
        name: its name.
        created_ms: when it was created.
        first_event_ms: the time of its earliest event; None where it never had one.
        last_event_ms: the time of its latest event, likewise.
        last_ingestion_ms: when an event last arrived, likewise.
    """

    group_name: str
    name: str
    created_ms: int
    first_event_ms: int | None
    last_event_ms: int | None
    last_ingestion_ms: int | None


@dataclass(frozen=True)
class Event:
    """One log event. Both times are in milliseconds since 1970.

    Args:
        id: its number in the order of arrival.
        stream_name: its stream.
        timestamp_ms: when it happened, as its sender says.
        ingestion_ms: when it arrived.
        message: its text.
    """

    id: int
    stream_name: str
    timestamp_ms: int
    ingestion_ms: int
    message: str


def read_groups(reader: Reader, prefix: str = "") -> list[Group]:
    """Return the log groups by name, those whose name starts with a prefix."""
    rows = reader.execute(
        "SELECT name, created_ms, retention_days, log_group_class, tags FROM cloudwatch_log_groups"
        " WHERE substr(name, 1, length(?1)) = ?1 ORDER BY name",
        (prefix,),
    )
    return [
        Group(name, created_ms, days, log_class, json.loads(tags))
        for name, created_ms, days, log_class, tags in rows
    ]


def read_group(reader: Reader, name: str) -> Group | None:
    """Return a log group, or None where there is no such group."""
    return next((group for group in read_groups(reader, name) if group.name == name), None)


def read_streams(reader: Reader, group: str) -> list[Stream]:
    """Return a group's streams by name; none where there is no such group."""
    rows = reader.execute(f"{_STREAMS} WHERE group_name = ? ORDER BY name", (group,))
    return [Stream(*row) for row in rows]


def read_stream(reader: Reader, group: str, name: str) -> Stream | None:
    """Return a group's stream, or None where there is no such stream."""
    row = reader.execute(f"{_STREAMS} WHERE group_name = ? AND name = ?", (group, name)).fetchone()
    return Stream(*row) if row else None


def read_events(
    reader: Reader,
    group: str,
    *,
    stream: str | None = None,
    since_ms: int = 0,
    pattern: str = "",
    limit: int = 1000,
) -> list[Event]:
    """Return a group's latest events, oldest first; what has expired is left out.

    Args:
        reader: from `open_reader`.
        group: the group's name.
        stream: only of this stream.
        since_ms: only from this time on, in milliseconds since 1970.
        pattern: only those that this filter pattern matches.
        limit: at most so many.

    Raises:
        ApiError: it is not a filter pattern, or an expression in it takes too long.
    """
    kept = read_group(reader, group)
    if kept is None:
        return []
    since_ms = max(since_ms, kept.retained_from_ms(now_ms()))
    use_pattern(reader, pattern)
    with within_time(invalid_parameter):
        rows = reader.execute(
            f"SELECT {EVENT_COLUMNS} FROM cloudwatch_log_events"  # noqa: S608
            " WHERE group_name = ?1 AND timestamp_ms >= ?2 AND (?3 IS NULL OR stream_name = ?3)"
            " AND matches_pattern(message) ORDER BY timestamp_ms DESC, id DESC LIMIT ?4",
            (group, since_ms, stream, limit),
        ).fetchall()
    return [Event(*row) for row in rows][::-1]


def read_group_name(reader: Reader, event_id: str) -> str:
    """Return the name of the group that an event is in; empty where there is no such event.

    Args:
        reader: from `open_reader`.
        event_id: as FilterLogEvents answers it.
    """
    is_one = event_id.isascii() and event_id.isdecimal() and len(event_id) <= EVENT_ID_DIGITS
    number = int(event_id) if is_one else 0
    if number >= 2**63:
        # AWS's own are beyond what SQLite can compare.
        return ""
    row = reader.execute(
        "SELECT group_name FROM cloudwatch_log_events WHERE id = ?", (number,)
    ).fetchone()
    return str(row[0]) if row else ""


def use_pattern(reader: Reader, pattern: str) -> None:
    """Give a connection the SQL function `matches_pattern(message)`.

    Args:
        reader: from `open_reader`.
        pattern: a filter pattern; an empty one matches every message.

    Raises:
        ApiError: it is not a filter pattern.
    """
    reader.create_function("matches_pattern", 1, compile_pattern(pattern), deterministic=True)


def now_ms() -> int:
    """Return the time, in milliseconds since 1970."""
    return time.time_ns() // 1_000_000
