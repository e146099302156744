"""Step 05's check: what it reads in files, others' apps, and that nothing goes to Rollbar."""

import ast
import json
import os
import subprocess
import sys
import textwrap

import pytest
from apps import HEAD, ids, write

from workshop.checks import environment, notes
from workshop.checks.rollbar import contents, source

SANDBOX = "http://127.0.0.1:4318/api/1/"


@pytest.mark.parametrize(
    ("text", "given"),
    [
        ("import rollbar\nrollbar.init('a', 'b')", {"access_token": "'a'", "environment": "'b'"}),
        ("from rollbar import init\ninit(access_token=x)", {"access_token": "x"}),
        ("import rollbar as r\nT = 'a'\nr.init(T)", {"access_token": "'a'"}),
        (
            "import rollbar.contrib.flask\nrollbar.contrib.flask.init(app, t, environment=e)",
            {"app": "app", "access_token": "t", "environment": "e"},
        ),
        ("from rollbar.contrib import flask\nflask.init(app)", {"app": "app"}),
        ("from rollbar.contrib.flask import init as go\ngo(app)", {"app": "app"}),
        ("from app.telemetry import rollbar\nrollbar.init(app, 'a')", None),
        ("import db\ndb.init('a')", None),
        ("# import rollbar\n# rollbar.init('a')", None),
    ],
)
def test_which_call_sets_rollbar_up(folder, text, given):
    write(folder, app=text)
    found = source.find_inits(folder)
    assert len(found) == (given is not None)
    for call in found:
        assert {name: ast.unparse(value) for name, value in call.arguments.items()} == given


def test_what_has_to_hold_before_it_is_reached(folder):
    text = """
    import rollbar
    def start(app, token):
        if not token:
            return
        if token:
            print("before, and it does not leave")
        if app.debug:
            rollbar.init(token)
        if app.testing:
            return
    """
    write(
        folder, errors=text, app="import errors\nif live:\n    errors.start(1, 2)\nother.start(3)\n"
    )
    (call,) = source.find_inits(folder)
    assert [each.text for each in call.conditions] == ["if not token: return", "if app.debug"]
    assert [each.where for each in call.conditions] == ["errors.py:3", "errors.py:7"]
    (caller,) = source.find_callers(folder, call)
    assert (caller.where, [each.text for each in caller.conditions]) == ("app.py:3", ["if live"])


@pytest.mark.parametrize(
    ("fingerprint", "unique"),
    [
        ("profiles-do-not-answer", False),
        ("ttl-1-day", False),
        ("5f4dcc3b5aa765d61d8327deb882cf99", False),
        ("da39a3ee5e6b4b0d3255bfef95601890afd80709", False),
        ("home-6fa459ea-ee8a-4ca3-894e-db77e160355e", True),
        ("6fa459eaee8a4ca3894edb77e160355e", True),
        ("at 1769423456", True),
        ("2026-01-06T12:00:00", True),
    ],
)
def test_which_fingerprints_never_come_again(fingerprint, unique):
    assert bool(contents.UNIQUE.search(fingerprint)) == unique


@pytest.fixture(params=[True, False], ids=["with wrapt", "without wrapt"])
def endpoint_of(request, folder, tmp_path):
    """Run a program below the probe; return where Rollbar's library would send, and the notes."""

    def run(text):
        stub = {} if request.param else {"wrapt": "raise ImportError('not here')"}
        end = "\nimport rollbar\nprint(rollbar.SETTINGS['endpoint'])\n"
        write(folder, program=textwrap.dedent(text) + end, **stub)
        variables = {
            "PYTHONPATH": os.pathsep.join([str(environment.PROBE), str(folder)]),
            "WORKSHOP_PROBE": str(tmp_path / "notes"),
            "WORKSHOP_PROBE_FOLDER": str(folder),
            "WORKSHOP_ROLLBAR_ENDPOINT": SANDBOX,
        }
        done = subprocess.run(
            [sys.executable, "program.py"],
            cwd=folder,
            env={**os.environ, **variables},
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip(), notes.read(tmp_path / "notes")

    return run


@pytest.mark.parametrize(
    ("call", "endpoint"),
    [
        ("pass", SANDBOX),
        ("rollbar.init('a-token')", SANDBOX),
        ("rollbar.init('a-token', endpoint='https://api.rollbar.com/api/1/')", SANDBOX),
        ("rollbar.init('a-token', endpoint='https://api.rollbar.com/api/1')", SANDBOX[:-1]),
        ("rollbar.init('a-token', endpoint='http://127.0.0.1:9/x/')", "http://127.0.0.1:9/x/"),
        (
            "rollbar.init('a'); rollbar.init('b', endpoint='https://api.rollbar.com/api/1/')",
            SANDBOX,
        ),
    ],
)
def test_nothing_goes_to_rollbar_itself(endpoint_of, call, endpoint):
    said, noted = endpoint_of(f"import rollbar\n{call}\n")
    assert said == endpoint
    assert "a-token" not in json.dumps(noted)
    assert len([each for each in noted if each["what"] == "rollbar-init"]) == call.count("init(")


def test_a_file_of_theirs_with_that_name_is_left_alone(folder, endpoint_of):
    write(folder, rollbar="SETTINGS = {'endpoint': 'theirs'}\n")
    said, noted = endpoint_of("import rollbar")
    assert said == "theirs"
    assert "probe-failed" not in [each["what"] for each in noted]


# As the bootcamp has it, with today's Flask.
BOOTCAMP = """
import os
import rollbar
import rollbar.contrib.flask
from flask import Flask, got_request_exception
app = Flask(__name__)
with app.app_context():
    rollbar.init(
        os.getenv("ROLLBAR_ACCESS_TOKEN"),
        "production",
        root=os.path.dirname(os.path.realpath(__file__)),
        allow_logging_basic_config=False,
    )
    got_request_exception.connect(rollbar.contrib.flask.report_exception, app)

@app.route("/api/activities/home")
def home():
    return []
"""
TEST_ROUTE = """
@app.route("/rollbar/test")
def rollbar_test():
    rollbar.report_message("Hello World!", "warning")
    return "Hello World!"
"""
FAILS = """
@app.route("/api/activities", methods=["POST"])
def post():
    return {}["ttl"]
"""


def judge(bench, folder, text):
    """Return the verdict on an app of one file."""
    write(folder, app=text)
    (verdict,) = bench.check(folder, number=5).verdicts
    return verdict


def test_a_bootcamp_app(bench, folder):
    verdict = judge(bench, folder, BOOTCAMP + TEST_ROUTE + FAILS)
    assert [each.id for each in verdict.findings] == [
        "rollbar/payload-logged",
        "rollbar/test-route",
    ]
    assert [each.id for each in verdict.notes] == [
        "rollbar/environment-in-code",
        "rollbar/no-code-version",
    ]
    assert "each request that failed is at Rollbar" in verdict.good
    assert verdict.arrived == "2 occurrences of 1 item"


def test_where_nothing_fails_the_set_up_is_judged(bench, folder):
    text = BOOTCAMP.replace("allow_logging", "log_payload_on_error=False, allow_logging")
    verdict = judge(bench, folder, text)
    assert (verdict.state, verdict.arrived) == ("works", "nothing")
    assert [each.id for each in verdict.notes] == ["rollbar/nothing-failed"]


@pytest.mark.parametrize(
    ("cut", "put", "found"),
    [
        ("    got_request_exception.connect", "    print", "rollbar/not-connected"),
        (", app)\n\n", ", Flask('other'))\n\n", "rollbar/other-app"),
        ('os.getenv("ROLLBAR_ACCESS_TOKEN")', "None", "rollbar/no-token"),
    ],
)
def test_a_set_up_that_cannot_work_is_found_where_nothing_fails(bench, folder, cut, put, found):
    assert cut in BOOTCAMP
    text = BOOTCAMP.replace("allow_logging", "log_payload_on_error=False, allow_logging")
    assert [each.id for each in judge(bench, folder, text.replace(cut, put)).findings] == [found]


def test_no_rollbar(bench, folder):
    write(folder, app=f"{HEAD}@app.get('/api/activities/home')\ndef home():\n    return []\n")
    assert ids(bench.check(folder, number=5)) == ["rollbar/absent"]
