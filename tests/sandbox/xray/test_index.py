"""Traces are indexed when they are read, or when nothing else arrives."""

import contextlib
import json
import sqlite3
import threading

import pytest
from otlp_clients import wait_until
from xray_clients import segment

from workshop.sandbox.indexer import Indexer
from workshop.sandbox.store import FILE_NAME, Store, open_reader
from workshop.sandbox.xray import index
from workshop.sandbox.xray.segments import store_documents
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


def test_while_something_arrives_nothing_is_indexed_without_need(store):
    put(store, segment())
    assert not store.index_if_quiet(pause=3600.0)
    assert store.index_if_quiet(pause=0.0)
    assert not store.index_if_quiet(pause=0.0)


def test_of_very_many_some_are_indexed_as_they_arrive(store, monkeypatch):
    monkeypatch.setattr(index, "MOST_WAITING", 3)
    monkeypatch.setattr(index, "TRACES_AT_ONCE", 2)
    for number in range(10):
        put(store, segment(number))
        assert count_waiting(store) <= 3
    with store.reader() as reader:
        assert len(read_xray_traces(reader)) == 10


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
