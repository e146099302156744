"""Answers FilterLogEvents: the events of a group that a filter pattern matches.

Source: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_FilterLogEvents.html
"""

from typing import Any

from workshop.sandbox.cloudwatch.bounded_regex import within_time
from workshop.sandbox.cloudwatch.errors import invalid_parameter
from workshop.sandbox.cloudwatch.event_pages import END, MOST_EVENTS, START, Range, read_page
from workshop.sandbox.cloudwatch.groups import check_class, find_group
from workshop.sandbox.cloudwatch.logs import EVENT_ID_DIGITS, now_ms, use_pattern
from workshop.sandbox.cloudwatch.paging import read_token, write_token
from workshop.sandbox.cloudwatch.streams import find_stream
from workshop.sandbox.store import Reader, Store

# 2024-01-01: nothing before it can be read from the end.
BACKWARD_FROM_MS = 1_704_067_200_000


def filter_log_events(store: Store, params: dict[str, Any]) -> dict[str, Any]:
    """Answer FilterLogEvents; the events of all streams come in the order of their times.

    Raises:
        ApiError: there is no such group or stream, its class does not have this operation, it is
            not a filter pattern, an expression in it takes too long, or no answer gave this token.
    """
    is_forward, place = _start(params)
    with store.reader() as reader:
        group = find_group(reader, params)
        check_class(group, "FilterLogEvents")
        wanted = Range(
            group.name,
            max(params.get("startTime", 0), group.retained_from_ms(now_ms())),
            min(params.get("endTime", END[0]), END[0] - 1) + 1,
            _choose_streams(reader, group.name, params),
            params.get("logStreamNamePrefix", ""),
        )
        use_pattern(reader, params.get("filterPattern", ""))
        limit = params.get("limit", MOST_EVENTS)
        with within_time(invalid_parameter):
            page = read_page(reader, wanted, place, limit, is_forward=is_forward)
    answer: dict[str, Any] = {
        "events": [
            {
                "logStreamName": event.stream_name,
                "timestamp": event.timestamp_ms,
                "message": event.message,
                "ingestionTime": event.ingestion_ms,
                "eventId": f"{event.id:0{EVENT_ID_DIGITS}}",
            }
            for event in page.events
        ],
        "searchedLogStreams": [],
    }
    if not page.is_last:
        last = page.events[-1]
        answer["nextToken"] = write_token(int(is_forward), last.timestamp_ms, last.id)
    return answer


def _start(params: dict[str, Any]) -> tuple[bool, tuple[int, int]]:
    """Return the direction and the place to read from; a token's direction counts."""
    if "nextToken" in params:
        is_forward, *place = read_token(params["nextToken"], int, int, int)
        return bool(is_forward), (place[0], place[1])
    if params.get("startFromHead", True):
        return True, START
    if params.get("startTime", 0) < BACKWARD_FROM_MS:
        raise invalid_parameter(
            "Setting startFromHead to false is supported only when startTime is on or after"
            " Jan 1, 2024 00:00:00 UTC."
        )
    return False, END


def _choose_streams(reader: Reader, group: str, params: dict[str, Any]) -> tuple[str, ...] | None:
    names = params.get("logStreamNames")
    if names is not None and "logStreamNamePrefix" in params:
        raise invalid_parameter("Provide either logStreamNames or logStreamNamePrefix, not both.")
    if names is None:
        return None
    return tuple(find_stream(reader, group, name).name for name in names)
