"""Clients find the sandbox, or start it; one that nobody uses ends."""

import contextlib
import os
import socket
import subprocess
import sys
import threading

import psutil
import pytest
from otlp_clients import message, post, wait_until

from workshop.errors import WorkshopError
from workshop.sandbox import clients, running
from workshop.sandbox.ports import is_free
from workshop.sandbox.server import running_sandbox
from workshop.sandbox.state import STATE_FILE, State, hold_lock, read_state, write_state

ENSURE = """
import sys
from pathlib import Path
from workshop.sandbox import running
found = running.ensure(Path(sys.argv[1]), port=0, daemon_port=0)
print(found.pid, flush=True)
sys.stdin.read()
"""


@pytest.fixture
def data(tmp_path):
    folder = tmp_path / "a b"
    yield folder
    running.stop_if_any(folder)


@contextlib.contextmanager
def client(data):
    """Another process that uses the sandbox until the `with` ends."""
    process = subprocess.Popen(
        [sys.executable, "-c", ENSURE, str(data)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.communicate()


def test_there_is_none_where_none_runs(tmp_path):
    assert running.find(tmp_path) is None
    (tmp_path / STATE_FILE).write_text("{")
    assert running.find(tmp_path) is None
    (tmp_path / STATE_FILE).write_text('{"pid": 1}')
    assert running.find(tmp_path) is None
    running.stop_if_any(tmp_path)


def test_a_file_left_behind_is_not_believed(tmp_path, sandbox):
    # The process lives and a sandbox answers there, but it is not this data's.
    write_state(tmp_path, State(1, sandbox.url, sandbox.port, 1, 1))
    assert running.find(tmp_path) is None


def test_it_is_started_once_and_then_found(data):
    first = running.ensure(data, port=0, daemon_port=0)
    assert running.ensure(data, port=0, daemon_port=0) == first
    assert running.find(data) == first
    assert first.data_dir == data
    assert first.pid != os.getpid()
    assert post(first.url, message("a").SerializeToString()).status_code == 200
    running.stop(first)
    assert not psutil.pid_exists(first.pid)
    assert running.find(data) is None
    assert not (data / STATE_FILE).exists()
    # Stopped twice is stopped.
    running.stop(first)


def test_a_taken_port_is_replaced_by_a_free_one(data):
    with (
        socket.create_server(("127.0.0.1", 0)) as http,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as daemon,
    ):
        daemon.bind(("127.0.0.1", 0))
        ports = http.getsockname()[1], daemon.getsockname()[1]
        found = running.ensure(data, *ports)
    assert found.port not in (0, ports[0])
    assert found.daemon_port not in (0, ports[1])


def test_the_ports_that_were_asked_for_are_used_where_they_are_free(tmp_path, monkeypatch):
    monkeypatch.setattr(running, "_start", lambda data_dir, *ports: ports)
    monkeypatch.setattr(running, "is_free", lambda port, kind: True)
    monkeypatch.setattr(running, "is_daemon_free", lambda port: True)
    assert running.ensure(tmp_path) == (4318, 2000)
    monkeypatch.setattr(running, "is_free", lambda port, kind: False)
    assert running.ensure(tmp_path) == (0, 2000)
    monkeypatch.setattr(running, "is_daemon_free", lambda port: False)
    assert running.ensure(tmp_path) == (0, 0)


def test_a_free_port_is_told_from_a_taken_one():
    with socket.create_server(("127.0.0.1", 0)) as http:
        assert not is_free(http.getsockname()[1], socket.SOCK_STREAM)
    assert is_free(0, socket.SOCK_STREAM)
    assert is_free(0, socket.SOCK_DGRAM)


def test_two_callers_at_once_start_only_one(data):
    with client(data) as one, client(data) as two:
        pids = {process.stdout.readline().strip() for process in (one, two)}
        assert pids == {str(running.find(data).pid)}
        assert clients.any_alive(data)


def test_threads_of_one_process_at_once_start_only_one(data):
    found = []
    threads = [
        threading.Thread(target=lambda: found.append(running.ensure(data, 0, 0))) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 4
    assert len(set(found)) == 1


def test_it_ends_when_its_last_client_has_ended(data):
    with client(data) as one:
        pid = int(one.stdout.readline())
        with client(data) as two:
            assert int(two.stdout.readline()) == pid
        assert running.find(data).pid == pid
    wait_until(lambda: not psutil.pid_exists(pid), "the sandbox to end by itself")
    assert not (data / STATE_FILE).exists()
    assert "stopped" in (data / running.LOG_FILE).read_text()


def test_a_client_is_told_from_a_later_process_of_the_same_number(tmp_path):
    assert not clients.any_alive(tmp_path)
    clients.register(tmp_path)
    assert clients.any_alive(tmp_path)
    file = tmp_path / clients.FOLDER / str(os.getpid())
    file.write_text("12345.0")
    assert not clients.any_alive(tmp_path)
    assert not file.exists()


def test_why_it_did_not_start_is_told(data):
    data.mkdir()
    (data / "sandbox.sqlite").write_bytes(b"my diary\n" * 1000)
    with pytest.raises(WorkshopError, match="is not a database of the sandbox") as caught:
        running.ensure(data, port=0, daemon_port=0)
    assert running.LOG_FILE in caught.value.next_step
    assert "Traceback" not in caught.value.what


def test_one_that_this_process_runs_itself_is_found(tmp_path):
    with running_sandbox(tmp_path) as sandbox:
        assert running.ensure(tmp_path).port == sandbox.port


def test_a_lock_is_held_by_one_and_let_go(tmp_path):
    with hold_lock(tmp_path, "lock") as first:
        assert first
        with hold_lock(tmp_path, "lock", seconds=0.05) as second:
            assert not second
    with hold_lock(tmp_path, "lock") as third:
        assert third


def test_the_state_is_written_whole(tmp_path):
    state = State(1, "http://127.0.0.1:5", 5, 6, 7)
    write_state(tmp_path, state)
    assert read_state(tmp_path) == state
    assert [file.name for file in tmp_path.iterdir()] == [STATE_FILE]


def test_a_port_that_is_taken_at_the_last_moment_is_replaced(tmp_path, monkeypatch):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        monkeypatch.setattr(running, "is_free", lambda *_: True)
        found = running.ensure(tmp_path, port=port, daemon_port=0)
        try:
            assert found.port != port
            assert running.find(tmp_path) == found
        finally:
            running.stop(found)
