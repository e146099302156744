"""What is read back, in this process and after a crash."""

import signal
from concurrent.futures import ThreadPoolExecutor

import pytest
from otlp_clients import sandbox_process, wait_until
from rollbar_clients import exception, items, message, occurrences, post, send, trace

from workshop.sandbox import running
from workshop.sandbox.rollbar.items import read_item, read_items, read_occurrence, read_occurrences
from workshop.sandbox.rollbar.occurrence import Frame, Person, Request
from workshop.sandbox.store import open_reader

W3C = "0af7651916cd43dd8448eb211c80319c"
XRAY = "1-5f84c7a5-" + "e7d1852db8c4fd35d88bf49a"


def test_an_occurrence_is_taken_apart(sandbox):
    raised = trace("view", "pay", message="by zero")
    raised["frames"][-1] |= {"locals": {"total": 10}, "argspec": ["total"]}
    raised["frames"][0] = {"filename": "lib.py", "lineno": None, "method": None}
    more = {
        "uuid": "u1",
        "timestamp": 1_700_000_000.9,
        "level": "critical",
        "framework": "flask",
        "code_version": "1.2",
        "context": "/orders",
        "person": {"id": 7, "email": None},
        "request": {"url": "http://a/", "method": "GET", "headers": {"Accept": "*/*"}},
        "server": {"host": "web1"},
        "custom": {"order": "A1"},
        "body": {"trace_chain": [raised, trace("db", kind="OSError", message="gone")]},
    }
    send(sandbox, exception(more=more))
    (item,) = items(sandbox)
    (occurrence,) = occurrences(sandbox, item.id)
    assert occurrence.frames == (
        Frame("lib.py", None, "", "", {}),
        Frame("/srv/app/pay.py", 11, "pay", "pay()", {"total": 10}),
    )
    assert [(each.class_name, each.message) for each in occurrence.exceptions] == [
        ("ZeroDivisionError", "by zero"),
        ("OSError", "gone"),
    ]
    assert (occurrence.exception_class, occurrence.message) == ("ZeroDivisionError", "by zero")
    assert occurrence.person == Person("7", None, None)
    assert occurrence.request == Request("http://a/", "GET", {"Accept": "*/*"}, None)
    assert (occurrence.uuid, occurrence.timestamp) == ("u1", 1_700_000_000)
    assert (occurrence.level, occurrence.host, occurrence.context) == (
        "critical",
        "web1",
        "/orders",
    )
    assert (occurrence.framework, occurrence.code_version) == ("flask", "1.2")
    assert occurrence.custom == {"order": "A1"}


@pytest.mark.parametrize(
    ("more", "found"),
    [
        ({}, {}),
        ({"custom": {"trace_id": W3C}}, {"trace_id": W3C}),
        ({"custom": {"otelTraceID": W3C, "other": W3C}}, {"otelTraceID": W3C}),
        ({"custom": {"xray": f"Root={XRAY};Sampled=1"}}, {"xray": XRAY}),
        ({"custom": {"trace_id": "none", "trace": ["x"]}}, {}),
        (
            {"request": {"headers": {"traceparent": f"00-{W3C}-b7ad6b7169203331-01"}}},
            {"traceparent": W3C},
        ),
        ({"request": {"headers": {"X-Amzn-Trace-Id": f"Root={XRAY}"}}}, {"X-Amzn-Trace-Id": XRAY}),
    ],
)
def test_ids_of_traces_are_found(sandbox, more, found):
    send(sandbox, message("hello", **more))
    assert occurrences(sandbox)[0].trace_ids == found


def test_occurrences_are_read_from_a_time_on_and_by_id(sandbox):
    send(sandbox, message("a"), message("b"))
    first, second = occurrences(sandbox)
    with sandbox.reader() as reader:
        assert read_occurrences(reader, since_ns=second.received_ns) == [second]
        assert read_occurrences(reader, first.item_id, second.received_ns) == []
        assert read_occurrence(reader, first.id) == first
        assert read_occurrence(reader, 1) is None
        assert read_item(reader, second.item_id) == read_items(reader)[0]
        assert read_item(reader, 1) is None


def test_posts_at_once_are_counted_one_by_one(sandbox):
    payloads = [message("x", fingerprint=f"f{number % 5}") for number in range(40)]
    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda payload: post(sandbox, payload).status_code, payloads))
    assert answers == [200] * 40
    assert sorted(item.counter for item in items(sandbox)) == [1, 2, 3, 4, 5]
    assert [item.total_occurrences for item in items(sandbox)] == [8] * 5
    assert len({each.id for each in occurrences(sandbox)}) == 40


def test_what_was_acknowledged_survives_kill_9(tmp_path):
    with sandbox_process(tmp_path) as process:
        found = wait_until(lambda: running.find(tmp_path), "the sandbox to be ready")
        for number in range(20):
            assert post(found, message("hello", uuid=f"u{number}")).status_code == 200
        process.send_signal(signal.SIGKILL)
        process.wait()
    with open_reader(tmp_path) as reader:
        assert [each.uuid for each in read_occurrences(reader)] == [f"u{n}" for n in range(20)]
        assert [item.total_occurrences for item in read_items(reader)] == [20]
