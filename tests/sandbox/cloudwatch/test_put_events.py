"""PutLogEvents and its limits, by boto3.

The limits are those of
https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html
"""

import pytest
from cloudwatch_clients import DAY, GROUP, HOUR, STREAM, now, refused

HERE = {"logGroupName": GROUP, "logStreamName": STREAM}
INVALID = "InvalidParameterException"


@pytest.fixture
def stream(logs):
    logs.create_log_group(logGroupName=GROUP)
    logs.create_log_stream(**HERE)


def event(timestamp, message="x"):
    return {"timestamp": timestamp, "message": message}


def kept(logs):
    return [each["message"] for each in logs.get_log_events(**HERE, startFromHead=True)["events"]]


def test_what_is_taken_is_there(logs, stream):
    start = now()
    texts = ["plain", '{"level": "ERROR"}', "ünï ☃ \U0001f600", "two\nlines", "\x00 \x1b[31m", " "]
    answer = logs.put_log_events(
        **HERE, logEvents=[event(start + number, text) for number, text in enumerate(texts)]
    )
    assert "rejectedLogEventsInfo" not in answer
    assert len(answer["nextSequenceToken"]) == 56
    found = logs.get_log_events(**HERE, startFromHead=True)["events"]
    assert [each["message"] for each in found] == texts
    assert [each["timestamp"] for each in found] == [start + number for number in range(6)]
    assert all(start <= each["ingestionTime"] <= now() for each in found)


def test_any_sequence_token_is_taken_and_the_same_batch_twice(logs, stream):
    batch = [event(now())]
    for token in ("stale", "1" * 56):
        logs.put_log_events(**HERE, logEvents=batch, sequenceToken=token)
    assert kept(logs) == ["x", "x"]


def test_group_and_stream_have_to_be_there(logs):
    batch = {"logEvents": [event(now())]}
    missing = "ResourceNotFoundException"
    group = (missing, "The specified log group does not exist.")
    assert refused(logs.put_log_events, **HERE, **batch) == group
    logs.create_log_group(logGroupName=GROUP)
    stream = (missing, "The specified log stream does not exist.")
    assert refused(logs.put_log_events, **HERE, **batch) == stream


def test_events_out_of_order_are_refused_all(logs, stream):
    start = now()
    batch = [event(start), event(start + 5), event(start + 4)]
    assert refused(logs.put_log_events, **HERE, logEvents=batch) == (
        INVALID,
        "Log events in a single PutLogEvents request must be in chronological order.",
    )
    assert kept(logs) == []


def test_a_batch_has_up_to_ten_thousand_events(logs, stream):
    start = now()
    batch = [event(start) for _ in range(10_001)]
    code, said = refused(logs.put_log_events, **HERE, logEvents=batch)
    assert (code, "less than or equal to 10000" in said) == (INVALID, True)
    logs.put_log_events(**HERE, logEvents=batch[:10_000])
    assert len(kept(logs)) == 10_000
    assert refused(logs.put_log_events, **HERE, logEvents=[])[0] == INVALID


@pytest.mark.parametrize(
    ("messages", "said"),
    [
        (["é" * 524_275], ""),
        (["é" * 524_276], "Log event too large: 1048578 bytes exceeds limit of 1048576"),
        (["x" * 524_262] * 2, ""),
        (
            ["x" * 524_262, "x" * 524_263],
            "Upload too large: 1048577 bytes exceeds limit of 1048576",
        ),
    ],
)
def test_a_batch_has_up_to_a_mebibyte_with_26_bytes_an_event(logs, stream, messages, said):
    batch = [event(now(), message) for message in messages]
    if said:
        assert refused(logs.put_log_events, **HERE, logEvents=batch) == (INVALID, said)
    else:
        logs.put_log_events(**HERE, logEvents=batch)
        assert logs.describe_log_groups()["logGroups"][0]["storedBytes"] == 1_048_576


def test_a_batch_spans_up_to_a_day_of_events_that_are_taken(logs, stream):
    end = now() - HOUR
    logs.put_log_events(**HERE, logEvents=[event(end - DAY), event(end)])
    code, said = refused(logs.put_log_events, **HERE, logEvents=[event(end - DAY - 1), event(end)])
    assert (code, said) == (
        INVALID,
        "The batch of log events in a single PutLogEvents request cannot span more than 24 hours.",
    )
    wide = [event(end - 16 * DAY), event(end - 23 * HOUR, "in"), event(end), event(end + DAY)]
    answer = logs.put_log_events(**HERE, logEvents=wide)
    assert answer["rejectedLogEventsInfo"] == {
        "tooNewLogEventStartIndex": 3,
        "tooOldLogEventEndIndex": 1,
    }
    assert "in" in kept(logs)


@pytest.mark.parametrize(
    ("retention", "ages", "taken", "rejected"),
    [
        # Hours before now, as in the batch that was recorded from AWS; kept are the numbers 4, 5.
        (
            1,
            [16 * 24, 15 * 24, 48, 36, 2, 1, -3, -4],
            [4, 5],
            {
                "tooNewLogEventStartIndex": 6,
                "tooOldLogEventEndIndex": 2,
                "expiredLogEventEndIndex": 4,
            },
        ),
        (
            None,
            [16 * 24, 15 * 24, 2, 1, -3, -4],
            [2, 3],
            {"tooNewLogEventStartIndex": 4, "tooOldLogEventEndIndex": 2},
        ),
        (None, [1, -1.9], [0, 1], None),
        (None, [13.9 * 24], [0], None),
        (None, [14.1 * 24], [], {"tooOldLogEventEndIndex": 1}),
        (None, [-2.1], [], {"tooNewLogEventStartIndex": 0}),
        (7, [8 * 24, 6 * 24], [1], {"expiredLogEventEndIndex": 1}),
        (30, [20 * 24, 1], [1], {"tooOldLogEventEndIndex": 1}),
        (
            30,
            [31 * 24, 20 * 24, 1],
            [2],
            {"tooOldLogEventEndIndex": 2, "expiredLogEventEndIndex": 1},
        ),
    ],
)
def test_events_too_old_too_new_or_expired_are_told_by_index(
    logs, stream, retention, ages, taken, rejected
):
    if retention:
        logs.put_retention_policy(logGroupName=GROUP, retentionInDays=retention)
    batch = [event(int(now() - hours * HOUR), str(number)) for number, hours in enumerate(ages)]
    answer = logs.put_log_events(**HERE, logEvents=batch)
    assert answer.get("rejectedLogEventsInfo") == rejected
    assert kept(logs) == [str(number) for number in taken]


@pytest.mark.parametrize(
    "changed",
    [
        {"message": ""},
        {"timestamp": -1},
        {"timestamp": 2**63},
        {"timestamp": True},
        {"timestamp": "now"},
        {"message": None},
    ],
)
def test_an_event_has_a_time_and_a_text(logs, stream, changed):
    batch = [{"timestamp": now(), "message": "x", **changed}]
    assert refused(logs.put_log_events, **HERE, logEvents=batch)[0] == INVALID
    assert kept(logs) == []


def test_an_entity_is_refused_by_name(logs, stream):
    code, said = refused(logs.put_log_events, **HERE, logEvents=[event(now())], entity={})
    assert (code, "entity" in said) == ("UnsupportedOperation", True)
