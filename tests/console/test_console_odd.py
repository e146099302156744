"""Pages of telemetry that is broken, early, late or too large, and addresses that are made up."""

import json
import time

import pytest
from console_client import Elements
from exports import save_spans

from workshop.sandbox.cloudwatch.operations import OPERATIONS as LOGS
from workshop.sandbox.honeycomb.events import SPAN_EVENT
from workshop.sandbox.rollbar.storage import save_occurrence
from workshop.sandbox.xray.daemon_counts import DaemonCounts, add_counts
from workshop.sandbox.xray.segments import put_trace_segments

TRACE = "1-5759e988-bd862e3fe1be46a994272793"
PLAIN = "ab" * 16


def put(client, *documents):
    texts = [json.dumps({"trace_id": TRACE, "start_time": 1.0, **each}) for each in documents]
    answer = put_trace_segments(client.store, {"TraceSegmentDocuments": texts})
    assert answer["UnprocessedTraceSegments"] == []


SEGMENTS = {
    "in progress": [{"name": "a", "id": "1" * 16, "in_progress": True}],
    "orphan subsegment": [
        {
            "name": "a",
            "id": "2" * 16,
            "parent_id": "1" * 16,
            "type": "subsegment",
            "end_time": 2.0,
        }
    ],
    "odd members": [
        {
            "name": "a",
            "id": "1" * 16,
            "end_time": 2.0,
            "http": {"request": {"url": "http://[", "method": "GET"}, "response": {"status": 200}},
            "metadata": {"items": {"items": []}, "keys": "a text"},
            "annotations": {"items": True},
            "cause": {"exceptions": [{"id": "3" * 16, "stack": "no list"}, {"message": None}]},
        }
    ],
    "far future": [{"name": "a", "id": "1" * 16, "start_time": 8e9, "end_time": 8e9 + 1}],
}


@pytest.mark.parametrize("documents", SEGMENTS.values(), ids=SEGMENTS)
def test_odd_segments_are_shown(empty, documents):
    put(empty, *documents)
    assert TRACE in empty.text("/xray")
    assert TRACE in empty.text(f"/xray/trace/{TRACE}")


SPANS = {
    "no root": [{"name": "a", "trace.span_id": "2", "trace.parent_id": "1"}],
    "no name": [{"trace.span_id": "1"}],
    "odd values": [{"name": 1, "duration_ms": "long", "url.path": ["a"], "items": {"a": [1]}}],
    "endless": [{"name": "a", "trace.span_id": "1", "duration_ms": 1e14}],
    "own parent": [{"name": "a", "trace.span_id": "1", "trace.parent_id": "1"}],
    "latest": [{"name": "a", "trace.span_id": "1", "time_ns": 2**63 - 1, "url.path": "/x"}],
    "latest with a length": [
        {"name": "a", "trace.span_id": "1", "time_ns": 2**63 - 1, "duration_ms": 5}
    ],
}


@pytest.mark.parametrize("spans", SPANS.values(), ids=SPANS)
def test_odd_spans_are_shown(empty, spans):
    save_spans(empty.store, PLAIN, spans)
    assert PLAIN in empty.text("/honeycomb")
    assert PLAIN in empty.text(f"/honeycomb/trace/{PLAIN}")
    assert empty.get(f"/request?id={PLAIN}").status_code == 200


def test_a_trace_of_which_no_span_has_come_is_not_there(empty):
    save_spans(empty.store, PLAIN, [{"name": "event", "meta.annotation_type": SPAN_EVENT}])
    assert empty.get(f"/honeycomb/trace/{PLAIN}").status_code == 404
    assert "No traces yet." in Elements(empty.text("/honeycomb")).text


def test_a_large_trace_is_counted_and_not_drawn(empty):
    spans = [{"name": "a", "trace.span_id": f"{number}"} for number in range(2001)]
    save_spans(empty.store, PLAIN, spans)
    assert "more than 500" in Elements(empty.text("/honeycomb")).text
    assert "This trace has 2,001 events." in empty.text(f"/honeycomb/trace/{PLAIN}")


@pytest.mark.parametrize(
    "message",
    ["", " ", "\n\n", "{", "{}", "[1]", '{"path": "/\\ud800", "level": 5}', "x" * 100_000, "null"],
)
def test_odd_lines_are_shown(empty, message):
    names = {"logGroupName": "g"}
    LOGS["CreateLogGroup"](empty.store, names)
    LOGS["CreateLogStream"](empty.store, {**names, "logStreamName": "s"})
    with empty.store.transaction() as connection:
        connection.execute(
            "INSERT INTO cloudwatch_log_events"
            " (group_name, stream_name, timestamp_ms, ingestion_ms, message)"
            " VALUES ('g', 's', ?, 0, ?)",
            (time.time_ns() // 10**6, message),
        )
    assert "Latest lines" in empty.text("/cloudwatch/group?name=g")
    assert empty.get("/cloudwatch/insights?query=fields @message").status_code == 200


OCCURRENCES = {
    "message": {"body": {"message": {"body": "hello"}}},
    "no frames": {"body": {"trace": {"frames": [], "exception": {"class": "E"}}}},
    "crash report": {"body": {"crash_report": {"raw": "boom"}}},
    "chain": {
        "body": {
            "trace_chain": [
                {"frames": [], "exception": {"class": "A"}},
                {"frames": [{"filename": "x.py"}], "exception": {"class": "B", "message": "b"}},
            ]
        }
    },
    "odd members": {
        "body": {"message": {"body": "x"}},
        "custom": {"items": {"items": 1}, "trace_id": "no id"},
        "request": {"url": "http://["},
        "timestamp": 2**39,
    },
}


@pytest.mark.parametrize("data", OCCURRENCES.values(), ids=OCCURRENCES)
def test_odd_occurrences_are_shown(empty, data):
    save_occurrence(empty.store, {"environment": "test", "level": "error", **data}, "127.0.0.1")
    assert "#1 " in empty.text("/rollbar")
    assert "Occurrence 5" in empty.text("/rollbar/item/1")


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/request?at=9999999999999&path=/x", 200),
        ("/request?at=-1&path=/x", 200),
        ("/request?at=²&path=/x", 200),
        ("/request?id=%ff%00", 200),
        (f"/rollbar/item/{10**30}", 404),
        ("/rollbar/item/0", 404),
        ("/rollbar?status=bogus&level=bogus", 200),
        ("/rollbar/item/1?occurrence=bogus", 404),
        ("/xray?filter=" + "x" * 10_001, 414),
        ("/xray?filter=%00", 200),
        ("/cloudwatch/group?name=", 404),
        ("/cloudwatch/insights?range=bogus&group=bogus&query=fields @message", 200),
    ],
)
def test_made_up_addresses_are_answered(empty, address, status):
    assert empty.get(address).status_code == status


def test_dropped_datagrams_are_told(empty):
    assert "were dropped" not in empty.text("/")
    add_counts(empty.store, DaemonCounts(received=10, spilled=1200, lost=34))
    assert "1,234 datagrams" in Elements(empty.text("/")).text
