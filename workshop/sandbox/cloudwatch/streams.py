"""Keeps log streams: the events of one source, inside a group.

Source:
https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DescribeLogStreams.html
"""

from typing import Any

from workshop.sandbox.cloudwatch.errors import (
    already_exists,
    invalid_parameter,
    missing_stream,
)
from workshop.sandbox.cloudwatch.groups import find_group, group_arn
from workshop.sandbox.cloudwatch.logs import Stream, now_ms, read_stream, read_streams
from workshop.sandbox.cloudwatch.paging import read_token, write_token
from workshop.sandbox.store import Reader, Store

PAGE = 50
BY_TIME = "LastEventTime"


def create_log_stream(store: Store, params: dict[str, Any]) -> dict[str, Any]:
    """Answer CreateLogStream.

    Raises:
        ApiError: there is no such group, or it has such a stream.
    """
    with store.transaction() as connection:
        group = find_group(connection, {"logGroupName": params["logGroupName"]})
        added = connection.execute(
            "INSERT OR IGNORE INTO cloudwatch_log_streams (group_name, name, created_ms)"
            " VALUES (?, ?, ?)",
            (group.name, params["logStreamName"], now_ms()),
        )
        if added.rowcount == 0:
            raise already_exists("log stream")
    return {}


def delete_log_stream(store: Store, params: dict[str, Any]) -> dict[str, Any]:
    """Answer DeleteLogStream: the stream goes, with all its events.

    Raises:
        ApiError: there is no such group or stream.
    """
    with store.transaction() as connection:
        group = find_group(connection, {"logGroupName": params["logGroupName"]})
        both = (group.name, params["logStreamName"])
        gone = connection.execute(
            "DELETE FROM cloudwatch_log_streams WHERE group_name = ? AND name = ?", both
        )
        if gone.rowcount == 0:
            raise missing_stream()
        connection.execute(
            "DELETE FROM cloudwatch_log_events WHERE group_name = ? AND stream_name = ?", both
        )
    return {}


def describe_log_streams(store: Store, params: dict[str, Any]) -> dict[str, Any]:
    """Answer DescribeLogStreams: a group's streams, by name or by the time of their last event.

    Raises:
        ApiError: there is no such group, a prefix is given with an order by time, or no answer
            gave this token.
    """
    is_by_time = params.get("orderBy") == BY_TIME
    prefix = params.get("logStreamNamePrefix")
    if is_by_time and prefix is not None:
        raise invalid_parameter("Cannot order by LastEventTime with a logStreamNamePrefix.")
    is_descending = params.get("descending", False)

    def place(stream: Stream) -> tuple[int, str]:
        return ((stream.last_event_ms or 0) if is_by_time else 0, stream.name)

    with store.reader() as reader:
        group = find_group(reader, params)
        streams = sorted(read_streams(reader, group.name), key=place, reverse=is_descending)
    if "nextToken" in params:
        after = read_token(params["nextToken"], int, str)
        streams = [
            each
            for each in streams
            if (place(each) < after if is_descending else place(each) > after)
        ]
    found = [each for each in streams if each.name.startswith(prefix or "")]
    limit = params.get("limit", PAGE)
    answer: dict[str, Any] = {"logStreams": [_to_answer(each) for each in found[:limit]]}
    if len(found) > limit:
        answer["nextToken"] = write_token(*place(found[limit - 1]))
    return answer


def find_stream(reader: Reader, group_name: str, name: str) -> Stream:
    """Return a group's stream.

    Raises:
        ApiError: there is no such stream.
    """
    stream = read_stream(reader, group_name, name)
    if stream is None:
        raise missing_stream()
    return stream


def _to_answer(stream: Stream) -> dict[str, Any]:
    """Return a stream as the API tells it; AWS always tells a size of nought."""
    times = {
        "firstEventTimestamp": stream.first_event_ms,
        "lastEventTimestamp": stream.last_event_ms,
        "lastIngestionTime": stream.last_ingestion_ms,
    }
    return {
        "logStreamName": stream.name,
        "creationTime": stream.created_ms,
        **{name: value for name, value in times.items() if value is not None},
        "arn": f"{group_arn(stream.group_name)}:log-stream:{stream.name}",
        "storedBytes": 0,
    }
