"""Whatever an app does, its check ends, names it, and leaves nothing behind."""

import pytest
from apps import HEAD, ids, write

from tests.slowness import find_factor
from workshop.checks import services, traffic

HOME = """
@app.get("/api/activities/home")
def home():
    return []
"""


@pytest.fixture(autouse=True)
def _in_a_hurry(monkeypatch):
    """Wait a shorter time than learners' machines may need, where it is known to be in vain."""
    slow = round(find_factor())
    monkeypatch.setattr(traffic, "REQUEST_DEADLINE", 2.5 * slow)
    monkeypatch.setattr(traffic, "NEXT_DEADLINE", 1.5 * slow)


@pytest.fixture
def start_deadline(monkeypatch):
    monkeypatch.setattr(services, "START_DEADLINE", 3.0 * round(find_factor()))


def only(checked):
    """Return the one finding about the app, once it is sure that no step could be judged."""
    assert checked.exit_code == 2
    assert not checked.verdicts
    assert checked.as_text().endswith("again.")
    (finding,) = checked.app
    return finding


@pytest.mark.usefixtures("start_deadline")
@pytest.mark.parametrize(
    "wait",
    ["time.sleep(600)", "while True: pass", "threading.Event().wait()"],
    ids=["sleeps", "loops", "waits"],
)
def test_hangs_at_import(bench, folder, wait):
    write(folder, app=f"import threading\nimport time\n{HEAD}\n{wait}\n")
    found = only(bench.check(folder))
    assert found.id == "app/silent"
    assert found.got == f"a process that ran for {services.START_DEADLINE:g} s and opened no port"
    assert found.where == "app.py:7"  # the line that it does not leave


@pytest.mark.usefixtures("start_deadline")
def test_never_opens_its_port_and_ignores_every_signal(bench, folder):
    write(
        folder,
        server="""
        import signal
        import time
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        while True:
            time.sleep(1)
        """,
    )
    found = only(bench.check(folder, "python server.py"))
    assert found.id == "app/silent"


def test_hangs_in_a_request(bench, folder):
    write(
        folder,
        app="import threading\n"
        + HEAD
        + """
@app.get("/api/activities/home")
def home():
    threading.Event().wait()
@app.get("/api/health-check")
def health():
    return []
""",
    )
    checked = bench.check(folder)
    assert ids(checked) == ["app/hangs", "honeycomb/absent"]
    assert checked.exit_code == 1
    assert checked.app[0].got == "none to GET /api/activities/home"
    assert checked.app[0].where == "app.py:8"


def test_drips_its_answer(bench, folder):
    write(
        folder,
        app="import time\n"
        + HEAD
        + """
@app.get("/api/activities/home")
def home():
    def drip():
        while True:
            time.sleep(0.1)
            yield "."
    return drip()
""",
    )
    assert ids(bench.check(folder)) == ["app/hangs", "honeycomb/absent"]


def test_never_ends_its_answer(bench, folder):
    write(
        folder,
        app=HEAD
        + """
@app.get("/api/activities/home")
def home():
    def pour():
        while True:
            yield "x" * 1_000_000
    return pour()
""",
    )
    assert ids(bench.check(folder)) == ["honeycomb/absent"]


@pytest.mark.parametrize(
    ("text", "got"),
    [
        ("", "it ended at once, with exit code 0, and printed nothing"),
        ("print('bye')", "it ended at once, with exit code 0; its last line: bye"),
        ("raise SystemExit(3)", "it ended at once, with exit code 3, and printed nothing"),
        ("raise SystemExit('no way')", "no way"),
        ("import os; os.abort()", "it ended at once, with exit code -6, and printed nothing"),
    ],
)
def test_exits_at_once(bench, folder, text, got):
    write(folder, serve=text)
    found = only(bench.check(folder, "python serve.py"))
    assert (found.id, found.got) == ("app/does-not-start", got)


def test_dies_in_a_route(bench, folder):
    write(
        folder,
        app="import os\n"
        + HEAD
        + """
@app.get("/api/health-check")
def health():
    return []
@app.get("/api/activities/home")
def home():
    os._exit(1)
""",
    )
    found = only(bench.check(folder))
    assert found.id == "app/died"
    assert found.got == "it was gone at GET /api/activities/home"
    assert found.where == "app.py:11"


def test_opens_its_port_and_fails_at_once(bench, folder):
    write(
        folder,
        serve="""
        import socket
        import sys
        server = socket.create_server(("127.0.0.1", int(sys.argv[1])))
        server.accept()
        raise OSError("no room")
        """,
    )
    found = only(bench.check(folder, "python serve.py {port}"))
    assert (found.id, found.got) == ("app/does-not-start", "OSError: no room")
    assert found.where == "serve.py:5"


def test_floods_its_output_at_import(bench, folder):
    write(folder, app=f"{HEAD}\nwhile True:\n    print('again and again ' * 5000)\n")
    found = only(bench.check(folder))
    assert found.id == "app/floods"
    assert found.got.startswith("more than 10 MB within seconds, such as: again and again")


def test_floods_its_output_in_a_request(bench, folder):
    write(
        folder,
        app=HEAD
        + """
@app.get("/api/activities/home")
def home():
    while True:
        print("again and again " * 5000)
""",
    )
    assert only(bench.check(folder)).id == "app/floods"


def test_a_child_floods_its_output(bench, folder):
    write(
        folder,
        flood="while True:\n    print('more ' * 9999)\n",
        app="import subprocess\nimport sys\nimport threading\n"
        + "subprocess.Popen([sys.executable, 'flood.py'])\n"
        + HEAD
        + """
@app.get("/api/health-check")
def wait_for_its_end():
    threading.Event().wait(30)
""",
    )
    assert only(bench.check(folder)).id == "app/floods"


def test_opens_its_port_and_closes_connections(bench, folder):
    write(
        folder,
        serve="""
        import socket
        import sys
        server = socket.create_server(("127.0.0.1", int(sys.argv[1])))
        while True:
            server.accept()[0].close()
        """,
    )
    found = only(bench.check(folder, "python serve.py {port}"))
    assert found.id == "app/no-traffic-succeeds"
    assert found.got == "14 requests, each of them: broke off"


DAEMON = """
import os
import sys
import time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        time.sleep(600)
    os._exit(0)
os.wait()
"""


def test_leaves_a_daemon_behind(bench, folder):
    write(folder, app=DAEMON + HEAD + HOME)
    checked = bench.check(folder)
    assert ids(checked) == ["app/leaves-processes", "honeycomb/absent"]
    assert checked.app[0].got == "1 that backend had started"


def test_leaves_a_daemon_behind_and_is_gone(bench, folder):
    write(folder, serve=DAEMON)
    assert only(bench.check(folder, "python serve.py")).id == "app/does-not-start"


def test_ends_when_asked_with_its_children(bench, folder):
    child = "import subprocess\nsubprocess.Popen(['sleep', '600'])\n"
    write(folder, app=child + HEAD + HOME)
    # Ctrl-C reaches the whole group, as it does in a terminal.
    assert ids(bench.check(folder)) == ["honeycomb/absent"]


def test_ignores_ctrl_c_and_sigterm(bench, folder):
    write(
        folder,
        app="import signal\n"
        + HEAD
        + HOME
        + "for each in (signal.SIGINT, signal.SIGTERM):\n    signal.signal(each, signal.SIG_IGN)\n",
    )
    checked = bench.check(folder)
    assert ids(checked) == ["app/does-not-stop", "honeycomb/absent"]
    assert "•" in checked.as_text()


def test_debug_mode_with_its_reloader(bench, folder):
    run = "\nif __name__ == '__main__':\n    app.run(debug=True)\n"
    write(folder, app=HEAD + HOME + run)
    assert ids(bench.check(folder)) == ["honeycomb/absent"]
    checked = bench.check(folder, "python app.py")
    assert ids(checked) == ["honeycomb/absent"]
    assert {asked.status for asked in checked.evidence.asked} == {200, 404}


@pytest.mark.parametrize(
    ("status", "got"),
    [
        (404, "14 requests, each of them: 404"),
        (500, "14 requests, each of them: 500"),
        (503, "14 requests, each of them: 503"),
    ],
)
def test_no_route_answers(bench, folder, status, got):
    stop = f"\n@app.before_request\ndef stop():\n    abort({status})\n"
    write(folder, app=f"from flask import abort\n{HEAD}{HOME}{stop}")
    found = only(bench.check(folder))
    assert (found.id, found.got) == ("app/no-traffic-succeeds", got)


def test_every_route_raises(bench, folder):
    write(folder, app=HEAD + "\n@app.before_request\ndef look_up():\n    return LOGGER.info('x')\n")
    checked = bench.check(folder)
    found = only(checked)
    assert (found.id, found.where) == ("app/no-traffic-succeeds", "app.py:6")


def test_every_route_raises_and_another_error_is_the_last(bench, folder):
    raises = "\n@app.before_request\ndef look_up():\n    raise LookupError('at each request')\n"
    at_its_end = "\n@atexit.register\ndef close():\n    raise OSError('at its end')\n"
    write(folder, app="import atexit\n" + HEAD + raises + at_its_end)
    found = only(bench.check(folder))
    assert found.got == "14 requests, each of them: 500; LookupError: at each request"
    assert found.where == "app.py:8"


def test_every_route_raises_and_so_does_the_error_page(bench, folder):
    raises = "\n@app.before_request\ndef look_up():\n    raise LookupError('the cause')\n"
    page = "\n@app.errorhandler(500)\ndef excuse(error):\n    raise OSError('what follows')\n"
    write(folder, app=HEAD + raises + page)
    found = only(bench.check(folder))
    assert found.got == "14 requests, each of them: 500; LookupError: the cause"


def test_asks_for_input(bench, folder):
    write(folder, app=f"name = input('Your name? ')\n{HEAD}")
    found = only(bench.check(folder))
    assert found.id == "app/does-not-start"
    assert found.got == "it asks for input, and there is nobody to answer"
    assert found.where == "app.py:1"


def test_prints_what_is_no_text(bench, folder):
    noise = (
        "import sys\nsys.stdout.buffer.write(bytes(range(256)) * 50 + b'\\n\\x1b[2J\\x1b[31mred')\n"
    )
    write(folder, app=f"{noise}{HEAD}raise ValueError('no')\n")
    checked = bench.check(folder)
    assert only(checked).got == "ValueError: no"
    said = checked.as_text()
    assert "red" in said
    assert all(sign.isprintable() or sign == "\n" for sign in said)


def test_writes_to_its_temporary_folder(bench, folder):
    text = "import tempfile\ntempfile.mkstemp()\ntempfile.mkdtemp()\n"
    write(folder, app=text + HEAD + HOME)
    assert ids(bench.check(folder)) == ["honeycomb/absent"]


def test_two_ills_at_once(bench, folder):
    write(folder, app=DAEMON + HEAD + "while True:\n    print('more ' * 9999)\n")
    assert only(bench.check(folder)).id == "app/floods"
