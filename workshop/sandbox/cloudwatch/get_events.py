"""Answers GetLogEvents: one stream, forward and backward.

Source: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_GetLogEvents.html
"""

import re
from typing import Any

from workshop.sandbox.cloudwatch.errors import invalid_token
from workshop.sandbox.cloudwatch.event_pages import END, MOST_EVENTS, START, Range, read_page
from workshop.sandbox.cloudwatch.groups import check_class, find_group
from workshop.sandbox.cloudwatch.logs import Event, now_ms, use_pattern
from workshop.sandbox.cloudwatch.streams import find_stream
from workshop.sandbox.store import Store

# A direction, and the place from which to read on: a time and an id.
_TOKEN = re.compile(r"(?P<direction>[fb])/(?P<time>\d{20})(?P<id>\d{20})/s")
Place = tuple[int, int]


def get_log_events(store: Store, params: dict[str, Any]) -> dict[str, Any]:
    """Answer GetLogEvents; at the end of the stream, the token that was sent comes back.

    Raises:
        ApiError: there is no such group or stream, its class does not have this operation, or no
            answer gave this token.
    """
    token = params.get("nextToken")
    is_forward, place = _read_token(token) if token else _start(params)
    with store.reader() as reader:
        group = find_group(reader, params)
        check_class(group, "GetLogEvents")
        stream = find_stream(reader, group.name, params["logStreamName"])
        wanted = Range(
            group.name,
            max(params.get("startTime", 0), group.retained_from_ms(now_ms())),
            params.get("endTime", END[0]),
            (stream.name,),
        )
        use_pattern(reader, "")
        limit = params.get("limit", MOST_EVENTS)
        page = read_page(reader, wanted, place, limit, is_forward=is_forward)
    events = page.events if is_forward else page.events[::-1]
    last = _place(events[-1]) if events else _before(place, is_forward)
    first = _place(events[0]) if events else _after(place, is_forward)
    return {
        "events": [
            {
                "timestamp": event.timestamp_ms,
                "message": event.message,
                "ingestionTime": event.ingestion_ms,
            }
            for event in events
        ],
        "nextForwardToken": _write_token("f", last),
        "nextBackwardToken": _write_token("b", first),
    }


def _start(params: dict[str, Any]) -> tuple[bool, Place]:
    return (True, START) if params.get("startFromHead", False) else (False, END)


def _place(event: Event) -> Place:
    return event.timestamp_ms, event.id


def _before(place: Place, is_forward: bool) -> Place:
    """Return the place after which a forward reader goes on, when a page was empty."""
    if is_forward:
        return place
    return START if place == END else (place[0], max(place[1] - 1, 0))


def _after(place: Place, is_forward: bool) -> Place:
    """Return the place before which a backward reader goes on, when a page was empty."""
    if is_forward:
        return place[0], place[1] + 1
    return START if place == END else place


def _write_token(direction: str, place: Place) -> str:
    return f"{direction}/{place[0]:020}{place[1]:020}/s"


def _read_token(token: str) -> tuple[bool, Place]:
    match = _TOKEN.fullmatch(token)
    if match is None or not token.isascii():
        raise invalid_token()
    place = int(match["time"]), int(match["id"])
    if max(place) > END[0]:
        raise invalid_token()
    return match["direction"] == "f", place
