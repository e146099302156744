"""Whole traces: as the API answers them, and as a tree."""

import json
import tracemalloc

import pytest
from example_documents import http, make_documents, part, segment, trace_id

from workshop.sandbox.aws.errors import ApiError
from workshop.sandbox.xray.segments import store_documents
from workshop.sandbox.xray.traces import (
    batch_get_traces,
    iterate_xray_traces,
    read_xray_trace,
    read_xray_traces,
)


@pytest.fixture
def examples(store):
    store_documents(store, make_documents())
    return store


def get(store, *letters):
    return batch_get_traces(store, {"TraceIds": [trace_id(letter) for letter in letters]})


def documents(answer):
    return [json.loads(each["Document"]) for each in answer["Traces"][0]["Segments"]]


def test_a_trace_comes_as_a_document_a_segment(examples, check_response):
    answer = get(examples, "A", "Z")
    check_response("BatchGetTraces", answer)
    assert answer["UnprocessedTraceIds"] == [trace_id("Z")]
    backend, profiles = documents(answer)
    assert (answer["Traces"][0]["Duration"], answer["Traces"][0]["Id"]) == (0.2, trace_id("A"))
    assert backend["trace_id"] == profiles["trace_id"] == trace_id("A")
    assert backend["subsegments"][0]["id"] == profiles["parent_id"]
    assert backend["annotations"] == {"page": "home", "items": 3, "cached": True}
    # What the SDK adds to a subsegment, and its place tells already.
    assert not {"trace_id", "parent_id", "type"} & set(backend["subsegments"][0])


def test_subsegments_sent_on_their_own_are_in_their_segments_document(examples):
    backend, posts = documents(get(examples, "F"))
    assert [each["name"] for each in backend["subsegments"]] == ["DynamoDB", "send mail"]
    assert "namespace" not in backend["subsegments"][1]
    assert posts["inferred"] is True
    assert (posts["origin"], posts["parent_id"]) == ("AWS::DynamoDB::Table", f"{2:016x}")
    assert get(examples, "F")["Traces"][0]["Duration"] == 9.0


def test_five_traces_can_be_asked_for_and_no_more(examples):
    assert [each["Id"] for each in get(examples, *"EDCBA")["Traces"]] == [
        trace_id(letter) for letter in "EDCBA"
    ]
    assert len(get(examples, *"AAAAAA")["Traces"]) == 1
    with pytest.raises(ApiError, match="6 ids; at most 5"):
        get(examples, *"ABCDEF")
    with pytest.raises(ApiError, match="'1-5' is not the id of a trace"):
        batch_get_traces(examples, {"TraceIds": ["1-5"]})


def test_traces_are_read_as_trees_oldest_first(examples):
    with examples.reader() as reader:
        traces = read_xray_traces(reader)
        assert [each.trace_id for each in traces] == [trace_id(each) for each in "ABCDEFGHI"]
        assert read_xray_traces(reader, since_ns=2**62) == []
        assert read_xray_trace(reader, trace_id("Z")) is None
    broken = traces[1]
    assert [(each.name, each.is_subsegment, each.fault) for each in broken.root.walk()] == [
        ("backend", False, False),
        ("10.0.0.7", True, True),
        ("profiles", False, True),
    ]
    assert broken.roots == [broken.root]
    assert broken.root.subsegments[0].downstream[0].exceptions[0]["type"] == "KeyError"
    assert broken.duration == pytest.approx(2.5)
    assert traces[2].root.origin == "AWS::EC2::Instance"


def test_traces_are_read_one_at_a_time(store):
    """Memory does not grow with what is stored."""
    long = {"default": {"text": "x" * 20_000}}
    for first in range(0, 300, 100):
        store_documents(
            store,
            [
                json.dumps(
                    {**segment("A", 1, 1, metadata=long), "trace_id": f"1-{9:08x}-{number:024x}"}
                )
                for number in range(first, first + 100)
            ],
        )
    with store.reader() as reader:
        tracemalloc.start()
        count = sum(1 for _ in iterate_xray_traces(reader))
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert count == 300
    assert peak < 1_000_000


def test_a_retried_call_is_answered_by_two_segments(store):
    call = part("A", 2, 1, "profiles", namespace="remote", http=http(200))
    store_documents(
        store,
        [
            json.dumps(each)
            for each in (
                segment("A", 1, 1, subsegments=[call]),
                segment("A", 3, 0.1, name="profiles", parent_id=call["id"]),
                segment("A", 4, 0.2, name="profiles", parent_id=call["id"]),
            )
        ],
    )
    with store.reader() as reader:
        (trace,) = read_xray_traces(reader)
    assert [each.id for each in trace.root.subsegments[0].downstream] == [
        f"{number:016x}" for number in (3, 4)
    ]
