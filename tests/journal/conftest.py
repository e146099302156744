"""A folder with the course's list of steps and a journal, which is all that the journal needs."""

import shutil

import pytest

from workshop import place

JOURNAL = """# Lab journal

## 01 · First traces in Honeycomb

My own words: naïve, 日本語, 🙂.
Right before.<!-- evidence 01-honeycomb: begin --><!-- evidence 01-honeycomb: end -->Right after.

## 02 · Service map in X-Ray

Nothing yet.
"""


@pytest.fixture
def course_folder(tmp_path, monkeypatch):
    """The folder, as the checkout that commands work on."""
    root = tmp_path / "a course"
    (root / "workshop").mkdir(parents=True)
    shutil.copy(place.root() / place.MARK, root / place.MARK)
    (root / "journal").mkdir()
    (root / "journal" / "week-2.md").write_text(JOURNAL, "utf-8")
    monkeypatch.setenv("WORKSHOP_ROOT", str(root))
    for name in ("AWS_ACCESS_KEY_ID", "ROLLBAR_ACCESS_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    return root


@pytest.fixture
def journal(course_folder):
    """The journal's file."""
    return course_folder / "journal" / "week-2.md"


@pytest.fixture
def data(course_folder):
    """The folder of the learner's sandbox."""
    return place.state() / "sandbox"
