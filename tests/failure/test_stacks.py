"""Where an app waits is read from the stacks of its threads."""

import os
import socket
import subprocess
import sys
import textwrap
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from workshop import process_tree
from workshop.checks.stacks import read_whole
from workshop.failure import stacks, starting
from workshop.failure.stacks import Place

PACKAGE = "site-packages"


def stack(*frames):
    """Write a stack as faulthandler does, the innermost frame first."""
    lines = [f'  File "{file}", line {line} in {name}' for file, line, name in frames]
    return "\n".join(["Thread 0x01 (most recent call first):", *lines])


@pytest.fixture
def app(tmp_path):
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "own.py").touch()
    return tmp_path


def place_of(app, monkeypatch, find, *threads):
    monkeypatch.setattr(stacks, "_ask", lambda *_: [list(threads)])
    return find("mark", app, app)


def socket_below(vendor, own=()):
    return stack(
        ("/usr/lib/python3/socket.py", 700, "readinto"),
        (f"/x/{PACKAGE}/{vendor}/session.py", 10, "send"),
        *own,
    )


def test_a_start_that_waits_is_blamed_on_the_vendor_and_the_own_line(app, monkeypatch):
    own = [(f"{app}/app/own.py", 7, "start"), (f"{app}/app/own.py", 9, "create_app")]
    main = socket_below("botocore", own)
    found = place_of(app, monkeypatch, stacks.find_starting, socket_below("rollbar"), main)
    assert found == Place("cloudwatch", "app/own.py:7")


def test_a_start_that_works_waits_for_nobody(app, monkeypatch):
    busy = stack((f"/x/{PACKAGE}/botocore/model.py", 3, "load"), (f"{app}/app/own.py", 7, "start"))
    assert place_of(app, monkeypatch, stacks.find_starting, busy) == Place()
    # What another thread waits for does not hold up the start.
    waiting = socket_below("botocore")
    assert place_of(app, monkeypatch, stacks.find_starting, waiting, busy) == Place()


def test_of_several_that_answer_the_first_vendor_is_named(app, monkeypatch):
    request = ("/x/site-packages/flask/app.py", 1500, "__call__")
    found = place_of(
        app,
        monkeypatch,
        stacks.find_answering,
        socket_below("rollbar", [request]),
        socket_below("opentelemetry/exporter", [request]),
        socket_below("watchtower"),
    )
    assert found == Place("honeycomb")


def test_a_request_that_is_at_work_waits_for_nobody(app, monkeypatch):
    request = ("/x/site-packages/flask/app.py", 1500, "__call__")
    own = (f"{app}/app/own.py", 7, "ids")
    busy = stack(("/usr/lib/python3/json/encoder.py", 200, "encode"), own, request)
    assert place_of(app, monkeypatch, stacks.find_answering, busy) == Place()
    asking = stack(("/usr/lib/python3/socket.py", 700, "readinto"), own, request)
    found = place_of(app, monkeypatch, stacks.find_answering, busy, asking)
    assert found == Place(where="app/own.py:7")


def test_at_the_end_the_thread_counts_for_which_main_waits(app, monkeypatch):
    main = stack(("/usr/lib/python3/threading.py", 1100, "join"))
    closing = stack(("/x/site-packages/watchtower/__init__.py", 500, "close"))
    idle = stack(("/x/site-packages/opentelemetry/sdk/trace/export.py", 9, "worker"))
    assert place_of(app, monkeypatch, stacks.find_main, idle, main) == Place()
    assert place_of(app, monkeypatch, stacks.find_main, idle, closing, main).vendor == "cloudwatch"


def test_packages_beside_the_app_are_not_the_learner_s(app, monkeypatch):
    (app / ".venv" / "lib").mkdir(parents=True)
    (app / ".venv" / "lib" / "other.py").touch()
    main = socket_below("rollbar", [(f"{app}/.venv/lib/other.py", 3, "call")])
    assert place_of(app, monkeypatch, stacks.find_starting, main) == Place("rollbar")


def test_stacks_are_read_once_they_are_whole(tmp_path):
    file = tmp_path / "1.stacks"
    file.write_text("Thread 0x01 (most recent call first):\n")
    with ThreadPoolExecutor(1) as pool:
        reading = pool.submit(read_whole, [file], 20)
        with file.open("a") as more:
            more.write("\nCurrent thread 0x02 (most recent call first):\n")
        assert reading.result(20) == [file.read_text()]


def test_a_process_that_does_not_answer_is_waited_for_no_longer(tmp_path):
    assert read_whole([tmp_path / "1.stacks"], 0.1) == [""]


WAITS = """
    import socket, sys, threading
    sys.path.insert(0, sys.argv[1])
    from rollbar import ask
    threading.Thread(target=threading.Event().wait, daemon=True).start()
    ask()
"""
ASKS = """
    import http.client
    def ask():
        connection = http.client.HTTPConnection("127.0.0.1", %d)
        connection.request("GET", "/")
        connection.getresponse()
"""


def test_a_process_that_waits_is_found_out(tmp_path):
    """A real one: it waits in a package of a vendor's name, for an answer that never comes."""
    mark = f"test-{tmp_path.name}"
    package = tmp_path / "lib" / "rollbar"
    package.mkdir(parents=True)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        (package / "__init__.py").write_text(textwrap.dedent(ASKS % silent.getsockname()[1]))
        (tmp_path / "main.py").write_text(textwrap.dedent(WAITS))
        env = {**os.environ, **stacks.variables(tmp_path), process_tree.MARK: mark}
        words = [sys.executable, "main.py", str(package.parent)]
        started: Future[float | None] = Future()
        with subprocess.Popen(words, cwd=tmp_path, env=env) as process:
            try:
                with ThreadPoolExecutor(1) as pool:
                    watched = pool.submit(starting.watch, started, mark, tmp_path, tmp_path)
                    found = watched.result(20)
                assert found == Place("rollbar", "lib/rollbar/__init__.py:6")
            finally:
                started.set_result(None)
                process.kill()


def test_one_that_has_started_is_not_asked():
    started: Future[float | None] = Future()
    started.set_result(1.0)
    assert starting.watch(started, "nobody's mark", None, None) == Place()
