"""`workshop survive` as one types it: what it refuses, and what it leaves behind."""

import contextlib
import os
import re
import signal
import subprocess
import sys
import time

import psutil
import pytest

from workshop import course, process_tree
from workshop.failure import copies

SECONDS = 60


@pytest.fixture
def app(tmp_path):
    """A folder with the last app that is hardened."""
    return course.step(9).folder


def survive(*words, **more):
    """Run it to its end."""
    return subprocess.run(
        [sys.executable, "-m", "workshop", "survive", *map(str, words)],
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
        **more,
    )


def test_its_help_says_what_it_does_and_how_long_that_takes():
    told = survive("--help").stdout
    assert "Make each back end ill in turn" in told
    assert "about five minutes" in told
    assert "workshop survive all silent" in told


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["nobody"], "'nobody' is not one of"),
        (["honeycomb", "tired"], "'tired' is not one of"),
        (["--requests", "3"], "--requests"),
        (["--repeat", "0"], "--repeat"),
        (["--run", "flask run"], "--run goes with --app"),
        (["--app", "nowhere"], "nowhere is not there"),
        (["--picture", "nowhere/x.png"], "there is no folder nowhere"),
    ],
    ids=str,
)
def test_what_it_cannot_do_it_says_at_once(words, said):
    done = survive(*words)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_an_app_that_does_not_start_is_told_with_its_own_words(tmp_path):
    (tmp_path / "broken.py").write_text("from flask import Flask\napp = Flask('x')\nnot_there()\n")
    done = survive("--app", tmp_path, "honeycomb", "refused")
    assert done.returncode == 2
    assert "does not start, even while all is well" in done.stderr
    assert "NameError" in done.stderr


@pytest.fixture
def begun(app, tmp_path):
    """One that is in the middle of a cell, and all that it has started."""
    words = [sys.executable, "-m", "workshop", "survive", "--app", str(app), "--requests", "20000"]
    process = subprocess.Popen(
        [*words, "rollbar", "refused"],
        env={**os.environ, "TMPDIR": str(tmp_path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
        text=True,
    )
    try:
        yield process, wait_for_load(process)
    finally:
        for each in process_tree.members(process):
            with contextlib.suppress(psutil.Error):
                each.kill()
        process.communicate()


def wait_for_load(process):
    """Return all that it has started, once requests are being sent to two copies of the app."""
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        started = psutil.Process(process.pid).children(recursive=True)
        with contextlib.suppress(psutil.Error):
            if any("workshop.failure.load" in " ".join(each.cmdline()) for each in started):
                return started
        time.sleep(0.02)
    raise AssertionError(process.communicate()[1] if process.poll() is not None else "no load")


def wait_until_gone(started):
    """Return those that are still there when the time is over."""
    _, alive = psutil.wait_procs(started, timeout=20)
    return [each for each in alive if each.status() != psutil.STATUS_ZOMBIE]


def test_ctrl_c_ends_it_and_leaves_nothing(begun, tmp_path):
    process, started = begun
    began = time.monotonic()
    os.killpg(process.pid, signal.SIGINT)
    said, errors = process.communicate(timeout=SECONDS)
    assert time.monotonic() - began < copies.LOAD_DEADLINE
    assert process.returncode == 1
    assert re.search("^Stopped before", said, re.MULTILINE)
    assert "Traceback" not in errors
    assert wait_until_gone(started) == []
    assert list(tmp_path.iterdir()) == []


def test_what_was_killed_is_cleaned_up_all_the_same(begun, tmp_path):
    process, started = begun
    process.kill()
    process.communicate()
    assert wait_until_gone(started) == []
    assert list(tmp_path.iterdir()) == []
