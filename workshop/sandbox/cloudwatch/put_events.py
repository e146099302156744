"""Takes log events in, within the limits of PutLogEvents.

Source: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html;
the words of the refusals, and that all events before the retention count as expired, were recorded
from AWS: https://github.com/radkawar/stackd, testdata/aws/logs/ingestion.json.
"""

import sqlite3
from bisect import bisect_left, bisect_right
from itertools import pairwise
from typing import Any

from workshop.sandbox.aws.errors import not_emulated
from workshop.sandbox.cloudwatch.errors import invalid_parameter
from workshop.sandbox.cloudwatch.groups import RESERVED, find_group
from workshop.sandbox.cloudwatch.logs import DAY_MS, EVENT_OVERHEAD, now_ms
from workshop.sandbox.cloudwatch.streams import find_stream
from workshop.sandbox.store import Store

# Of a batch in bytes, and of an event alone, with the 26 bytes that each event counts on top.
SIZE_LIMIT = 1_048_576
SPAN_MS = DAY_MS
OLDEST_MS = 14 * DAY_MS
NEWEST_MS = 2 * 60 * 60 * 1000


def put_log_events(store: Store, params: dict[str, Any]) -> dict[str, Any]:
    """Answer PutLogEvents: keep what is neither too old, too new nor expired.

    Raises:
        ApiError: there is no such group or stream, or the batch breaks a limit.
    """
    if "entity" in params:
        raise not_emulated("The entity of log events")
    events = params["logEvents"]
    _check_sizes(events)
    times = [event["timestamp"] for event in events]
    if any(later < earlier for earlier, later in pairwise(times)):
        raise invalid_parameter(
            "Log events in a single PutLogEvents request must be in chronological order."
        )
    now = now_ms()
    with store.transaction() as connection:
        group = find_group(connection, {"logGroupName": params["logGroupName"]})
        if group.name.startswith(RESERVED):
            raise invalid_parameter(f"{group.name} takes no log events from PutLogEvents.")
        stream = find_stream(connection, group.name, params["logStreamName"])
        too_old = bisect_left(times, now - OLDEST_MS)
        expired = bisect_left(times, group.retained_from_ms(now))
        too_new = bisect_right(times, now + NEWEST_MS)
        kept = slice(max(too_old, expired), too_new)
        _check_span(times[kept])
        rows = [
            (group.name, stream.name, event["timestamp"], now, event["message"])
            for event in events[kept]
        ]
        last_id = _save(connection, rows)
    rejected = {
        **({"tooNewLogEventStartIndex": too_new} if too_new < len(times) else {}),
        **({"tooOldLogEventEndIndex": too_old} if too_old else {}),
        **({"expiredLogEventEndIndex": expired} if expired else {}),
    }
    answer: dict[str, Any] = {"nextSequenceToken": f"{last_id:056}"}
    return {**answer, "rejectedLogEventsInfo": rejected} if rejected else answer


def _check_sizes(events: list[dict[str, Any]]) -> None:
    sizes = [len(event["message"].encode("utf-8")) + EVENT_OVERHEAD for event in events]
    if max(sizes) > SIZE_LIMIT:
        raise invalid_parameter(
            f"Log event too large: {max(sizes)} bytes exceeds limit of {SIZE_LIMIT}"
        )
    if sum(sizes) > SIZE_LIMIT:
        raise invalid_parameter(
            f"Upload too large: {sum(sizes)} bytes exceeds limit of {SIZE_LIMIT}"
        )


def _check_span(times: list[int]) -> None:
    if times and times[-1] - times[0] > SPAN_MS:
        raise invalid_parameter(
            "The batch of log events in a single PutLogEvents request cannot span more than"
            " 24 hours."
        )


def _save(connection: sqlite3.Connection, rows: list[tuple[str, str, int, int, str]]) -> int:
    """Keep events of one stream, in the order of their times, and return the last one's id."""
    connection.executemany(
        "INSERT INTO cloudwatch_log_events"
        " (group_name, stream_name, timestamp_ms, ingestion_ms, message) VALUES (?, ?, ?, ?, ?)",
        rows,
    )
    if rows:
        group_name, stream_name, first, now, _ = rows[0]
        connection.execute(
            "UPDATE cloudwatch_log_streams SET"
            " first_event_ms = min(coalesce(first_event_ms, ?1), ?1),"
            " last_event_ms = max(coalesce(last_event_ms, ?2), ?2),"
            " last_ingestion_ms = ?3 WHERE group_name = ?4 AND name = ?5",
            (first, rows[-1][2], now, group_name, stream_name),
        )
    (last_id,) = connection.execute(
        "SELECT coalesce(max(id), 0) FROM cloudwatch_log_events"
    ).fetchone()
    return int(last_id)
