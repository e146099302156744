"""Log streams, by boto3."""

import pytest
from cloudwatch_clients import GROUP, HOUR, now, refused

ARN = f"arn:aws:logs:us-east-1:000000000000:log-group:{GROUP}"
MISSING = ("ResourceNotFoundException", "The specified log stream does not exist.")
MISSING_GROUP = ("ResourceNotFoundException", "The specified log group does not exist.")
IN_GROUP = {"logGroupName": GROUP}


def names(answer):
    return [stream["logStreamName"] for stream in answer["logStreams"]]


def test_a_stream_is_created_described_and_deleted(logs, put):
    logs.create_log_group(logGroupName=GROUP)
    logs.create_log_stream(logGroupName=GROUP, logStreamName="a/b [1]")
    (stream,) = logs.describe_log_streams(logGroupName=GROUP)["logStreams"]
    assert stream.pop("creationTime") <= now()
    assert stream == {
        "logStreamName": "a/b [1]",
        "arn": f"{ARN}:log-stream:a/b [1]",
        "storedBytes": 0,
    }
    again = {**IN_GROUP, "logStreamName": "a/b [1]"}
    assert refused(logs.create_log_stream, **again) == (
        "ResourceAlreadyExistsException",
        "The specified log stream already exists",
    )
    put("x", stream="a/b [1]")
    put("y", stream="other")
    logs.delete_log_stream(**again)
    found = logs.filter_log_events(logGroupName=GROUP)["events"]
    assert [event["message"] for event in found] == ["y"]
    assert refused(logs.delete_log_stream, **again) == MISSING
    nowhere = {"logGroupName": "none", "logStreamName": "x"}
    assert refused(logs.delete_log_stream, **nowhere) == MISSING_GROUP
    assert refused(logs.create_log_stream, **nowhere) == MISSING_GROUP
    assert refused(logs.describe_log_streams, logGroupName="none") == MISSING_GROUP


@pytest.mark.parametrize("name", ["", "a:b", "a*", "x" * 513])
def test_names_that_are_not_allowed(logs, name):
    logs.create_log_group(logGroupName=GROUP)
    code, said = refused(logs.create_log_stream, **IN_GROUP, logStreamName=name)
    assert code == "InvalidParameterException"
    assert "logStreamName" in said


def test_a_stream_tells_the_times_of_its_events(logs, put):
    start = now() - HOUR
    put("b", "c", start=start)
    put("a", start=start - 500)
    (stream,) = logs.describe_log_streams(logGroupIdentifier=ARN)["logStreams"]
    assert (stream["firstEventTimestamp"], stream["lastEventTimestamp"]) == (
        start - 500,
        start + 1,
    )
    assert start < stream["lastIngestionTime"] <= now()


def test_streams_are_ordered_by_name_or_by_their_last_event(logs, put):
    start = now() - HOUR
    for number, name in enumerate(("c", "a", "b", "ab")):
        put("x", stream=name, start=start + number)
    logs.create_log_stream(logGroupName=GROUP, logStreamName="empty")

    def find(**asked):
        return names(logs.describe_log_streams(logGroupName=GROUP, **asked))

    assert find() == ["a", "ab", "b", "c", "empty"]
    assert find(descending=True) == ["empty", "c", "b", "ab", "a"]
    assert find(logStreamNamePrefix="a") == ["a", "ab"]
    assert find(orderBy="LogStreamName", logStreamNamePrefix="b") == ["b"]
    assert find(orderBy="LastEventTime") == ["empty", "c", "a", "b", "ab"]
    assert find(orderBy="LastEventTime", descending=True, limit=1) == ["ab"]
    assert refused(
        logs.describe_log_streams, **IN_GROUP, orderBy="LastEventTime", logStreamNamePrefix="a"
    ) == (
        "InvalidParameterException",
        "Cannot order by LastEventTime with a logStreamNamePrefix.",
    )
    assert refused(logs.describe_log_streams)[0] == "InvalidParameterException"
    both = {**IN_GROUP, "logGroupIdentifier": ARN}
    assert refused(logs.describe_log_streams, **both)[0] == "InvalidParameterException"


@pytest.mark.parametrize("order", ["LogStreamName", "LastEventTime"])
@pytest.mark.parametrize("descending", [False, True])
def test_streams_come_in_pages(logs, put, order, descending):
    start = now() - HOUR
    for number in range(7):
        put("x", stream=f"s{number * 3 % 7}", start=start + number // 2)
    asked = {"orderBy": order, "descending": descending}
    whole = names(logs.describe_log_streams(logGroupName=GROUP, **asked))
    assert len(whole) == 7
    pages = logs.get_paginator("describe_log_streams").paginate(
        logGroupName=GROUP, limit=3, **asked
    )
    parts = [names(page) for page in pages]
    assert [len(part) for part in parts] == [3, 3, 1]
    assert [name for part in parts for name in part] == whole
