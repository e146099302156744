"""`workshop journal` in a terminal, and `lab.journal` in a notebook."""

import subprocess
import sys

import pytest
from runs import remember, send_request

from workshop.sandbox import running


@pytest.fixture
def python(course_folder):
    """Run Python in the folder, as a terminal or a kernel there would."""

    def run(*words):
        done = subprocess.run(
            [sys.executable, *words], cwd=course_folder, capture_output=True, text=True, timeout=60
        )
        return done.returncode, done.stdout, done.stderr

    yield run
    running.stop_if_any(course_folder / ".workshop" / "sandbox")


def test_a_step_that_was_not_checked_names_the_command(python):
    code, out, said = python("-m", "workshop", "journal", "1")
    assert (code, out) == (2, "")
    assert "Step 1 has not been checked yet.\n" in said
    assert "workshop check 1`, then `" in said


def test_writing_and_verifying(python, journal, data):
    remember()
    send_request(data)
    done = "journal/week-2.md has the evidence of step 01 now\n"
    assert python("-m", "workshop", "journal") == (0, done, "")
    assert python("-m", "workshop", "journal", "--verify", "1")[0] == 0
    journal.write_text(journal.read_text("utf-8").replace("14 requests", "99 requests"), "utf-8")
    code, said, _ = python("-m", "workshop", "journal", "--verify")
    assert code == 1
    assert "edited by hand" in said


def test_broken_markers_are_refused_and_left(python, journal):
    remember()
    journal.write_text("<!-- evidence 01-honeycomb: begin -->\nmine\n", "utf-8")
    code, _, said = python("-m", "workshop", "journal", "1")
    assert code == 2
    assert "journal/week-2.md, line 1: " in said
    assert journal.read_text("utf-8") == "<!-- evidence 01-honeycomb: begin -->\nmine\n"


def test_a_notebooks_cell_says_the_same_each_time(python, data):
    remember()
    send_request(data)
    cell = "from workshop import lab; lab.journal(1); lab.journal(1)"
    said = "journal/week-2.md has the evidence of step 01 now\n"
    assert python("-c", cell) == (0, said * 2, "")
