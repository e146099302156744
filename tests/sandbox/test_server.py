"""The sandbox as a program: ports, signals, crashes, and who may ask."""

import json
import os
import signal
import socket
import sqlite3
import threading

import psutil
import pytest
import requests
from otlp_clients import message, post, sandbox_process, wait_until

from workshop.errors import WorkshopError
from workshop.sandbox import running
from workshop.sandbox.honeycomb.traces import read_traces
from workshop.sandbox.ports import bind_daemon
from workshop.sandbox.server import running_sandbox
from workshop.sandbox.state import STATE_FILE
from workshop.sandbox.store import open_reader


def ready(data):
    return wait_until(lambda: running.find(data), "the sandbox to be ready")


def get(sandbox, path="/", host=None):
    headers = {"Host": host} if host else {}
    return requests.get(sandbox.url + path, headers=headers, timeout=10)


def test_it_says_where_it_listens_while_it_runs(tmp_path):
    data = tmp_path / "a b"
    with running_sandbox(data) as sandbox:
        said = json.loads((data / STATE_FILE).read_text())
        assert said["url"] == sandbox.url == f"http://127.0.0.1:{sandbox.port}"
        assert (said["pid"], said["daemon_port"]) == (os.getpid(), sandbox.daemon_port)
        assert said["started_ns"] > 0
        health = get(sandbox, "/health").json()
        assert health == {"sandbox": True, "pid": os.getpid(), "version": "0.1.0"}
    assert not (data / STATE_FILE).exists()
    with pytest.raises(requests.ConnectionError):
        get(sandbox)


def test_its_page_tells_the_vendors_the_counts_and_how_to_stop(sandbox):
    post(sandbox.url, message("a", "b").SerializeToString())
    post(sandbox.url, b"", key="wrong")
    page = get(sandbox).text
    for wanted in ("Honeycomb", "X-Ray", "1 traces, 2 events", "1 requests", "Ctrl-C"):
        assert wanted in page


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost", "LocalHost", "[::1]"])
@pytest.mark.parametrize("port", ["", ":1", ":4318"])
def test_names_of_this_machine_are_answered(sandbox, name, port):
    assert get(sandbox, host=name + port).status_code == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example:80", "localhost:x", "::1", "127.0.0.2", ":80"]
)
@pytest.mark.parametrize("path", ["/", "/health", "/1/auth", "/nowhere"])
def test_a_web_page_elsewhere_cannot_ask_by_a_name_of_its_own(sandbox, host, path):
    answer = get(sandbox, path, host)
    assert answer.status_code == 421
    assert "localhost only" in answer.text


def test_only_loopback_is_listened_on(sandbox):
    mine = psutil.Process().net_connections("inet")
    ports = (sandbox.port, sandbox.daemon_port)
    found = {each.laddr.ip for each in mine if each.laddr.port in ports}
    assert found == {"127.0.0.1"}


def test_a_taken_http_port_is_named_with_who_has_it(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(WorkshopError) as caught, running_sandbox(tmp_path, port=port):
            pass
    assert f"Port {port} is taken by process {os.getpid()} (" in caught.value.what
    assert "sandbox --port 0" in caught.value.next_step
    with running_sandbox(tmp_path):
        pass


def test_a_taken_daemon_port_is_named_too(tmp_path):
    other, tcp = bind_daemon(0)
    # Nobody else has the number for TCP, either: its holder would be named.
    with other, tcp:
        port = other.getsockname()[1]
        tcp.close()
        with pytest.raises(WorkshopError) as caught, running_sandbox(tmp_path, daemon_port=port):
            pass
    assert f"Port {port} is taken by process {os.getpid()} (" in caught.value.what
    assert "sandbox --daemon-port 0" in caught.value.next_step
    assert not (tmp_path / STATE_FILE).exists()


def test_a_port_that_does_not_exist_is_an_error_in_words(tmp_path):
    with (
        pytest.raises(WorkshopError, match="Port 70000 cannot be used"),
        running_sandbox(tmp_path, port=70000),
    ):
        pass


def test_a_second_one_on_the_same_data_is_told_where_the_first_is(sandbox):
    with pytest.raises(WorkshopError) as caught, running_sandbox(sandbox.data_dir):
        pass
    assert f"already runs at {sandbox.url} (process {os.getpid()})" in caught.value.what
    assert get(sandbox).status_code == 200
    assert running.find(sandbox.data_dir).port == sandbox.port


def test_two_in_one_process_do_not_disturb_each_other(tmp_path):
    with running_sandbox(tmp_path / "one") as one:
        with running_sandbox(tmp_path / "two") as two:
            post(two.url, message("a").SerializeToString())
        assert get(one, "/health").status_code == 200
        with one.reader() as reader:
            assert read_traces(reader) == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_cleanly(tmp_path, number):
    with sandbox_process(tmp_path) as process:
        found = ready(tmp_path)
        # A connection that is kept open must not keep the sandbox alive.
        with requests.Session() as session:
            assert session.get(found.url, timeout=10).status_code == 200
            process.send_signal(number)
            printed, _ = process.communicate(timeout=20)
    assert process.returncode == 0
    assert f"{found.url}/v1/traces" in printed
    assert f"127.0.0.1:{found.daemon_port}/udp" in printed
    assert "Traceback" not in printed
    assert not (tmp_path / STATE_FILE).exists()


def test_after_kill_9_all_that_was_acknowledged_is_there(tmp_path):
    acknowledged = []

    def send(number):
        for export in range(10_000):
            trace_id = number.to_bytes(8, "big") + export.to_bytes(8, "big")
            try:
                answer = post(found.url, message("a", "b", trace_id=trace_id).SerializeToString())
            except requests.ConnectionError:
                return
            assert answer.status_code == 200
            acknowledged.append(trace_id)

    with sandbox_process(tmp_path) as process:
        found = ready(tmp_path)
        threads = [threading.Thread(target=send, args=(number,)) for number in (1, 2)]
        for thread in threads:
            thread.start()
        wait_until(lambda: len(acknowledged) > 100, "a hundred exports")
        process.send_signal(signal.SIGKILL)
        for thread in threads:
            thread.join()
    assert (tmp_path / STATE_FILE).exists()
    assert running.find(tmp_path) is None
    with open_reader(tmp_path) as reader:
        before = read_traces(reader)
    # Nothing stands in the way of the next one, which adds to what is there.
    with sandbox_process(tmp_path):
        again = ready(tmp_path)
        answer = post(again.url, message("new", trace_id=b"n" * 16).SerializeToString())
        assert answer.status_code == 200
        with open_reader(tmp_path) as reader:
            after = read_traces(reader)
    kept = {trace.trace_id: trace for trace in before}
    for trace_id in acknowledged:
        # Eight zero bytes at the front would be dropped; these ids have none.
        assert len(kept[trace_id.hex()].spans) == 2
    assert len(after) == len(before) + 1


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("/v1/traces", {"x-honeycomb-team": "sandbox", "Content-Type": "application/x-protobuf"}),
        ("/api/1/item/", {"X-Rollbar-Access-Token": "sandbox", "Content-Type": "application/json"}),
    ],
)
def test_what_cannot_be_kept_now_is_asked_for_later(sandbox, monkeypatch, path, headers):
    def fail(_self):
        raise sqlite3.OperationalError("database or disk is full")

    bodies = {
        "/v1/traces": message("a").SerializeToString(),
        "/api/1/item/": json.dumps(
            {"data": {"environment": "test", "body": {"message": {"body": "x"}}}}
        ),
    }
    with monkeypatch.context() as full:
        full.setattr(type(sandbox.store), "transaction", fail)
        answer = requests.post(sandbox.url + path, bodies[path], headers=headers, timeout=10)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "1")
    assert "disk is full" in answer.text
    again = requests.post(sandbox.url + path, bodies[path], headers=headers, timeout=10)
    assert again.status_code == 200
