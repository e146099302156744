"""Datagrams in the X-Ray SDK's format are kept; others are counted and dropped."""

import json
import socket
import time

import pytest
from otlp_clients import wait_until

from workshop.sandbox.ports import bind_daemon
from workshop.sandbox.store import Store
from workshop.sandbox.xray.daemon import Daemon, parse_datagram
from workshop.sandbox.xray.documents import DaemonCounts, read_counts, read_documents

# What aws-xray-sdk's UDP emitter sends before each document.
HEADER = '{"format":"json","version":1}\n'
SEGMENT = {
    "name": "backend-flask",
    "id": "70de5b6f19ff9a0a",
    "trace_id": "1-581cf771-a006649127e371903a2de979",
    "start_time": 1478293361.271,
    "end_time": 1478293361.449,
    "in_progress": False,
}


def send(sandbox, *datagrams):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        for datagram in datagrams:
            client.sendto(datagram, ("127.0.0.1", sandbox.daemon_port))


def wait_for(sandbox, counts):
    def counted():
        with sandbox.reader() as reader:
            return read_counts(reader) == counts

    wait_until(counted, f"{counts}")
    with sandbox.reader() as reader:
        return read_documents(reader)


def test_a_segment_is_kept_as_it_came(sandbox):
    before = time.time_ns()
    text = json.dumps(SEGMENT)
    send(sandbox, (HEADER + text).encode())
    (kept,) = wait_for(sandbox, DaemonCounts(1, 0))
    assert kept.document == text
    assert (kept.id, kept.trace_id) == (SEGMENT["id"], SEGMENT["trace_id"])
    assert kept.name == "backend-flask"
    assert before <= kept.received_ns <= time.time_ns()
    with sandbox.reader() as reader:
        assert read_documents(reader, since_ns=kept.received_ns + 1) == []


BAD = [
    b"",
    b"\n",
    json.dumps(SEGMENT).encode(),
    b'{"format":"xml","version":1}\n{}',
    b'{"format":"json","version":2}\n{}',
    b'["json"]\n{}',
    HEADER.encode(),
    HEADER.encode() + b"{",
    HEADER.encode() + b"[]",
    HEADER.encode() + b"{} {}",
    HEADER.encode() + b'{"name": "\xff"}',
    HEADER.encode() + b'{"name": "\\ud800"}',
    HEADER.encode() + b"[" * 60_000,
]


@pytest.mark.parametrize("datagram", BAD)
def test_another_datagram_is_no_document(datagram):
    assert parse_datagram(datagram) is None


def test_what_is_rejected_is_counted_and_the_next_is_still_kept(sandbox):
    send(sandbox, *BAD, (HEADER + json.dumps(SEGMENT)).encode())
    assert len(wait_for(sandbox, DaemonCounts(1, len(BAD)))) == 1


def test_a_header_with_spaces_and_a_document_without_names_will_do(sandbox):
    send(sandbox, b'{ "version": 1, "format": "json" }\n{"id": 5}\n')
    (kept,) = wait_for(sandbox, DaemonCounts(1, 0))
    assert (kept.id, kept.trace_id, kept.name, kept.document) == ("", "", "", '{"id": 5}')


def test_a_burst_is_kept_in_its_order(sandbox):
    numbers = [f"{number:016x}" for number in range(100)]
    texts = [HEADER + json.dumps({**SEGMENT, "id": number}) for number in numbers]
    send(sandbox, *[text.encode() for text in texts])
    assert [kept.id for kept in wait_for(sandbox, DaemonCounts(100, 0))] == numbers


def test_a_segment_of_64_kilobytes_is_kept(sandbox):
    document = {**SEGMENT, "metadata": {"default": {"long": "x" * 64_000}}}
    send(sandbox, (HEADER + json.dumps(document)).encode())
    (kept,) = wait_for(sandbox, DaemonCounts(1, 0))
    assert json.loads(kept.document) == document


def test_datagrams_that_came_before_the_end_are_kept(tmp_path):
    store = Store(tmp_path)
    listener = bind_daemon(0)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        for _ in range(50):
            client.sendto(f"{HEADER}{{}}".encode(), listener.getsockname())
    daemon = Daemon(store, listener)
    daemon.start()
    daemon.stop()
    with store.reader() as reader:
        assert read_counts(reader) == DaemonCounts(50, 0)
    store.close()
