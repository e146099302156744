"""Two copies get the same requests; what comes of them is told, whatever that is."""

import socket
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from workshop.failure import load
from workshop.failure.load import FOUND, RAISES, Plan, Shot


@contextmanager
def answering(status=200, *, close=False):
    """Serve on a port, and note who asked for what."""
    asked = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self):
            asked.append((self.command, self.path, dict(self.headers)))
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            code = status(self.command) if callable(status) else status
            self.send_response(code)
            self.send_header("Content-Length", "0")
            self.end_headers()
            # Without a word: as a server does that has kept a connection for long enough.
            self.close_connection = close

        do_GET = do_POST = answer

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield server.server_port, asked
        finally:
            server.shutdown()


def as_the_app(method):
    return 500 if method == "POST" else 200


def test_both_copies_get_each_request_once():
    with answering(as_the_app) as (one, first), answering(as_the_app) as (two, second):
        told = load.drive(Plan((one, two), (FOUND,) * 9 + (RAISES,)))
    for times, asked in zip(told, (first, second), strict=True):
        assert len(times.seconds) == len(asked) == 10
        assert times.failed == []
        assert sorted(times.answered) == list(range(10))
        assert [method for method, _, _ in asked].count("POST") == 1
        assert all(headers["X-Amzn-Trace-Id"] == "Sampled=1" for _, _, headers in asked)


def test_another_status_is_a_failure_that_was_answered():
    with answering(503) as (port, _):
        (times,) = load.drive(Plan((port,), (FOUND,)))
    assert times.failed == [f"GET {FOUND.path} → 503"]
    assert times.answered == [0]


def test_a_fault_that_was_mended_is_no_failure_and_is_not_counted():
    with answering(lambda method: 201 if method == "POST" else 200) as (port, _):
        (times,) = load.drive(Plan((port,), (FOUND, RAISES)))
    assert (times.failed, times.answered) == ([], [0])


def test_a_refused_connection_is_a_failure_that_was_not():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        (times,) = load.drive(Plan((free.getsockname()[1],), (FOUND,)))
    assert times.failed == [f"GET {FOUND.path} → ConnectionRefusedError"]
    assert times.answered == []


def test_a_connection_that_the_server_has_closed_is_opened_anew():
    with answering(close=True) as (port, asked):
        (times,) = load.drive(Plan((port,), (FOUND,) * 20, threads=1))
    assert times.failed == []
    assert len(asked) == 20


def test_it_gives_up_on_one_that_is_silent(monkeypatch):
    monkeypatch.setattr(load, "REQUEST_DEADLINE", 0.05)
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        plan = Plan((silent.getsockname()[1],), (FOUND,) * 50, threads=1, patience=2)
        (times,) = load.drive(plan)
    assert times.failed == [f"GET {FOUND.path} → {load.TIMED_OUT}"] * 2


def test_it_ends_when_its_time_is_over():
    with answering() as (port, _):
        (times,) = load.drive(Plan((port,), (FOUND,) * 100_000, seconds=0.2))
    assert 0 < len(times.seconds) < 100_000


def test_the_process_that_sends_tells_what_came_of_it():
    shot = Shot("POST", "/a", {"a": "ü"}, 500)
    with answering(500) as (port, asked):
        (times,) = load.collect(load.start(Plan((port,), (shot,) * 3)))
    assert (len(times.seconds), times.failed) == (3, [])
    assert len(asked) == 3


def test_a_process_that_was_ended_tells_nothing():
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        sending = load.start(Plan((silent.getsockname()[1],), (FOUND,)))
        sending.kill()
        began = time.monotonic()
        assert load.collect(sending) == []
        assert time.monotonic() - began < load.REQUEST_DEADLINE


@pytest.mark.parametrize(("share", "value"), [(0, 1), (0.5, 51), (0.99, 100), (1, 100)], ids=str)
def test_a_percentile_is_one_of_the_values(share, value):
    assert load.percentile(range(100, 0, -1), share) == value
