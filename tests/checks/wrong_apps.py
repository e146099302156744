"""The wrong apps of tests/mistakes/: how one is made and checked, and its report normalised."""

import shutil
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from workshop.checks import check, target
from workshop.checks.honeycomb import settings
from workshop.steps import git

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "tests" / "mistakes"
CHECKPOINT = ROOT / "steps" / "01-honeycomb"
STEP = 1
# Apps that are right, though not as the checkpoint is, and apps that only get a note.
PASSES = ("right-", "note-")
NAMES = sorted(file.stem for file in FOLDER.glob("*.patch"))
# Each check waits a good part of its time, so that two cores can do with more than two.
AT_ONCE = 4
# The app's planted slowness, line by line: a hundred checks need not wait for it.
SLOW = (
    ("app/avatars.py", "ITERATIONS = 60_000", "ITERATIONS = 1"),
    ("app/services/search_activities.py", "RECENT = 50", "RECENT = 1"),
)


def copy_checkpoint(folder):
    """Make a copy of the checkpoint, and return its folder."""
    leave_out = shutil.ignore_patterns("__pycache__", "instance", "step.patch")
    return shutil.copytree(CHECKPOINT, folder, ignore=leave_out)


def make(name, folder):
    """Make one of the wrong apps, and return its folder."""
    app = copy_checkpoint(folder)
    done = git.run(["apply", str(FOLDER / f"{name}.patch")], app)
    assert done.returncode == 0, (
        f"{name}.patch no longer applies to {CHECKPOINT.name}: make it anew.\n"
        f"{done.stderr.decode()}"
    )
    hurry(app)
    return app


def hurry(app):
    """Take an app's planted slowness away."""
    for file, slow, quick in SLOW:
        text = (app / file).read_text("utf-8")
        assert text.count(slow) == 1, f"{file} has changed: {slow} is not there"
        (app / file).write_text(text.replace(slow, quick), "utf-8")


def check_app(folder):
    return check.check(target.learner_app(folder), STEP)


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


class InAdvance:
    """Does work for many names at once, in as many threads as is good, and lends each result."""

    def __init__(self, work, names):
        self._pool = ThreadPoolExecutor(AT_ONCE)
        self._work = work
        self._done = {name: self._pool.submit(work, name) for name in names}

    def result(self, name):
        if name not in self._done:
            return self._work(name)
        return self._done[name].result()

    def close(self):
        self._pool.shutdown(cancel_futures=True)


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
