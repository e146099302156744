"""GetLogEvents: forward, backward, and what comes while one reads, by boto3."""

import pytest
from cloudwatch_clients import GROUP, HOUR, STREAM, now, refused

HERE = {"logGroupName": GROUP, "logStreamName": STREAM}


@pytest.fixture
def start(put):
    start = now() - HOUR
    put(*"abcdefg", start=start)
    put("other", stream="two", start=start)
    return start


def texts(answer):
    return "".join(event["message"] for event in answer["events"])


def test_the_latest_events_come_first_in_their_order(logs, start):
    assert texts(logs.get_log_events(**HERE)) == "abcdefg"
    assert texts(logs.get_log_events(**HERE, limit=3)) == "efg"
    assert texts(logs.get_log_events(**HERE, limit=3, startFromHead=True)) == "abc"


def test_one_reads_forward_to_the_end_and_on_when_more_arrives(logs, put, start):
    asked = {**HERE, "limit": 3, "startFromHead": True}
    seen, token = [], None
    while True:
        answer = logs.get_log_events(**asked, **({"nextToken": token} if token else {}))
        seen.append(texts(answer))
        if answer["nextForwardToken"] == token:
            break
        token = answer["nextForwardToken"]
    assert seen == ["abc", "def", "g", ""]
    put("h", start=start + 10)
    assert texts(logs.get_log_events(**asked, nextToken=token)) == "h"
    back = logs.get_log_events(**asked, nextToken=answer["nextBackwardToken"])
    assert texts(back) == "efg"


def test_one_reads_backward_to_the_start(logs, start):
    answer = logs.get_log_events(**HERE, limit=3)
    seen = [texts(answer)]
    while True:
        token = answer["nextBackwardToken"]
        answer = logs.get_log_events(**HERE, limit=3, nextToken=token)
        seen.append(texts(answer))
        if answer["nextBackwardToken"] == token:
            break
    assert seen == ["efg", "bcd", "a", ""]
    forward = answer["nextForwardToken"]
    assert texts(logs.get_log_events(**HERE, limit=9, nextToken=forward)) == "abcdefg"


def test_from_any_page_both_ways_are_open(logs, start):
    first = logs.get_log_events(**HERE, limit=4, startFromHead=True)
    second = logs.get_log_events(**HERE, limit=2, nextToken=first["nextForwardToken"])
    assert texts(second) == "ef"
    assert texts(logs.get_log_events(**HERE, nextToken=second["nextBackwardToken"])) == "abcd"
    assert texts(logs.get_log_events(**HERE, nextToken=second["nextForwardToken"])) == "g"


def test_the_start_of_a_range_is_in_it_and_its_end_is_not(logs, start):
    answer = logs.get_log_events(**HERE, startTime=start + 1, endTime=start + 3)
    assert texts(answer) == "bc"
    assert texts(logs.get_log_events(**HERE, startTime=start + 5)) == "fg"
    assert texts(logs.get_log_events(**HERE, endTime=start)) == ""


def test_an_empty_stream_gives_tokens_that_lead_on(logs, put):
    put("x", stream="two")
    logs.create_log_stream(**HERE)
    for from_head in (True, False):
        answer = logs.get_log_events(**HERE, startFromHead=from_head)
        assert texts(answer) == ""
        tokens = answer["nextForwardToken"], answer["nextBackwardToken"]
        again = [logs.get_log_events(**HERE, nextToken=token) for token in tokens]
        assert again[0]["nextForwardToken"] == tokens[0]
        assert again[1]["nextBackwardToken"] == tokens[1]
        put("y", start=now() + (0 if from_head else HOUR))
        assert texts(logs.get_log_events(**HERE, nextToken=tokens[0])) == "y"
        assert texts(logs.get_log_events(**HERE, nextToken=tokens[1])) == ""
        logs.delete_log_stream(**HERE)
        logs.create_log_stream(**HERE)


def test_events_of_one_time_stay_in_the_order_of_their_arrival(logs, put):
    start = now()
    for text in "abcdef":
        put(text, start=start)
    assert texts(logs.get_log_events(**HERE, limit=4)) == "cdef"
    page = logs.get_log_events(**HERE, limit=4, startFromHead=True)
    assert texts(page) == "abcd"
    assert texts(logs.get_log_events(**HERE, nextToken=page["nextForwardToken"])) == "ef"


def test_a_page_has_up_to_a_mebibyte(logs, put):
    for letter in "abcd":
        put(letter * 500_000, start=now())
    page = logs.get_log_events(**HERE, startFromHead=True)
    assert [event["message"][0] for event in page["events"]] == ["a", "b"]
    page = logs.get_log_events(**HERE, nextToken=page["nextForwardToken"])
    assert [event["message"][0] for event in page["events"]] == ["c", "d"]


@pytest.mark.parametrize(
    "token", ["x", "f/1/s", "f/" + "9" * 40 + "/s", "g/" + "0" * 40 + "/s", "f/" + "٣" * 40 + "/s"]
)
def test_a_token_that_no_answer_gave_is_refused(logs, start, token):
    assert refused(logs.get_log_events, **HERE, nextToken=token) == (
        "InvalidParameterException",
        "The specified nextToken is invalid.",
    )


def test_what_is_not_there_is_refused(logs, start):
    missing = "ResourceNotFoundException"
    for asked, what in (({"logGroupName": "none"}, "group"), ({"logStreamName": "none"}, "stream")):
        code, said = refused(logs.get_log_events, **{**HERE, **asked})
        assert (code, said) == (missing, f"The specified log {what} does not exist.")
    for limit in (0, 10_001):
        code, _ = refused(logs.get_log_events, **HERE, limit=limit)
        assert code == "InvalidParameterException"
