"""How long an app may take to end: the machine's slowness is not the app's."""

import subprocess
import sys
import threading
import time

import pytest

from workshop.checks.failure.trial import Trial
from workshop.failure.copies import Copy
from workshop.failure.outcome import Outcome
from workshop.failure.stacks import Place
from workshop.hurry import Hurry
from workshop.processes import Service
from workshop.sandbox.faults.modes import HONEYCOMB

# Ends once a line comes in after SIGTERM, and says when it is ready for that.
RELUCTANT = """
import signal, sys
signal.signal(signal.SIGTERM, lambda *_: (sys.stdin.readline(), sys.exit()))
print("ready", flush=True)
signal.pause()
"""


@pytest.fixture
def copy(tmp_path):
    process = subprocess.Popen(
        [sys.executable, "-c", RELUCTANT],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,
    )
    assert process.stdout.readline() == b"ready\n"
    copy = Copy(None, Service("app", process, 0, tmp_path / "log"), "test-of-ending", 0.0)
    yield copy
    copy.kill()
    process.communicate()


def test_who_is_late_may_be_given_more_time(copy):
    def let_it_end():
        threading.Timer(0.2, copy.service.process.communicate, [b"\n"]).start()
        return 30.0

    began = time.monotonic()
    took = copy.terminate(0.1, Hurry(), before_force=let_it_end)
    assert 0.1 < took <= time.monotonic() - began
    assert copy.service.process.returncode == 0


def test_who_is_given_none_is_ended_by_force(copy):
    assert copy.terminate(0.1, Hurry()) is None
    assert copy.service.process.returncode == -9


@pytest.mark.parametrize(
    ("stopped", "unseen", "in_time"),
    [(3.5, False, True), (9.0, False, False), (9.0, True, True), (None, False, False)],
)
def test_late_is_who_was_seen_waiting(stopped, unseen, in_time):
    ill = Outcome((HONEYCOMB,), "silent", started=1.0, stopped=stopped)
    well = Outcome((), "", started=1.0, stopped=0.6)
    trial = Trial(ill=ill, well=well, ending_at=Place(), ended_unseen=unseen)
    assert trial.ends_in_time is in_time
