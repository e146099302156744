"""FilterLogEvents: streams, ranges, patterns and pages, by boto3."""

import pytest
from cloudwatch_clients import GROUP, HOUR, now, refused

HERE = {"logGroupName": GROUP}
ARN = f"arn:aws:logs:us-east-1:000000000000:log-group:{GROUP}"
BEFORE_2024 = 1_704_067_199_999


@pytest.fixture
def start(put):
    """Events a to f, one a millisecond, in three streams by turns."""
    start = now() - HOUR
    for number, text in enumerate("abcdef"):
        put(text, stream=("web/1", "web/2", "worker")[number % 3], start=start + number)
    return start


def texts(answer):
    return "".join(event["message"] for event in answer["events"])


def test_all_streams_come_in_the_order_of_their_times(logs, start):
    answer = logs.filter_log_events(**HERE)
    assert texts(answer) == "abcdef"
    assert "nextToken" not in answer
    assert answer["searchedLogStreams"] == []
    event = answer["events"][1]
    assert (event["logStreamName"], event["timestamp"]) == ("web/2", start + 1)
    assert len({each["eventId"] for each in answer["events"]}) == 6
    assert texts(logs.filter_log_events(logGroupIdentifier=ARN, interleaved=False)) == "abcdef"


def test_streams_are_chosen_by_name_or_prefix(logs, start):
    assert texts(logs.filter_log_events(**HERE, logStreamNames=["worker"])) == "cf"
    assert texts(logs.filter_log_events(**HERE, logStreamNames=["web/2", "web/1"])) == "abde"
    assert texts(logs.filter_log_events(**HERE, logStreamNamePrefix="web/")) == "abde"
    assert texts(logs.filter_log_events(**HERE, logStreamNamePrefix="none")) == ""
    both = {"logStreamNames": ["worker"], "logStreamNamePrefix": "w"}
    assert refused(logs.filter_log_events, **HERE, **both)[0] == "InvalidParameterException"
    assert refused(logs.filter_log_events, **HERE, logStreamNames=["worker", "none"]) == (
        "ResourceNotFoundException",
        "The specified log stream does not exist.",
    )


def test_both_ends_of_a_range_are_in_it(logs, start):
    asked = {"startTime": start + 1, "endTime": start + 3}
    assert texts(logs.filter_log_events(**HERE, **asked)) == "bcd"
    assert texts(logs.filter_log_events(**HERE, endTime=2**63 - 1)) == "abcdef"
    assert texts(logs.filter_log_events(**HERE, startTime=start + 9)) == ""


def test_pages_lead_through_every_event_once(logs, put, start):
    pages = list(logs.get_paginator("filter_log_events").paginate(**HERE, limit=4))
    assert [texts(page) for page in pages] == ["abcd", "ef"]
    first = logs.filter_log_events(**HERE, limit=4)
    put("z", start=start - 1)
    put("g", start=start + 9)
    after = logs.filter_log_events(**HERE, nextToken=first["nextToken"])
    assert texts(after) == "efg"


def test_from_the_latest_to_the_earliest(logs, start):
    asked = {**HERE, "startTime": start + 1, "startFromHead": False}
    assert texts(logs.filter_log_events(**asked)) == "fedcb"
    first = logs.filter_log_events(**asked, limit=2)
    assert texts(first) == "fe"
    # The token's direction counts, whatever else is said.
    after = logs.filter_log_events(**HERE, startTime=start + 1, nextToken=first["nextToken"])
    assert texts(after) == "dcb"
    for early in ({}, {"startTime": BEFORE_2024}):
        code, said = refused(logs.filter_log_events, **HERE, startFromHead=False, **early)
        assert (code, "Jan 1, 2024" in said) == ("InvalidParameterException", True)


def test_a_pattern_chooses_events_and_pages_go_on_with_it(logs, put):
    lines = [f'{{"status": {200 + number % 4 * 100}, "n": {number}}}' for number in range(40)]
    put(*lines)
    asked = {**HERE, "filterPattern": "{ $.status >= 500 && $.n > 10 }"}
    pages = list(logs.get_paginator("filter_log_events").paginate(**asked, limit=3))
    assert [len(page["events"]) for page in pages] == [3, 3, 2]
    found = [event["message"] for page in pages for event in page["events"]]
    assert found == [f'{{"status": 500, "n": {number}}}' for number in range(11, 40, 4)]


def test_a_pattern_that_is_none_is_refused(logs, start):
    code, said = refused(logs.filter_log_events, **HERE, filterPattern="level: x")
    assert code == "InvalidParameterException"
    assert said.startswith("Invalid character(s) in term ':'.")
    code, _ = refused(logs.filter_log_events, **HERE, filterPattern="x" * 1025)
    assert code == "InvalidParameterException"


@pytest.mark.parametrize("token", ["x", "W10=", "WzEsIDEsICJ4Il0=", "WzEsIC0xLCAxXQ=="])
def test_a_token_that_no_answer_gave_is_refused(logs, start, token):
    assert refused(logs.filter_log_events, **HERE, nextToken=token) == (
        "InvalidParameterException",
        "The specified nextToken is invalid.",
    )


def test_a_group_has_to_be_named_once_and_to_be_there(logs, start):
    assert refused(logs.filter_log_events)[0] == "InvalidParameterException"
    both = {**HERE, "logGroupIdentifier": GROUP}
    assert refused(logs.filter_log_events, **both)[0] == "InvalidParameterException"
    assert refused(logs.filter_log_events, logGroupName="none") == (
        "ResourceNotFoundException",
        "The specified log group does not exist.",
    )


def test_following_as_the_command_line_does_sees_every_event_once(logs, put, start):
    """As `aws logs tail --follow` asks: from the last time on, without what has been seen."""
    asked = {**HERE, "interleaved": True, "startTime": start}
    seen = {}
    for arriving in ("", "g", "h"):
        if arriving:
            put(arriving, start=start + 5)
        for page in logs.get_paginator("filter_log_events").paginate(**asked):
            for event in page["events"]:
                seen.setdefault(event["eventId"], event["message"])
        asked["startTime"] = start + 5
    assert "".join(seen.values()) == "abcdefgh"
