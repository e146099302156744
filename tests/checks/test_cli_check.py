"""`workshop check` in a terminal: exit codes, JSON, errors, and an end whenever it is asked for."""

import json
import os
import shutil
import signal
import subprocess
import sys
import uuid
from pathlib import Path

import jsonschema
import pytest
from apps import HEAD, MARK, list_files, processes_of, wait_until, write

CHECKPOINT = Path(__file__).parents[2] / "steps" / "01-honeycomb"
TEXT = {"type": "string"}
FINDING = {
    "type": "object",
    "properties": {
        "id": {"type": "string", "pattern": "^[a-z-]+/[a-z0-9-]+$"},
        "expected": {"type": "string", "minLength": 1},
        "got": {"type": "string", "minLength": 1},
        "where": TEXT,
        "hint": {"type": "string", "minLength": 1},
    },
    "required": ["id", "expected", "got", "where", "hint"],
    "additionalProperties": False,
}
SCHEMA = {
    "type": "array",
    "minItems": 1,
    "items": {
        "type": "object",
        "properties": {
            "step": {"type": ["integer", "null"]},
            "verdict": {"enum": ["works", "broken", "absent"]},
            "findings": {"type": "array", "items": FINDING},
            "notes": {"type": "array", "items": FINDING},
            "arrived": TEXT,
        },
        "required": ["step", "verdict", "findings", "notes", "arrived"],
        "additionalProperties": False,
    },
}
HOME = "\n@app.get('/api/activities/home')\ndef home():\n    return []\n"
HANGS = "import threading\nprint('at work', flush=True)\nthreading.Event().wait()\n"
IN_A_REQUEST = """
@app.get("/api/health-check")
def check():
    import threading
    print("at work", flush=True)
    threading.Event().wait()
"""


class Terminal:
    """Runs `workshop check` as a terminal would, with a mark and a temporary folder of its own."""

    def __init__(self, temp):
        self.temp = temp
        self.mark = uuid.uuid4().hex
        temp.mkdir()

    def start(self, *words, **options):
        return subprocess.Popen(
            [sys.executable, "-m", "workshop", "check", *map(str, words)],
            env={**os.environ, MARK: self.mark, "TMPDIR": str(self.temp)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            stdin=subprocess.DEVNULL,
            text=True,
            **options,
        )

    def run(self, *words, **options):
        process = self.start(*words, **options)
        out, err = process.communicate(timeout=60)
        self.assert_clean()
        return process.returncode, out, err

    def app_is_at_work(self):
        logs = self.temp.glob("workshop-check-*/backend.log")
        return any("at work" in log.read_text("utf-8") for log in logs)

    def assert_clean(self):
        assert processes_of(self.mark) == []
        assert list_files(self.temp) == []


@pytest.fixture
def terminal(tmp_path):
    return Terminal(tmp_path / "temp")


@pytest.fixture
def right(tmp_path):
    leave_out = shutil.ignore_patterns("__pycache__")
    return shutil.copytree(CHECKPOINT, tmp_path / "right app", ignore=leave_out)


def test_a_right_app(terminal, right):
    before = list_files(right)
    code, out, err = terminal.run(1, "--app", right)
    assert (code, err) == (0, "")
    assert "You can go on." in out
    assert list_files(right) == before


def test_json_of_a_right_app(terminal, right):
    code, out, err = terminal.run("--app", right, "--json")
    entries = json.loads(out)
    jsonschema.validate(entries, SCHEMA)
    assert (code, err) == (0, "")
    assert {"step": 1, "verdict": "works"}.items() <= entries[0].items()
    # The steps that come later are not there yet, and that is nothing to say.
    assert [entry["step"] for entry in entries] == [1]


@pytest.mark.parametrize(
    ("text", "code", "verdicts"),
    [
        (f"{HEAD}{HOME}", 1, [(1, "absent", ["honeycomb/absent"])]),
        (f"{HEAD}1 +", 2, [(None, "broken", ["app/does-not-start"])]),
        (
            f"{HEAD}{HOME}\n@app.before_first_request\ndef init():\n    pass\n",
            1,
            [
                (None, "broken", ["app/before-first-request"]),
                (1, "absent", ["honeycomb/absent"]),
            ],
        ),
        (
            f"import signal\n{HEAD}{HOME}\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\n",
            1,
            [(None, "works", []), (1, "absent", ["honeycomb/absent"])],
        ),
    ],
    ids=["absent", "does not start", "old decorator", "note"],
)
def test_json_of_a_wrong_app(terminal, folder, text, code, verdicts):
    write(folder, app=text)
    said = terminal.run(1, "--app", folder, "--json")
    entries = json.loads(said[1])
    jsonschema.validate(entries, SCHEMA)
    assert said[0] == code
    found = [(e["step"], e["verdict"], [each["id"] for each in e["findings"]]) for e in entries]
    assert found == verdicts


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--run", "flask run"], "--run goes with --app."),
        (["--app", "nowhere"], "nowhere is not there."),
        (["--app", "app.py"], "app.py is a file."),
        (["--app", "empty"], "No Flask app was found in"),
        (["--app", ".", "--run", "no-such-program"], "--run names 'no-such-program'"),
        (["--app", ".", "--run", "./app.py"], "--run names './app.py'"),
        (["--app", ".", "--run", "say 'unclosed"], "cannot be read: No closing quotation."),
        (["--app", ".", "--run", " "], "--run names ''"),
        (["-1"], "No such option"),
        (["one"], "is not a valid integer"),
    ],
)
def test_what_cannot_be_done_is_said(terminal, folder, words, says):
    write(folder, app=HEAD)
    (folder / "empty").mkdir()
    code, out, err = terminal.run(*words, cwd=folder)
    assert (code, out) == (2, "")
    assert says in err
    assert "Traceback" not in err


@pytest.mark.parametrize(
    ("number", "says"),
    [(99, "There is no step 99"), (0, "Step 0 (Meet the app) has nothing to check.")],
)
def test_a_step_without_a_check_is_said(terminal, folder, number, says):
    write(folder, app=HEAD)
    code, out, err = terminal.run(number, "--app", folder)
    assert (code, out) == (2, "")
    assert err.startswith(says)


@pytest.mark.parametrize("ask", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize("text", [HANGS, IN_A_REQUEST], ids=["at import", "in a request"])
def test_it_ends_when_asked(terminal, folder, ask, text):
    write(folder, app=f"import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\n{HEAD}{text}")
    process = terminal.start(1, "--app", folder)
    assert wait_until(terminal.app_is_at_work)
    process.send_signal(ask)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (2, "")
    said = "The check was stopped before it could judge; what it had started is ended.\n"
    assert err.startswith(said)
    assert "Traceback" not in err
    terminal.assert_clean()


def test_started_in_a_shell_s_background_it_ends_the_app_all_the_same(terminal, folder):
    write(folder, app=HEAD + HOME)
    ignore = {"preexec_fn": lambda: signal.signal(signal.SIGINT, signal.SIG_IGN)}
    process = terminal.start(1, "--app", folder, **ignore)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (1, "")
    assert "step 01" in out
    assert "the app itself" not in out
    terminal.assert_clean()


def test_ctrl_c_again_and_again(terminal, folder):
    write(folder, app=HEAD + HANGS)
    process = terminal.start(1, "--app", folder)
    assert wait_until(terminal.app_is_at_work)
    for _ in range(5):
        process.send_signal(signal.SIGINT)
        process.send_signal(signal.SIGTERM)
    out, err = process.communicate(timeout=60)
    assert "Traceback" not in out + err
    terminal.assert_clean()


def test_the_course_s_app_with_its_trials_ends_when_asked(terminal, right):
    backend = right / "app" / "backend.py"
    backend.write_text(f"{HANGS}{backend.read_text('utf-8')}", "utf-8")
    process = terminal.start(1, "--app", right)
    assert wait_until(terminal.app_is_at_work)
    process.send_signal(signal.SIGINT)
    assert process.communicate(timeout=60)[0] == ""
    assert process.returncode == 2
    terminal.assert_clean()


def test_nothing_is_left_when_it_is_killed(terminal, folder):
    daemon = "import os\nif os.fork() == 0:\n    os.setsid()\n    import time; time.sleep(600)\n"
    write(folder, app=f"{daemon}{HEAD}{HANGS}")
    process = terminal.start(1, "--app", folder)
    assert wait_until(terminal.app_is_at_work)
    process.kill()
    process.communicate(timeout=60)
    assert wait_until(lambda: not processes_of(terminal.mark))
    assert wait_until(lambda: not list_files(terminal.temp))


def test_nothing_of_the_course_s_app_is_left_when_it_is_killed(terminal, right):
    backend = right / "app" / "backend.py"
    backend.write_text(f"{HANGS}{backend.read_text('utf-8')}", "utf-8")
    process = terminal.start(1, "--app", right)
    assert wait_until(terminal.app_is_at_work)
    process.kill()
    process.communicate(timeout=60)
    assert wait_until(lambda: not processes_of(terminal.mark))
    assert wait_until(lambda: not list_files(terminal.temp))


def test_twice_at_once(terminal, right):
    before = list_files(right)
    both = [terminal.start(1, "--app", right) for _ in range(2)]
    said = [process.communicate(timeout=60) for process in both]
    assert [process.returncode for process in both] == [0, 0], said
    assert said[0] == said[1]
    terminal.assert_clean()
    assert list_files(right) == before


def test_own_app_is_remembered_by_each_of_two_at_once(workshop, checkout):
    words = [sys.executable, "-m", "workshop", "check", "1"]
    both = [
        subprocess.Popen(words, cwd=checkout, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        for _ in range(2)
    ]
    said = [process.communicate(timeout=60) for process in both]
    assert [process.returncode for process in both] == [1, 1], said
    known = json.loads((checkout / ".workshop" / "checks.json").read_text("utf-8"))
    assert known["steps"] == {"1": "absent"}
    assert known["findings"] == ["honeycomb/absent"]
    assert "hint 2 of" in workshop("hint").stdout
