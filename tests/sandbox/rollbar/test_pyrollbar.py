"""Rollbar's own SDK reports to the sandbox, by each way that it has of sending."""

import subprocess
import sys
from pathlib import Path

import pytest
import requests
from otlp_clients import wait_until
from rollbar_clients import REPORTER, items, occurrences, refused

from tests.interop.programs import PYROLLBAR
from workshop.sandbox.server import running_sandbox


def run(program, *words, python=sys.executable, cwd=None):
    done = subprocess.run(
        [python, program, *words],
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return done.stderr


def check_both_reports(sandbox):
    """An exception with frames and locals, and a message, as each way of sending brings them."""
    wait_until(lambda: len(occurrences(sandbox)) == 2, "an exception and a message")
    by_title = {item.title: item for item in items(sandbox)}
    raised = by_title["ZeroDivisionError: division by zero"]
    told = by_title["It is slow"]
    assert (raised.level, raised.environment, raised.fingerprint) == ("error", "test", "pay")
    assert told.level == "warning"
    (occurrence,) = occurrences(sandbox, raised.id)
    assert occurrence.exception_class == "ZeroDivisionError"
    assert occurrence.custom == {"order": "A1"}
    last = occurrence.frames[-1]
    assert (Path(last.file), last.function, last.code) == (
        REPORTER,
        "divide",
        "return total / people",
    )
    assert last.locals == {"total": 10, "people": 0}
    (occurrence,) = occurrences(sandbox, told.id)
    assert (occurrence.exceptions, occurrence.message) == ((), "It is slow")
    assert occurrence.custom == {"page": "home"}
    assert refused(sandbox) == []


@pytest.mark.parametrize(
    "handler", ["default", "thread", "blocking", "thread_pool", "httpx", "async"]
)
def test_each_handler_delivers(sandbox, handler):
    said = run(REPORTER, handler, f"{sandbox.url}/api/1/")
    check_both_reports(sandbox)
    assert not [line for line in said.splitlines() if line.startswith(("WARNING", "ERROR"))], said


@pytest.mark.parametrize("handler", ["gae", "twisted"])
def test_so_do_those_that_need_packages_of_their_own(sandbox, handler):
    python = PYROLLBAR.find()
    said = run(REPORTER, handler, f"{sandbox.url}/api/1/", python=python)
    check_both_reports(sandbox)
    assert "ERROR" not in said


def test_what_is_written_for_rollbars_agent_can_be_posted_as_it_is(sandbox, tmp_path):
    run(REPORTER, "agent", f"{sandbox.url}/api/1/", cwd=tmp_path)
    assert occurrences(sandbox) == []
    for line in (tmp_path / "log.rollbar").read_text("utf-8").splitlines():
        answer = requests.post(f"{sandbox.url}/api/1/item/", data=line.encode(), timeout=10)
        assert answer.json()["err"] == 0
    check_both_reports(sandbox)


def test_the_tornado_handler_sends_nothing_with_todays_tornado(sandbox):
    """It passes a callback, which Tornado took up to version 5; the SDK logs what came of it."""
    said = run(REPORTER, "tornado", f"{sandbox.url}/api/1/")
    assert "unexpected keyword argument 'callback'" in said
    assert (occurrences(sandbox), refused(sandbox)) == ([], [])


def test_a_flask_app_reports_what_it_raises(sandbox):
    run(Path(__file__).with_name("flask_shop.py"), f"{sandbox.url}/api/1/")
    (item,) = items(sandbox)
    assert item.title == "ZeroDivisionError: division by zero"
    assert (item.framework, item.environment, item.unique_occurrences) == ("flask", "staging", 1)
    (occurrence,) = occurrences(sandbox)
    assert (occurrence.person.id, occurrence.person.username) == ("42", "bayko")
    assert occurrence.person.email is None
    assert (occurrence.context, occurrence.code_version) == ("/orders/<number>", "1.2.3")
    assert occurrence.request.method == "GET"
    assert occurrence.request.url == "http://localhost/orders/7?token=t0ps3cret"
    assert occurrence.trace_ids == {"Traceparent": "0af7651916cd43dd8448eb211c80319c"}
    own = [frame for frame in occurrence.frames if frame.file.endswith("flask_shop.py")]
    assert [frame.function for frame in own] == ["show"]
    # The SDK masks what is called a password, and sends the rest.
    assert own[0].locals["price"] == 12
    assert set(own[0].locals["account"]["password"]) == {"*"}
    assert len(occurrence.frames) > 3


@pytest.mark.parametrize(
    ("token", "size", "status", "words"),
    [
        ("real-" + "0f" * 16, "0", 401, "unexpected status code from Rollbar api: 401"),
        ("sandbox-read", "0", 403, "unexpected status code from Rollbar api: 403"),
        ("sandbox", "1100000", 413, "request entity too large"),
    ],
)
def test_the_sdk_says_why_it_was_refused(sandbox, token, size, status, words):
    said = run(REPORTER, "blocking", f"{sandbox.url}/api/1/", token, size)
    assert words in said
    assert {each.status for each in refused(sandbox)} == {status}
    # Of what was too long, the SDK says so in another message.
    titles = [item.title for item in items(sandbox)]
    assert [title[:22] for title in titles] == (["Failsafe from pyrollba"] if size != "0" else [])


def test_the_sdk_hears_of_the_rate_limit(tmp_path, monkeypatch):
    monkeypatch.setenv("WORKSHOP_ROLLBAR_RATE_LIMIT", "1")
    with running_sandbox(tmp_path / "sandbox") as sandbox:
        said = run(REPORTER, "blocking", f"{sandbox.url}/api/1/")
        assert "over rate limit, data was dropped" in said
        assert len(occurrences(sandbox)) == 1
        assert [(each.status, each.kind) for each in refused(sandbox)] == [(429, "rate-limit")]


def test_an_endpoint_without_its_last_slash_is_remembered(sandbox):
    run(REPORTER, "blocking", f"{sandbox.url}/api/1")
    assert {(each.path, each.vendor, each.status) for each in refused(sandbox)} == {
        ("/api/item/", "rollbar", 404)
    }
