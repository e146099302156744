"""Datagrams in the X-Ray SDK's format reach X-Ray in batches; what does not is counted."""

import logging
import socket
import sqlite3

import pytest
from otlp_clients import wait_until
from xray_clients import HEADER, datagram, segment

from workshop.sandbox.ports import bind_daemon
from workshop.sandbox.xray import daemon as daemon_module
from workshop.sandbox.xray.daemon import Daemon, parse_datagram
from workshop.sandbox.xray.daemon_counts import DaemonCounts, add_counts, read_counts
from workshop.sandbox.xray.inbox import BATCH, Inbox

SOON = 0.02
NEVER = 3600.0


def counts_of(store):
    with store.reader() as reader:
        return read_counts(reader)


def documents_of(store):
    with store.reader() as reader:
        rows = reader.execute("SELECT document FROM xray_segment_documents ORDER BY row_id")
        return [document for (document,) in rows]


def wait_for(store, **counts):
    wanted = DaemonCounts(**counts)
    wait_until(lambda: counts_of(store) == wanted, f"{wanted}")
    return documents_of(store)


def test_a_segment_is_kept_as_it_came(store, start_daemon):
    _, client = start_daemon(SOON)
    client.send(datagram(segment()))
    (kept,) = wait_for(store, received=1)
    assert datagram(kept) == datagram(segment())


BAD = [
    b"",
    b"\n",
    b"{}",
    b'{"format":"xml","version":1}\n{}',
    b'{"format":"json","version":2}\n{}',
    b'["json"]\n{}',
    b"[" * 60_000 + b"\n{}",
    b"\xff\n{}",
    HEADER.encode(),
]


@pytest.mark.parametrize("bad", BAD, ids=range(len(BAD)))
def test_what_has_another_header_is_no_document(bad):
    assert parse_datagram(bad) is None


def test_a_header_with_spaces_will_do():
    assert parse_datagram(b'{ "version": 1, "format": "json" }\n{"a":\n5}') == '{"a":\n5}'


def test_what_is_rejected_is_counted_and_the_next_is_still_kept(store, start_daemon):
    _, client = start_daemon(SOON)
    for each in (*BAD, datagram(segment())):
        client.send(each)
    assert len(wait_for(store, received=len(BAD) + 1, rejected=len(BAD))) == 1


def test_what_x_ray_does_not_take_is_counted_and_logged(store, start_daemon, caplog):
    _, client = start_daemon(SOON)
    with caplog.at_level(logging.WARNING):
        for body in ("{", "[]", '{"name": "\xff"}', segment(name=5), segment()):
            client.send(datagram(body))
        client.send(HEADER.encode() + b"\xff\xfe")
        assert len(wait_for(store, received=6, unprocessed=5)) == 1
    assert "Unprocessed segments: " in caplog.text


def test_a_full_batch_does_not_wait(store, start_daemon):
    daemon, client = start_daemon(NEVER)
    for number in range(BATCH + 1):
        client.send(datagram(segment(number)))
    assert len(wait_for(store, received=BATCH)) == BATCH
    daemon.stop()
    assert len(documents_of(store)) == BATCH + 1


def test_a_pause_sends_a_batch_that_is_not_full(store, start_daemon):
    _, client = start_daemon(SOON)
    for number in range(3):
        client.send(datagram(segment(number)))
        assert len(wait_for(store, received=number + 1)) == number + 1


def test_a_segment_of_64_kilobytes_is_kept(store, start_daemon):
    _, client = start_daemon(SOON)
    client.send(datagram(segment(metadata={"default": {"long": "x" * 64_000}})))
    (kept,) = wait_for(store, received=1)
    assert len(kept) > 64_000


def test_datagrams_that_came_before_the_end_are_kept(store):
    udp, tcp = bind_daemon(0)
    tcp.close()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        for number in range(60):
            client.sendto(datagram(segment(number)), udp.getsockname())
    daemon = Daemon(store, udp, NEVER)
    daemon.start()
    daemon.stop()
    assert counts_of(store) == DaemonCounts(received=60)
    assert len(documents_of(store)) == 60


def test_of_a_flood_each_segment_is_kept_or_counted_as_lost(store, start_daemon):
    _, client = start_daemon(SOON)
    flood = [datagram(segment(number)) for number in range(600)]
    for each in flood:
        client.send(each)

    def all_counted():
        counts = counts_of(store)
        return counts.received + counts.lost == len(flood) and counts

    counts = wait_until(all_counted, "all of the flood to be counted")
    # How many the system drops is its own affair; that we know of each is ours.
    assert len(documents_of(store)) == counts.received
    assert (counts.rejected, counts.spilled, counts.unprocessed) == (0, 0, 0)


def test_what_the_system_drops_is_counted(store, monkeypatch):
    monkeypatch.setattr(daemon_module, "RECEIVE_BUFFER", 4096)
    udp, tcp = bind_daemon(0)
    tcp.close()
    daemon = Daemon(store, udp, NEVER)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        # Nobody reads yet: most of these do not fit.
        for number in range(100):
            client.sendto(datagram(segment(number)), udp.getsockname())
    daemon.start()
    daemon.stop()
    counts = counts_of(store)
    assert counts.lost > 0
    assert counts.received + counts.lost == 100


def test_what_cannot_be_written_is_counted_and_the_daemon_lives(store, start_daemon, monkeypatch):
    def fail(*_):
        raise sqlite3.OperationalError("database or disk is full")

    _, client = start_daemon(SOON)
    with monkeypatch.context() as broken:
        broken.setattr(daemon_module, "store_documents", fail)
        client.send(datagram(segment(1)))
        wait_for(store, received=1, spilled=1)
    client.send(datagram(segment(2)))
    assert len(wait_for(store, received=2, spilled=1)) == 1


def test_counts_that_cannot_be_written_are_written_later(store, start_daemon, monkeypatch):
    failed = []

    def fail_once(*words):
        if not failed:
            failed.append(words)
            raise sqlite3.OperationalError("database is locked")
        add_counts(*words)

    monkeypatch.setattr(daemon_module, "add_counts", fail_once)
    _, client = start_daemon(SOON)
    client.send(datagram(segment(1)))
    wait_until(lambda: failed, "the first counts to fail")
    client.send(datagram(segment(2)))
    assert len(wait_for(store, received=2)) == 2


def test_memory_is_bounded_and_the_oldest_gives_way():
    inbox = Inbox(NEVER, memory_limit=10_000)
    for number in range(200):
        inbox.put(b"%4d" % number + b"x" * 963)
    inbox.close()
    batch = inbox.take()
    assert batch.datagrams[-1].startswith(b" 199")
    assert [each[:4] for each in batch.datagrams] == [b"%4d" % n for n in range(190, 200)]
    assert batch.spilled == 190
    assert inbox.take().datagrams == []


def test_the_memory_of_what_was_taken_is_free_again():
    inbox = Inbox(idle=0.0, memory_limit=10_000)
    for _ in range(100):
        inbox.put(b"x" * 967)
        assert inbox.take().spilled == 0


def test_counts_add_up(store):
    assert counts_of(store) == DaemonCounts()
    add_counts(store, DaemonCounts(received=3, lost=1))
    add_counts(store, DaemonCounts(received=2, unprocessed=1))
    assert counts_of(store) == DaemonCounts(received=5, unprocessed=1, lost=1)
