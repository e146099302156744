"""Segment documents: which are taken, and how those of one trace are put together."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from example_documents import START, http, part, segment, trace_id

from workshop.sandbox.refusals import read_refusals
from workshop.sandbox.xray.segments import store_documents
from workshop.sandbox.xray.traces import read_xray_trace, read_xray_traces

LETTER = "A"
WHOLE = segment(LETTER, 1, 0.5, http=http(200))


def without(*names, **changed):
    document = {**WHOLE, **changed}
    return json.dumps({key: value for key, value in document.items() if key not in names})


def inner(**changed):
    return {"id": "b" * 16, "name": "x", "start_time": 1, "end_time": 2, **changed}


INVALID = [
    ("", "ParseError", "segment"),
    ("{", "ParseError", "segment"),
    ("{} {}", "ParseError", "segment"),
    ('{"id": NaN}', "ParseError", "segment"),
    ('{"id": 1e999}', "ParseError", "segment"),
    ('{"id": "\ud800"}', "ParseError", "segment"),
    (r'{"id": "\uD800"}', "ParseError", "segment"),
    ('{"subsegments":[' * 2000, "ParseError", "segment"),
    ("[]", "MissingId", "segment"),
    ("{}", "MissingId", "segment"),
    (without("id"), "MissingId", "segment"),
    (without(id="1"), "InvalidId", "segment"),
    (without(id="g" * 16), "InvalidId", "segment"),
    (without(id=1), "InvalidId", "segment"),
    (without("name"), "MissingName", "segment"),
    (without(name=""), "MissingName", "segment"),
    (without(name="x" * 201), "InvalidName", "segment"),
    (without(name="what?"), "InvalidName", "segment"),
    (without(name='"quoted"'), "InvalidName", "segment"),
    (without(name=5), "InvalidName", "segment"),
    (without("trace_id"), "MissingTraceId", "segment"),
    (without(trace_id="4efaaf4d1e8720b39541901950019ee5"), "InvalidTraceId", "segment"),
    (without(trace_id="2" + WHOLE["trace_id"][1:]), "InvalidTraceId", "segment"),
    (without("start_time"), "MissingStartTime", "segment"),
    (without(start_time="now"), "InvalidStartTime", "segment"),
    (without(start_time=True), "InvalidStartTime", "segment"),
    (without(start_time=1e12), "InvalidStartTime", "segment"),
    (without("end_time"), "MissingEndTime", "segment"),
    (without("end_time", "in_progress"), "MissingEndTime", "segment"),
    (without(end_time="later"), "InvalidEndTime", "segment"),
    (without(parent_id="x"), "InvalidParentId", "segment"),
    (without("name", type="subsegment"), "MissingName", "subsegment"),
    (without(type="subsegment"), "MissingParentId", "subsegment"),
    (without(subsegments={"a": 1}), "ParseError", "subsegment"),
    (without(subsegments=[1]), "ParseError", "subsegment"),
    (without(subsegments=[inner(end_time=None)]), "MissingEndTime", "subsegment"),
    (without(subsegments=[inner(subsegments=[inner(name=None)])]), "MissingName", "subsegment"),
    (without(metadata={"x": "é" * 33_000}), "SegmentTooLarge", "segment"),
]


@pytest.mark.parametrize(("text", "code", "what"), INVALID)
def test_a_document_that_is_not_valid_is_told_in_x_rays_words(store, text, code, what):
    good = json.dumps(segment("B", 1, 1))
    (told,) = store_documents(store, [text, good])
    cause = ", Cause: null" if what == "subsegment" else ""
    assert told["ErrorCode"] == code
    assert told["Message"] == f"Invalid {what}. ErrorCode: {code}{cause}"
    has_id = code not in ("ParseError", "MissingId", "InvalidId", "SegmentTooLarge")
    assert told.get("Id") == (WHOLE["id"] if has_id or '"subsegments": ' in text else None)
    with store.reader() as reader:
        assert [trace.trace_id for trace in read_xray_traces(reader)] == [trace_id("B")]
        (refusal,) = read_refusals(reader)
    assert (refusal.vendor, refusal.kind, refusal.reason) == ("xray", "segment", told["Message"])


@pytest.mark.parametrize(
    "changed",
    [
        {"name": "Größe 1_.:/%&#=+\\-@ 日本"},
        {"name": "x" * 200},
        {"trace_id": "1-4efaaf4d-1e8720b39541901950019ee5"},
        {"trace_id": "1-FFFFFFFF-1E8720B39541901950019EE5"},
        {"parent_id": None, "end_time": 0, "unknown": {"member": []}},
        {"annotations": [], "metadata": 5, "http": "x", "cause": "e" * 16, "aws": None},
        {"http": {"request": 1, "response": {"status": "200"}}, "subsegments": None},
        {"http": {"response": {"status": 10**30}}, "annotations": {"n": 10**400, "m": None}},
        {"metadata": {"default": {"text": "x" * 64_000}}},
    ],
)
def test_what_the_rules_do_not_forbid_is_taken(store, changed):
    assert store_documents(store, [json.dumps({**WHOLE, **changed})]) == []
    with store.reader() as reader:
        (trace,) = read_xray_traces(reader)
    assert trace.root.name == changed.get("name", "backend")


def read(store, letter=LETTER):
    with store.reader() as reader:
        return read_xray_trace(reader, trace_id(letter))


def save(store, *documents):
    assert store_documents(store, [json.dumps(document) for document in documents]) == []


def test_a_complete_segment_takes_the_place_of_the_one_in_progress(store):
    begun = segment(LETTER, 1, 0, in_progress=True, end_time=None)
    save(store, begun)
    assert read(store).is_partial
    save(store, WHOLE)
    assert (read(store).is_partial, read(store).root.status) == (False, 200)
    # By UDP they may come in another order.
    save(store, begun)
    assert (read(store).is_partial, read(store).root.status) == (False, 200)
    save(store, {**WHOLE, "http": http(201)})
    assert read(store).root.status == 201


@pytest.mark.parametrize("turned", [False, True])
def test_subsegments_sent_on_their_own_find_their_segment(store, turned):
    documents = [
        {**WHOLE, "subsegments": [part(LETTER, 2, 0.1, "inside")]},
        part(LETTER, 3, 0.2, "second"),
        {**part(LETTER, 4, 0.1, "deeper"), "parent_id": f"{3:016x}"},
        {**part(LETTER, 5, 0.1, "below inside"), "parent_id": f"{2:016x}"},
    ]
    for document in documents[::-1] if turned else documents:
        save(store, document)
    trace = read(store)
    (root,) = trace.roots
    assert [each.name for each in root.walk()] == [
        *("backend", "inside", "below inside", "second", "deeper")
    ]
    assert not any(each.missing_parent for each in trace.parts)


def test_subsegments_without_their_segment_wait_for_it(store):
    save(store, part(LETTER, 3, 0.2, "waits"), {**part(LETTER, 4, 1, "x"), "parent_id": "3" * 16})
    trace = read(store)
    assert (trace.root, trace.is_partial, len(trace.roots)) == (None, True, 2)
    assert all(each.missing_parent for each in trace.roots)


def test_parents_that_go_round_in_circles_are_cut(store):
    one = {**part(LETTER, 2, 0.1, "one"), "parent_id": f"{3:016x}"}
    two = {**part(LETTER, 3, 0.1, "two"), "parent_id": f"{2:016x}"}
    left = segment("B", 2, 1, parent_id=f"{3:016x}")
    right = segment("B", 3, 1, parent_id=f"{2:016x}")
    itself = segment("C", 2, 1, parent_id=f"{2:016x}")
    save(store, one, two, left, right, itself)
    assert len(read(store).parts) == 2
    assert [len(read(store, letter).roots) for letter in "BC"] == [1, 1]


def test_a_chain_of_subsegments_is_cut_before_it_is_too_deep(store):
    chain = [
        {**part(LETTER, number, 0.1, "link"), "parent_id": f"{number - 1:016x}"}
        for number in range(2, 1500)
    ]
    save(store, WHOLE, *chain)
    assert len(read(store).parts) == 1499
    assert read(store).is_partial


def test_a_segment_hangs_below_the_call_that_it_answers(store):
    call = part(LETTER, 2, 0.2, "10.0.0.7", namespace="remote", http=http(200))
    save(store, {**WHOLE, "subsegments": [call]})
    _, inferred = read(store).segments
    assert (inferred.is_inferred, inferred.name, inferred.parent_id) == (
        *(True, "10.0.0.7", call["id"]),
    )
    save(store, segment(LETTER, 3, 0.1, name="profiles", parent_id=call["id"]))
    trace = read(store)
    assert [each.name for each in trace.root.walk()] == ["backend", "10.0.0.7", "profiles"]
    assert not any(each.is_inferred for each in trace.segments)
    assert [each.name for each in trace.roots] == ["backend"]


def test_a_parent_that_nobody_sent_leaves_a_root(store):
    save(store, {**WHOLE, "parent_id": "9" * 16})
    trace = read(store)
    assert trace.root.missing_parent
    assert not trace.is_partial


def test_an_id_of_opentelemetry_does_not_tell_the_time(store):
    for trace in ("1-4efaaf4d-1e8720b39541901950019ee5", "1-00000000-1e8720b39541901950019ee5"):
        save(store, {**WHOLE, "trace_id": trace})
    with store.reader() as reader:
        times = reader.execute("SELECT DISTINCT time_ns FROM xray_traces").fetchall()
    assert times == [(START * 10**9 + 250_000_000,)]


def test_what_the_sdk_sends_makes_whole_traces(store):
    """A recorder of aws-xray-sdk, with subsegments enough that it streams some on their own."""
    program = [sys.executable, str(Path(__file__).with_name("traced_recorder.py")), "40"]
    documents = subprocess.check_output(program, text=True, timeout=60).splitlines()
    assert len(documents) > 30
    kinds = [json.loads(document).get("type") for document in documents]
    assert kinds.count("subsegment") == len(documents) - 1
    assert store_documents(store, documents[::-1]) == []
    with store.reader() as reader:
        (trace,) = read_xray_traces(reader)
    (root,) = trace.roots
    parts = list(root.walk())
    assert len(parts) == 1 + 1 + 40 + 1 + 1
    assert not trace.is_partial
    by_name = {each.name: each for each in parts}
    assert by_name["step 7"].annotations == {"number": 7}
    assert by_name["step 7"].metadata == {"default": {"square": 49}}
    assert by_name["step 7"].namespace == ""
    assert by_name["step 7"].parent_id == by_name["search"].id
    assert by_name["search"].fault
    assert by_name["search"].exceptions[0]["type"] == "ValueError"
    assert by_name["search"].exceptions[0]["message"] == "too far"
    (inferred,) = [each for each in trace.segments if each.is_inferred]
    assert (inferred.name, inferred.status, inferred.fault) == ("profiles", 503, True)
    assert (root.status, root.http["request"]["url"]) == (200, "http://localhost/search")
