"""What notebooks and the console read."""

import pytest
from cloudwatch_clients import DAY, GROUP, HOUR, now

from workshop.sandbox.aws.errors import ApiError
from workshop.sandbox.cloudwatch.logs import (
    read_events,
    read_group,
    read_groups,
    read_stream,
    read_streams,
)
from workshop.sandbox.cloudwatch.operations import OPERATIONS
from workshop.sandbox.store import Store


@pytest.fixture
def store(tmp_path):
    opened = Store(tmp_path / "store")
    yield opened
    opened.close()


@pytest.fixture
def ask(store):
    def ask(operation, **params):
        return OPERATIONS[operation](store, params)

    return ask


@pytest.fixture
def start(ask):
    start = now() - 2 * DAY
    ask("CreateLogGroup", logGroupName=GROUP, tags={"a": "b"})
    for stream in ("one", "two"):
        ask("CreateLogStream", logGroupName=GROUP, logStreamName=stream)
    for stream, time, message in (
        ("one", start, "expired"),
        ("two", start + DAY + HOUR, "ERROR a"),
        ("one", start + DAY + HOUR, "INFO b"),
        ("one", start + DAY + 2 * HOUR, "ERROR c"),
    ):
        ask(
            "PutLogEvents",
            logGroupName=GROUP,
            logStreamName=stream,
            logEvents=[{"timestamp": time, "message": message}],
        )
    ask("PutRetentionPolicy", logGroupName=GROUP, retentionInDays=1)
    return start


def test_groups_and_streams_are_read(store, start, ask):
    ask("CreateLogGroup", logGroupName="other")
    with store.reader() as reader:
        group, other = read_groups(reader, "")[::-1]
        assert [each.name for each in read_groups(reader, "oth")] == ["other"]
        assert (group.name, group.retention_days, group.tags) == (GROUP, 1, {"a": "b"})
        assert (other.retention_days, other.log_class) == (None, "STANDARD")
        one, two = read_streams(reader, GROUP)
        assert read_group(reader, "oth") is read_stream(reader, GROUP, "on") is None
        assert read_stream(reader, GROUP, "one") == one
    assert (one.name, one.first_event_ms, one.last_event_ms) == (
        "one",
        start,
        start + DAY + 2 * HOUR,
    )
    assert two.first_event_ms == two.last_event_ms == start + DAY + HOUR


@pytest.mark.parametrize(
    ("asked", "messages"),
    [
        ({}, ["ERROR a", "INFO b", "ERROR c"]),
        ({"stream": "one"}, ["INFO b", "ERROR c"]),
        ({"pattern": "ERROR"}, ["ERROR a", "ERROR c"]),
        ({"pattern": "ERROR", "limit": 1}, ["ERROR c"]),
        ({"limit": 2}, ["INFO b", "ERROR c"]),
        ({"stream": "none"}, []),
    ],
)
def test_the_latest_events_are_read_oldest_first(store, start, asked, messages):
    with store.reader() as reader:
        assert [event.message for event in read_events(reader, GROUP, **asked)] == messages


def test_events_are_read_from_a_time_on(store, start):
    with store.reader() as reader:
        since = start + DAY + 2 * HOUR
        (event,) = read_events(reader, GROUP, since_ms=since)
        assert (event.stream_name, event.timestamp_ms, event.message) == ("one", since, "ERROR c")
        assert read_events(reader, GROUP, since_ms=since + 1) == []
        assert read_events(reader, "none") == []
        with pytest.raises(ApiError, match="in term ':'"):
            read_events(reader, GROUP, pattern="a:b")


def test_a_reader_takes_one_pattern_after_another(store, start):
    with store.reader() as reader:
        for pattern, count in (("ERROR", 2), ("INFO", 1), ("", 3)):
            assert len(read_events(reader, GROUP, pattern=pattern)) == count
