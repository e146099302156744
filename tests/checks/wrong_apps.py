"""The wrong apps of tests/mistakes/: how one is made and checked, and its report normalised.

Each stands in the folder of the step whose checkpoint it spoils: `01-honeycomb/no-processor`.
"""

import shutil
import threading
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager
from pathlib import Path

import preloaded
import pytest

from workshop import course, processes
from workshop.checks import check, target
from workshop.checks.honeycomb import settings
from workshop.steps import git

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "tests" / "mistakes"
# Apps that are right, though not as the checkpoint is, and apps that only get a note.
PASSES = ("right-", "note-")
NAMES = sorted(f"{file.parent.name}/{file.stem}" for file in FOLDER.glob("*/*.patch"))
RECORD = "pytest tests/checks --record -k transcript"
# Each check waits a good part of its time, so that two cores can do with more than two.
AT_ONCE = 3
# The app's planted slowness, line by line: a hundred checks need not wait for it.
SLOW = (
    ("app/avatars.py", "ITERATIONS = 60_000", "ITERATIONS = 1"),
    ("app/services/search_activities.py", "RECENT = 50", "RECENT = 1"),
)
# What is wrong with these is only seen beside the slow work that they leave out: the check compares
# two times. A thread that has to wait for its turn in the wrong moment makes the short one longer,
# so on a machine as busy as it is here, one of a few checks has to see it.
MEASURED = ("03-subsegments/empty",)
MOST_TRIES = 3


def names(number):
    """Return the wrong apps of one step."""
    return [name for name in NAMES if name.startswith(f"{number:02d}-")]


def passes(name):
    """Tell whether an app has to pass the check."""
    return name.partition("/")[2].startswith(PASSES)


def step_of(name):
    """Return the step that an app is wrong about."""
    return course.step(int(name[:2]))


def copy_checkpoint(step, folder):
    """Make a copy of a step's checkpoint, and return its folder."""
    leave_out = shutil.ignore_patterns("__pycache__", "instance", "step.patch")
    return shutil.copytree(step.folder, folder, ignore=leave_out)


def make(name, folder):
    """Make one of the wrong apps, and return its folder."""
    step = step_of(name)
    app = copy_checkpoint(step, folder)
    done = git.run(["apply", str(FOLDER / f"{name}.patch")], app)
    assert done.returncode == 0, (
        f"{name}.patch no longer applies to {step.slug}: make it anew.\n{done.stderr.decode()}"
    )
    if not name.startswith(MEASURED):
        hurry(app)
    return app


def hurry(app):
    """Take an app's planted slowness away."""
    for file, slow, quick in SLOW:
        text = (app / file).read_text("utf-8")
        assert text.count(slow) == 1, f"{file} has changed: {slow} is not there"
        (app / file).write_text(text.replace(slow, quick), "utf-8")


def check_app(folder, number):
    """Check one app for one step."""
    return check.check(target.learner_app(folder), number)


def normalise(text):
    """Return a report as it reads where the workshop's environment is active."""
    return text.replace(".venv/bin/workshop", "workshop").rstrip("\n") + "\n"


def try_each_once():
    """Return `settings.try_each` with a memory: most apps here have the same docker-compose.yml."""
    lock, known, really = threading.Lock(), {}, settings.try_each

    def try_each(target, mark, scratch):
        text = target.compose.read_text("utf-8")
        with lock:
            if text not in known:
                known[text] = really(target, mark, scratch)
        return known[text]

    return try_each


@contextmanager
def quick_checks():
    """Have checks start their apps from a preloaded process, and remember what Compose says."""
    with pytest.MonkeyPatch.context() as patch, preloaded.Preloader() as preloader:
        patch.setattr(settings, "try_each", try_each_once())
        patch.setattr(processes, "launch", preloader.launch)
        yield


class InAdvance:
    """Does work for many names at once, in as many threads as is good, and lends each result.

    All is done before the first is lent: pytest changes the environment with each test, and what a
    thread reads of it meanwhile may be gone before it has it.
    """

    def __init__(self, work, names):
        self._pool = ThreadPoolExecutor(AT_ONCE)
        self._work = work
        self._done = {name: self._pool.submit(work, name) for name in names}
        try:
            wait(self._done.values())
        except BaseException:
            self.close()
            raise

    def result(self, name):
        if name not in self._done:
            return self._work(name)
        return self._done[name].result()

    def close(self):
        self._pool.shutdown(cancel_futures=True)


def check_each_in_advance(request, tmp_path_factory):
    """Yield what the check says of each wrong app that a module names, by name."""
    folder = tmp_path_factory.mktemp("mistakes")

    def check_one(name):
        app = make(name, folder / name.replace("/", " "))
        for _ in range(MOST_TRIES if name.startswith(MEASURED) else 1):
            done = check_app(app, step_of(name).number)
            if done.exit_code:
                break
        return done.exit_code, normalise(done.as_text())

    with quick_checks():
        results = InAdvance(check_one, parameters_that_run_here(request, "test_transcript"))
        yield results
        results.close()


def assert_transcript(name, checked, request):
    """Compare what the check says with what is kept, or keep it, where that is asked for."""
    exit_code, transcript = checked.result(name)
    kept = FOLDER / f"{name}.txt"
    if request.config.getoption("--record", default=False):
        kept.write_text(transcript, "utf-8")
    assert kept.is_file(), f"{kept.name} is not there: {RECORD}"
    assert transcript == kept.read_text("utf-8"), f"after a change on purpose: {RECORD}"
    assert (exit_code == 0) == passes(name)


def parameters_that_run_here(request, test):
    """Return the first parameter of each case of a test that this process will surely run.

    Under xdist that is known only where files are kept whole (`--dist loadfile`).
    """
    config = request.config
    if hasattr(config, "workerinput") and "loadfile" not in " ".join(
        config.workerinput["mainargv"]
    ):
        return []
    items = [item for item in request.session.items if item.path == request.path]
    items = [item for item in items if item.originalname == test]
    return [next(iter(item.callspec.params.values())) for item in items]
