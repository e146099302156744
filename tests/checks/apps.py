"""Small apps for the checks to run, and what must be true after each check, whatever the app."""

import os
import textwrap
import time
import uuid

import psutil

from workshop.checks import check, target

MARK = "TEST_OF_CHECKS"
HEAD = """
from flask import Flask
app = Flask(__name__)
"""


def write(folder, **files):
    """Write Python files into a folder; `app="…"` becomes app.py."""
    for name, text in files.items():
        file = folder / f"{name}.py"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(textwrap.dedent(text).lstrip(), "utf-8")
    return folder


def list_files(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


def processes_of(mark):
    """Return the living processes that have inherited a mark from the test."""
    found = []
    for process in psutil.process_iter():
        try:
            theirs = process.environ().get(MARK) == mark
            if theirs and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
        except (psutil.Error, OSError):
            continue
    return found


def wait_until(true, seconds=15.0):
    """Poll until something is true; return what it last was."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and not true():
        time.sleep(0.02)
    return true()


class Bench:
    """Checks apps, and looks at what each check leaves behind.

    Args:
        temp: the folder for all temporary files of the check.
        monkeypatch: pytest's.
    """

    def __init__(self, temp, monkeypatch):
        self.temp = temp
        self.mark = uuid.uuid4().hex
        temp.mkdir()
        monkeypatch.setenv(MARK, self.mark)
        monkeypatch.setattr("tempfile.tempdir", str(temp))

    def check(self, folder, run="", within=60.0, number=1):
        """Check an app; return what was found once nothing of it is left."""
        before = list_files(folder)
        began = time.monotonic()
        checked = check.check(target.any_app(folder, run), number)
        assert time.monotonic() - began < within
        self.assert_clean()
        assert list_files(folder) == before
        return checked

    def assert_clean(self):
        own = os.getpid()
        assert [each for each in processes_of(self.mark) if each.pid != own] == []
        assert list_files(self.temp) == []


def ids(checked):
    """Return the ids of what was found: the app's, then the steps'."""
    found = checked.app + [each for verdict in checked.verdicts for each in verdict.findings]
    return [each.id for each in found]
