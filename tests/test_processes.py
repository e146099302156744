"""Real processes: started, waited for, and ended with all that they have started."""

import os
import signal
import socket
import subprocess
import sys
import time
import uuid

import psutil
import pytest

from workshop import process_tree, processes
from workshop.errors import WorkshopError
from workshop.hurry import Hurry
from workshop.processes import DidNotStartError

LISTEN = "import socket, sys, time\ns = socket.create_server(('127.0.0.1', int(sys.argv[1])))\n"
SLEEP = "import time\ntime.sleep(600)\n"


@pytest.fixture
def launch(tmp_path):
    """Start a Python program as a service; whatever is left of it ends with the test."""
    mark = uuid.uuid4().hex
    services = []

    def start(text, port=None, **variables):
        port = processes.free_port() if port is None else port
        env = {**os.environ, process_tree.MARK: f"{mark}/one", **variables}
        words = [sys.executable, "-c", text, str(port)]
        services.append(processes.launch("one", words, port, tmp_path, env, tmp_path / "logs"))
        services[-1].mark = f"{mark}/one"
        return services[-1]

    yield start
    for service in services:
        process_tree.kill(service.process, mark)
        service.process.wait()


def is_alive(pid):
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def wait_for(service, word):
    deadline = time.monotonic() + 15
    while time.monotonic() < deadline and word not in service.output():
        time.sleep(0.01)
    return service.output()


def test_it_listens(launch):
    service = launch(LISTEN + SLEEP)
    processes.wait_until_listening(service)
    assert not processes.is_free(service.port)
    assert processes.listening_ports(service.process) == [service.port]
    assert processes.stop(service) or service.process.returncode
    assert processes.is_free(service.port)


def test_it_chooses_its_port(launch):
    service = launch(LISTEN + SLEEP, port=0)
    processes.wait_until_listening(service)
    assert service.port > 0
    assert service.url.endswith(f":{service.port}")


@pytest.mark.parametrize(("text", "reason"), [("", "ended"), (SLEEP, "silent")])
def test_it_does_not_start(launch, text, reason):
    service = launch(text)
    with pytest.raises(DidNotStartError) as caught:
        processes.wait_until_listening(service, 15 if reason == "ended" else 0.3)
    assert caught.value.reason == reason


def test_nothing_is_waited_for_in_a_hurry(launch):
    hurry = Hurry()
    hurry.set()
    service = launch("import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\n" + SLEEP)
    began = time.monotonic()
    with pytest.raises(DidNotStartError):
        processes.wait_until_listening(service, 60, hurry)
    process_tree.end(service.process, signal.SIGINT, 60, service.mark, hurry)
    assert time.monotonic() - began < 30
    assert service.process.returncode is not None


def test_what_cannot_be_run_is_said(tmp_path):
    with pytest.raises(WorkshopError, match="no-such-program cannot be run"):
        processes.launch("one", ["./no-such-program"], 1, tmp_path, os.environ, tmp_path)


def test_a_free_port_is_none_of_those_for_outgoing_connections():
    ports = {processes.free_port() for _ in range(20)}
    assert all(processes.is_free(port) for port in ports)
    assert max(ports) < 32_768
    with socket.create_server(("127.0.0.1", ports.pop())) as taken:
        assert not processes.is_free(taken.getsockname()[1])


def test_children_end_with_it(launch):
    service = launch(
        "import subprocess, sys\nchild = subprocess.Popen([sys.executable, '-c', "
        f"'import time; time.sleep(600)'])\nprint('child', child.pid, '.', flush=True)\n{SLEEP}"
    )
    child = int(wait_for(service, ".").split()[1])
    processes.stop(service)
    assert not is_alive(child)
    assert service.left_behind == 0


def test_a_daemon_ends_with_it(launch):
    service = launch(
        "import os\nif os.fork() == 0:\n    os.setsid()\n    if os.fork() == 0:\n"
        "        print('daemon', os.getpid(), '.', flush=True)\n"
        "        import time; time.sleep(600)\n    os._exit(0)\n" + SLEEP
    )
    daemon = int(wait_for(service, ".").split()[1])
    assert daemon in {each.pid for each in process_tree.marked(service.mark)}
    willing, left = process_tree.end(service.process, signal.SIGINT, 10, service.mark)
    assert (willing, left) == (True, 1)
    assert not is_alive(daemon)


def test_one_that_ignores_signals_is_killed(launch):
    service = launch(
        "import signal\nfor each in (signal.SIGINT, signal.SIGTERM):\n"
        "    signal.signal(each, signal.SIG_IGN)\nprint('deaf', flush=True)\n" + SLEEP
    )
    wait_for(service, "deaf")
    assert not processes.stop(service, 0.2)
    assert service.process.returncode == -signal.SIGKILL


def test_a_mark_finds_its_own_and_no_others(launch):
    first = launch(SLEEP)
    other = launch(SLEEP, **{process_tree.MARK: "another"})
    assert {each.pid for each in process_tree.marked(first.mark)} == {first.process.pid}
    whole = first.mark.partition("/")[0]
    assert {each.pid for each in process_tree.marked(whole)} == {first.process.pid}
    assert process_tree.marked(whole[:-1]) == set()
    assert process_tree.marked("") == set()
    process_tree.kill_marked(whole)
    assert other.process.poll() is None
    assert first.process.wait(10) == -signal.SIGKILL


def test_output_is_readable_and_bounded(launch):
    service = launch(
        "import sys\nsys.stdout.write('x' * 500_000 + '\\x1b[31mred\\x1b[0m\\x07\\r\\nend\\n')\n"
    )
    service.process.wait(20)
    said = service.output()
    assert len(said) <= processes.MOST_OUTPUT
    assert said.endswith("xred�\nend\n")


def test_the_last_error_of_an_output():
    text = "Traceback …\nlib.errors.NoRoomError: none\nWARNING bye\n"
    assert processes.last_error(text) == "lib.errors.NoRoomError: none"
    assert processes.last_error("one\ntwo\n\n") == "two"
    assert processes.last_error("") == "it printed nothing"


def test_a_process_that_has_ended_is_no_trouble():
    process = subprocess.Popen([sys.executable, "-c", ""], start_new_session=True)
    process.wait()
    assert process_tree.end(process, signal.SIGINT, 1) == (True, 0)


def test_what_is_started_ends_on_ctrl_c_where_we_ignore_it(tmp_path):
    """As `workshop check 7 &` does in a script."""
    said = [sys.executable, "-c", "import signal; print(signal.getsignal(signal.SIGINT))"]
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        service = processes.launch("app", said, 1, tmp_path, os.environ, tmp_path)
        assert service.process.wait(30) == 0
        assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, before)
    assert "default_int_handler" in service.output()
