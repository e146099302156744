"""GetTraceSummaries: times, pages, sampling, and what a summary says."""

import json
import time

import pytest
from example_documents import START, letter_of, make_documents, part, segment, trace_id

from tests.slowness import find_factor
from workshop.sandbox.aws import rest_json
from workshop.sandbox.aws.errors import ApiError
from workshop.sandbox.xray import trace_summaries
from workshop.sandbox.xray.index import DERIVED
from workshop.sandbox.xray.segments import store_documents
from workshop.sandbox.xray.trace_summaries import get_trace_summaries

ALL = {"StartTime": START, "EndTime": START + 60}


def ask(store, **asked):
    return get_trace_summaries(store, {**ALL, **asked})


def letters(answer):
    return "".join(letter_of(each["Id"]) for each in answer["TraceSummaries"])


@pytest.fixture
def examples(store):
    store_documents(store, make_documents())
    return store


def test_the_most_recent_come_first(examples):
    assert letters(ask(examples)) == "IHGFEDCBA"


@pytest.mark.parametrize(
    ("kind", "start", "end", "found"),
    [
        # [start, end) of the request's own time, which is 0.25 s into its letter's second.
        ("TraceId", 0, 2, "BA"),
        ("TraceId", 1, 2, "B"),
        ("TraceId", 1.25, 1.5, "B"),
        ("TraceId", 1.5, 2, ""),
        # Of the end of the last segment: B takes 2.5 s, F goes on for 9.
        ("Service", 14, 15, "F"),
        ("Service", 3.75, 4, "B"),
    ],
)
def test_a_time_range_is_of_the_kind_that_was_asked(examples, kind, start, end, found):
    answer = ask(examples, StartTime=START + start, EndTime=START + end, TimeRangeType=kind)
    assert letters(answer) == found
    assert answer["TracesProcessedCount"] == len(found)


def test_event_time_is_when_a_trace_was_last_heard_of(examples):
    now = time.time()
    answer = ask(examples, StartTime=now - 60, EndTime=now + 60, TimeRangeType="Event")
    assert set(letters(answer)) == set("ABCDEFGHI")
    assert letters(ask(examples, TimeRangeType="Event")) == ""


@pytest.mark.parametrize(
    "asked",
    [{"EndTime": START}, {"EndTime": START - 1}, {"StartTime": -1}, {"EndTime": 1e300}],
)
def test_times_that_make_no_range_are_refused(examples, asked):
    with pytest.raises(ApiError, match="StartTime") as caught:
        ask(examples, **asked)
    assert caught.value.code == "InvalidRequestException"


def test_pages_lead_from_one_to_the_next(examples, monkeypatch):
    monkeypatch.setattr(trace_summaries, "PAGE", 4)
    first = ask(examples)
    second = ask(examples, NextToken=first["NextToken"])
    third = ask(examples, NextToken=second["NextToken"])
    assert [letters(each) for each in (first, second, third)] == ["IHGF", "EDCB", "A"]
    assert "NextToken" not in third
    assert [each["TracesProcessedCount"] for each in (first, third)] == [9, 9]
    with pytest.raises(ApiError, match="NextToken"):
        ask(examples, FilterExpression="fault", NextToken=first["NextToken"])
    for token in ("", "x", "é", "AAAA"):
        with pytest.raises(ApiError, match="NextToken"):
            ask(examples, NextToken=token)


def test_a_fixed_rate_takes_the_same_part_each_time(store):
    numbers = [number * 2**32 // 200 for number in range(200)]
    store_documents(
        store,
        [
            json.dumps({**segment("A", 1, 1), "trace_id": f"1-{START:08x}-{number:024x}"})
            for number in numbers
        ],
    )

    def count(rate, **more):
        strategy = {"Name": "FixedRate", "Value": rate}
        found = ask(store, SamplingStrategy=strategy, **more)
        return len(found["TraceSummaries"])

    assert [count(rate, Sampling=True) for rate in (0, 0.25, 1)] == [0, 50, 200]
    assert count(0.25) == 200
    with pytest.raises(ApiError, match="from 0 to 1"):
        count(2.0, Sampling=True)


def find(store, letter):
    summaries = ask(store)["TraceSummaries"]
    return next(each for each in summaries if each["Id"] == trace_id(letter))


def test_a_summary_tells_the_request_and_what_is_indexed(examples):
    summary = find(examples, "A")
    backend = {"Name": "backend", "Names": ["backend"], "AccountId": "000000000000"}
    assert summary["StartTime"] == START + 0.25
    assert (summary["Duration"], summary["ResponseTime"]) == (0.2, 0.2)
    assert summary["Http"] == {
        "HttpURL": "http://shop.example/api/home",
        "HttpStatus": 200,
        "HttpMethod": "GET",
        "UserAgent": "curl/8.5",
        "ClientIp": "10.0.0.1",
    }
    assert summary["EntryPoint"] == backend
    assert summary["Users"] == [{"UserName": "alice", "ServiceIds": [backend]}]
    assert {key: value[0]["AnnotationValue"] for key, value in summary["Annotations"].items()} == {
        "page": {"StringValue": "home"},
        "items": {"NumberValue": 3.0},
        "cached": {"BooleanValue": True},
    }
    assert [each["Name"] for each in summary["ServiceIds"]] == ["backend", "profiles"]


@pytest.mark.parametrize(
    ("letter", "flags"), [("A", ""), ("B", ""), ("C", "F"), ("D", "E"), ("E", "ET"), ("G", "P")]
)
def test_a_summary_judges_by_the_root_alone(examples, letter, flags):
    summary = find(examples, letter)
    members = {"F": "HasFault", "E": "HasError", "T": "HasThrottle", "P": "IsPartial"}
    assert "".join(flag for flag, name in members.items() if summary[name]) == "".join(
        sorted(flags, key="FETP".index)
    )
    assert ("ResponseTime" in summary) == (letter != "G")


def test_a_fault_is_followed_to_where_it_began(examples):
    (cause,) = find(examples, "B")["FaultRootCauses"]
    assert not cause["ClientImpacting"]
    assert [
        (service["Name"], [entity["Name"] for entity in service["EntityPath"]])
        for service in cause["Services"]
    ] == [("backend", ["backend", "10.0.0.7"]), ("profiles", ["profiles"])]
    last = cause["Services"][-1]["EntityPath"][-1]
    assert last["Exceptions"] == [{"Name": "KeyError", "Message": "no such handle"}]
    (own,) = find(examples, "C")["FaultRootCauses"]
    assert own["ClientImpacting"]


def test_only_fifty_annotations_of_the_right_kind_are_indexed(store):
    many = {f"key_{number}": number for number in range(60)}
    wrong = {"a-b": 1, "": 1, "x" * 501: 1, "long": "x" * 1001, "list": [1], "null": None}
    inner = part("A", 2, 1, "inside", annotations={"key_0": 0, "late": 1})
    save = segment("A", 1, 1, annotations={**wrong, **many}, subsegments=[inner])
    store_documents(store, [json.dumps(save)])
    assert set(find(store, "A")["Annotations"]) == {f"key_{number}" for number in range(50)}
    assert letters(ask(store, FilterExpression="annotation.late")) == ""


def test_answers_are_what_the_service_model_says(examples, check_response):
    answer = ask(examples)
    check_response("GetTraceSummaries", answer)
    assert json.loads(rest_json.write_body(answer)) == answer


def test_twenty_thousand_segments_do_not_slow_it_down(store):
    """A trace a segment, 34 a second for ten minutes: half of them in the last five."""
    began = START + 60
    made = [
        json.dumps(
            {
                **segment("A", 1, 1, annotations={"number": number}),
                "trace_id": f"1-{began + number // 34:08x}-{number:024x}",
                "start_time": began + number // 34,
                "end_time": began + number // 34 + 1,
            }
        )
        for number in range(200)
    ]
    assert store_documents(store, made) == []
    store.index()
    with store.transaction() as connection:
        for table in ("xray_segment_documents", *DERIVED):
            copy_rows(connection, table, copies=100, seconds=6)
    end = began + 600
    times = {"StartTime": end - 300, "EndTime": end + 1}
    for expression in ("ok", 'service("backend") { ok } AND annotation.number >= 199', "fault"):
        clock = time.thread_time()
        answer = get_trace_summaries(store, {**times, "FilterExpression": expression})
        took = time.thread_time() - clock
        assert 9_900 < answer["TracesProcessedCount"] < 10_200
        assert took < find_factor(), expression


def copy_rows(connection, table, copies, seconds):
    """Fill a table with copies of its rows, each of another trace and of a later time."""
    columns = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
    values = {
        "row_id": "NULL",
        "trace_id": "printf('1-%08x-%s', :began + number * :seconds, substr(trace_id, 12, 16)"
        " || printf('%08x', number * 1000 + rank))",
        **{
            name: f"{name} + number * :seconds * 1000000000"
            for name in ("time_ns", "start_ns", "end_ns", "ended_ns")
        },
    }
    chosen = ", ".join(values.get(name, name) for name in columns)
    connection.execute(
        f"WITH RECURSIVE copies (number) AS"
        f" (SELECT 1 UNION ALL SELECT number + 1 FROM copies WHERE number < {copies - 1}),"
        f" ranked AS (SELECT *, row_number() OVER (ORDER BY trace_id) AS rank FROM {table})"
        f" INSERT INTO {table} ({', '.join(columns)}) SELECT {chosen} FROM ranked, copies",
        {"began": START + 60, "seconds": seconds},
    )
