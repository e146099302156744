"""Traces are indexed when they are read, as many as that needs, or when nothing else arrives."""

import contextlib
import json
import sqlite3
import threading
import time

import pytest
from otlp_clients import wait_until
from xray_clients import segment

from tests.slowness import find_factor
from workshop.sandbox.indexer import Indexer
from workshop.sandbox.store import FILE_NAME, Store, open_reader
from workshop.sandbox.xray import trace_summaries, unindexed
from workshop.sandbox.xray.segments import store_documents
from workshop.sandbox.xray.trace_summaries import get_trace_summaries
from workshop.sandbox.xray.traces import read_xray_traces


def put(store, *documents):
    assert store_documents(store, [json.dumps(document) for document in documents]) == []


def count_waiting(store):
    with contextlib.closing(sqlite3.connect(store.data_dir / FILE_NAME)) as connection:
        return connection.execute("SELECT count(*) FROM xray_unindexed").fetchone()[0]


def test_what_waits_is_indexed_by_who_reads_it_first(store):
    put(store, *map(segment, range(120)))
    assert count_waiting(store) == 120
    with store.reader() as reader:
        assert len(read_xray_traces(reader)) == 120
    assert count_waiting(store) == 0


def test_what_a_killed_sandbox_has_not_indexed_is_when_it_is_read(store):
    put(store, segment(1), segment(2))
    # As another process does, which has no part in the store.
    with open_reader(store.data_dir) as reader:
        assert len(read_xray_traces(reader)) == 2
    assert count_waiting(store) == 0


def test_what_waits_is_indexed_when_nothing_arrives(store):
    put(store, segment(1), segment(2))
    indexer = Indexer(store)
    indexer.start()
    try:
        wait_until(lambda: count_waiting(store) == 0, "the index")
    finally:
        indexer.stop()
    assert count_waiting(store) == 0
    with open_reader(store.data_dir, with_index=False) as reader:
        assert len(read_xray_traces(reader)) == 2


def test_while_something_arrives_nothing_is_indexed_without_need(store):
    put(store, segment())
    assert not store.index_if_quiet(pause=3600.0)
    assert store.index_if_quiet(pause=0.0)
    assert not store.index_if_quiet(pause=0.0)


def test_of_very_many_some_are_indexed_as_they_arrive(store, monkeypatch):
    monkeypatch.setattr(unindexed, "MOST_WAITING", 3)
    monkeypatch.setattr(unindexed, "TRACES_AT_ONCE", 2)
    for number in range(10):
        put(store, segment(number))
        assert count_waiting(store) <= 3
    with store.reader() as reader:
        assert len(read_xray_traces(reader)) == 10


NOW = int(time.time())


def ask(store, **asked):
    """Ask for the summaries of all that this module can have sent."""
    whole = {"StartTime": NOW - 60, "EndTime": NOW + 3600}
    return get_trace_summaries(store, {**whole, **asked})


def ids(answer):
    return [each["Id"] for each in answer["TraceSummaries"]]


def test_a_page_of_the_latest_waits_for_no_others(store, monkeypatch):
    monkeypatch.setattr(trace_summaries, "PAGE", 10)
    made = [segment(number, start_time=NOW + number / 1000) for number in range(25)]
    put(store, *made)
    pages = [ask(store)]
    # One more than a page has is looked at, to know whether there is another.
    assert count_waiting(store) == 14
    while "NextToken" in pages[-1]:
        pages.append(ask(store, NextToken=pages[-1]["NextToken"]))
    assert [len(ids(page)) for page in pages] == [10, 10, 5]
    assert [each for page in pages for each in ids(page)] == [
        each["trace_id"] for each in reversed(made)
    ]
    assert [page["TracesProcessedCount"] for page in pages] == [25, 25, 25]
    assert count_waiting(store) == 0


@pytest.mark.parametrize(
    "asked",
    [
        {"FilterExpression": "ok"},
        {"GroupName": "Default"},
        {"TimeRangeType": "Event"},
        {"Sampling": True, "SamplingStrategy": {"Name": "FixedRate", "Value": 1.0}},
    ],
)
def test_what_chooses_among_all_has_all_of_them(store, monkeypatch, asked):
    monkeypatch.setattr(trace_summaries, "PAGE", 10)
    put(store, *(segment(number, http={"response": {"status": 200}}) for number in range(25)))
    answer = ask(store, **asked)
    assert (len(ids(answer)), answer["TracesProcessedCount"]) == (10, 25)
    assert count_waiting(store) == 0


def test_a_page_has_the_latest_word_on_each_trace(store, monkeypatch):
    monkeypatch.setattr(trace_summaries, "PAGE", 1)
    # The times in these ids are none, so that a trace's time is its earliest segment's.
    early, late = (f"1-00000000-{number:024x}" for number in (1, 2))
    put(store, segment(1, trace_id=early, start_time=NOW, end_time=NOW + 1))
    put(store, segment(2, trace_id=late, start_time=NOW + 10, end_time=NOW + 11))
    assert ids(ask(store)) == [late]
    # A part that began later does not make its trace the latest one.
    put(store, segment(3, trace_id=early, start_time=NOW + 20, end_time=NOW + 21))
    page = ask(store)
    assert (ids(page), page["TracesProcessedCount"]) == ([late], 2)
    (summary,) = ask(store, NextToken=page["NextToken"])["TraceSummaries"]
    assert (summary["Id"], summary["Revision"], summary["Duration"]) == (early, 2, 21)


def test_twenty_thousand_that_have_just_arrived_keep_nobody_waiting(store):
    put(store, *map(segment, range(20_000)))
    clock = time.thread_time()
    answer = ask(store)
    took = time.thread_time() - clock
    assert (len(ids(answer)), answer["TracesProcessedCount"]) == (500, 20_000)
    assert took < find_factor()


def test_a_trace_that_is_read_between_its_documents_has_them_all(store):
    for status in (200, 201):
        put(store, segment(http={"response": {"status": status}}))
        with store.reader() as reader:
            (trace,) = read_xray_traces(reader)
        assert trace.root.status == status


def test_reading_from_elsewhere_and_writing_do_not_disturb_each_other(store):
    seen, ended = [], threading.Event()

    def look():
        while not ended.is_set():
            with open_reader(store.data_dir) as reader:
                seen.append(len(read_xray_traces(reader)))

    looking = threading.Thread(target=look)
    looking.start()
    try:
        for number in range(60):
            put(store, segment(number))
        wait_until(lambda: seen and seen[-1] == 60, "all of them to be seen")
    finally:
        ended.set()
        looking.join()
    assert seen == sorted(seen)


def test_an_empty_store_has_nothing_to_index(tmp_path):
    store = Store(tmp_path / "empty")
    store.index()
    store.close()
    with pytest.raises(sqlite3.ProgrammingError):
        store.index()
