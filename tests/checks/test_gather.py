"""One run of an app: what it is given, what is read of it, how it is ended."""

import re
import shutil
import signal
import sys
import threading
import time
from pathlib import Path

import pytest
import wrong_apps
from apps import HEAD, write

from tests.slowness import find_factor
from workshop import course
from workshop.checks import check, gather, interrupts, output, services, spending, target
from workshop.checks.check import describe_run

CHECKPOINT = Path(__file__).parents[2] / "steps" / "01-honeycomb"
HOME = "\n@app.get('/api/activities/home')\ndef home():\n    return []\n"


@pytest.fixture(scope="module")
def course_app(tmp_path_factory):
    leave_out = shutil.ignore_patterns("__pycache__")
    return shutil.copytree(CHECKPOINT, tmp_path_factory.mktemp("course") / "app", ignore=leave_out)


@pytest.fixture(scope="module")
def evidence(course_app):
    """What a run of the course's app at step 1 leaves behind."""
    return gather.gather(target.learner_app(course_app))


def test_every_route_of_the_course_s_app_is_driven(evidence):
    statuses = {(each.method, each.path): each.status for each in evidence.asked}
    assert set(statuses.values()) == {200, 201, 404, 500}
    failed = [key for key, status in statuses.items() if status >= 400]
    assert failed == [("GET", "/api/no-such-page"), ("POST", "/api/activities")]
    rules = {note["rule"] for note in evidence.notes("route", "backend")}
    roots = {span.name for trace in evidence.traces for span in trace.roots}
    unreached = [rule for rule in rules if not any(rule.endswith(name[-4:]) for name in roots)]
    assert [rule for rule in unreached if rule.startswith("/api")] == []


def test_telemetry_of_all_requests_arrives(evidence):
    assert len(evidence.traces) == len(evidence.asked)
    home = next(t for t in evidence.traces if t.roots[0].name == "GET /api/activities/home")
    assert sum(span.service == "profiles" for span in home.spans) == 6
    assert evidence.last_arrived
    assert (evidence.repeated, evidence.refused) == (0, [])


def test_services_end_willingly(evidence):
    for ran in evidence.services.values():
        assert (ran.failure, ran.willing, ran.left_behind, ran.exit_code) == ("", True, 0, 0)


def test_no_line_is_asked_for_while_watchtower_makes_the_stream(tmp_path):
    app = wrong_apps.make("04-cloudwatch/note-stream-left-to-watchtower", tmp_path / "app")
    file = app / "app" / "telemetry" / "cloudwatch.py"
    text = file.read_text("utf-8")
    assert "SEND_SECONDS = 1\n" in text
    file.write_text(text.replace("SEND_SECONDS = 1\n", "SEND_SECONDS = 2\n"))
    evidence = gather.gather(target.learner_app(app), with_trials=False)
    (made,) = [
        note["ms"]
        for note in evidence.notes("logs-call", "backend")
        if note["operation"] == "CreateLogStream"
    ]
    assert made < evidence.last.began_ns / 1e6


@pytest.mark.parametrize(("usual_start", "willing"), [(-10.0, True), (100.0, False)])
def test_who_takes_long_to_start_may_take_long_to_end(
    course_app, monkeypatch, usual_start, willing
):
    monkeypatch.setattr(services, "STOP_DEADLINE", 0.0)
    monkeypatch.setattr(services, "USUAL_START", usual_start)
    evidence = gather.gather(target.learner_app(course_app), with_trials=False)
    assert [ran.willing for ran in evidence.services.values()] == [willing, willing]


def test_progress_is_told(course_app):
    said = []
    gather.gather(target.learner_app(course_app), said.append)
    assert said == [
        "starting your app",
        "sending it requests",
        "waiting for its telemetry",
        "stopping it",
    ]


def test_only_profiles_is_broken(bench, course_app, tmp_path):
    app = shutil.copytree(course_app, tmp_path / "copy")
    profiles = app / "app" / "profiles.py"
    profiles.write_text(profiles.read_text("utf-8").replace("routes = ", "routes = Bluepint("))
    checked = bench.check(app)
    assert [each.id for each in checked.app] == ["app/profiles-does-not-start"]
    assert checked.exit_code == 1
    (verdict,) = checked.verdicts
    assert verdict.findings == []
    assert "from backend" in verdict.arrived
    assert "profiles │ SyntaxError" in checked.as_text()


def test_profiles_dies_meanwhile(bench, course_app, tmp_path):
    app = shutil.copytree(course_app, tmp_path / "copy")
    profiles = app / "app" / "profiles.py"
    text = profiles.read_text("utf-8")
    profiles.write_text(
        text.replace("    handles = [", "    import os; os._exit(3)\n    handles = [").replace(
            "    found = find_profiles([handle])\n", "    import os; os._exit(3)\n"
        )
    )
    checked = bench.check(app)
    assert [each.id for each in checked.app] == ["app/died"]
    assert checked.app[0].got.startswith("profiles was gone")
    assert checked.exit_code == 1


@pytest.mark.parametrize(
    ("text", "id_", "got", "first"),
    [
        (
            "SETTINGS.load()",
            "app/does-not-start",
            "NameError: name 'SETTINGS' is not defined",
            "app.py:3",
        ),
        (
            "def broken(:\n    pass",
            "app/does-not-start",
            "SyntaxError: invalid syntax",
            "app.py:3",
        ),
        (
            "import os\nKEY = os.environ['NO_SUCH_KEY']",
            "app/does-not-start",
            "KeyError: 'NO_SUCH_KEY'",
            "app.py:4",
        ),
        (
            "from lib.feed import home",
            "app/does-not-start",
            "ImportError: cannot import name 'missing' from 'lib.store' (lib/store.py)",
            "lib/feed.py:1",
        ),
        (
            "import psycopg_pool",
            "app/missing-package",
            "No module named 'psycopg_pool'",
            "app.py:3",
        ),
    ],
    ids=["NameError", "SyntaxError", "KeyError", "ImportError in a nested module", "no package"],
)
def test_a_traceback_is_told_short_the_line_of_theirs_first(bench, folder, text, id_, got, first):
    lib = {"lib/feed": "from lib.store import missing\n", "lib/store": ""}
    write(folder, **lib, app=f"{HEAD}{text}\n")
    checked = bench.check(folder)
    (found,) = checked.app
    assert (found.id, found.where) == (id_, first)
    assert found.got == got
    said = [line.partition(" │ ")[2] for line in checked.as_text().splitlines() if " │ " in line]
    assert said[0].startswith(first)
    assert 2 <= len(said) <= 5
    assert not any("site-packages" in line or "Traceback" in line for line in said)


def test_address_already_in_use(bench, folder):
    serve = "app.run(port=int(__import__('sys').argv[1]))"
    write(folder, app=HEAD, serve=f"from app import app\nprint('port', {serve!r})\n{serve}\n")
    write(folder, both="import socket, sys\nheld = socket.create_server(('127.0.0.1', 0))\n")
    both = (folder / "both.py").read_text()
    both += "import subprocess\nport = str(held.getsockname()[1])\n"
    both += "sys.exit(subprocess.run([sys.executable, 'serve.py', port]).returncode)\n"
    (folder / "both.py").write_text(both)
    checked = bench.check(folder, "python both.py")
    (found,) = checked.app
    assert found.id in ("app/does-not-start", "app/no-traffic-succeeds")
    assert "Address already in use" in checked.as_text()


def test_the_output_of_a_chained_error(folder):
    text = (
        "started\n"
        "Traceback (most recent call last):\n"
        f'  File "{folder}/db.py", line 3, in connect\n    open(path)\n'
        "FileNotFoundError: no file\n\n"
        "During handling of the above exception, another exception occurred:\n\n"
        "Traceback (most recent call last):\n"
        f'  File "{folder}/.venv/bin/flask", line 8, in <module>\n    main()\n'
        f'  File "{folder}/app.py", line 9, in <module>\n    connect()\n    ^^^^^^^^^\n'
        f'  File "{folder}/db.py", line 5, in connect\n    raise StoreError(path)\n'
        '  File "/usr/lib/python3/site-packages/x.py", line 1, in y\n    z()\n'
        "db.StoreError: no store\n"
    )
    assert output.last_error(text, folder) == "db.StoreError: no store"
    assert output.line_of_theirs(text, folder) == "db.py:5"
    assert output.shorten(text, folder)[-4:] == [
        "db.py:5, in connect",
        "    raise StoreError(path)",
        "db.StoreError: no store",
        "    called from app.py:9",
    ]


def test_a_port_of_its_own(bench, folder):
    write(folder, app=f"{HEAD}{HOME}\nif __name__ == '__main__':\n    app.run(port=0)\n")
    checked = bench.check(folder, "python app.py")
    assert checked.evidence.asked[1].status == 200


def test_a_silent_app_costs_one_deadline_and_no_more(bench, course_app, tmp_path, monkeypatch):
    monkeypatch.setattr(services, "START_DEADLINE", 2.0 * find_factor())
    app = shutil.copytree(course_app, tmp_path / "copy")
    for name in ("profiles", "backend"):
        file = app / "app" / f"{name}.py"
        file.write_text(f"import time\ntime.sleep(600)\n{file.read_text('utf-8')}")
    checked = bench.check(app, within=30.0)
    assert [each.id for each in checked.app] == ["app/silent"]
    assert checked.app[0].where == "app/backend.py:2"


def test_a_right_app_is_checked_quickly(course_app):
    began = time.process_time()
    checked = check.check(target.learner_app(course_app), 1)
    assert checked.exit_code == 0
    # What the check itself computes; wall time depends on who else uses the machine.
    assert time.process_time() - began < 3.0 * find_factor()
    assert sys.executable == checked.evidence.target.python


def test_a_check_in_a_thread_takes_no_signal():
    before = signal.getsignal(signal.SIGINT)
    seen = []

    def look():
        with interrupts.wish_to_stop() as hurry:
            seen.append((hurry.is_set(), signal.getsignal(signal.SIGINT)))

    thread = threading.Thread(target=look)
    thread.start()
    thread.join()
    assert seen == [(False, before)]
    with interrupts.wish_to_stop():
        assert signal.getsignal(signal.SIGINT) != before
    assert signal.getsignal(signal.SIGINT) == before


def test_production_alone_is_enough_where_nothing_is_amiss(monkeypatch):
    monkeypatch.setattr(check, "gather", None)
    checked = check.check(target.learner_app(course.step(6).folder), 6)
    assert checked.exit_code == 0, checked.as_text()


@pytest.mark.parametrize("name", ["reports-traced", "one-cap-for-all", "no-sample-rate"])
def test_production_alone_passes_nothing_that_is_amiss(tmp_path, name):
    app = wrong_apps.make(f"06-spending/{name}", tmp_path / "app")
    evidence, verdict = spending.judge_alone(target.learner_app(app))
    assert verdict is None
    # Whether one of these spans is sampled is left to chance; that it was begun is not.
    assert any(evidence.notes("report-span")) == (name == "reports-traced")


@pytest.mark.parametrize("number", [None, *check.JUDGES])
def test_whoever_waits_is_told_for_what(number):
    assert re.fullmatch(r"Running your app .*, and sending it requests …", describe_run(number))
