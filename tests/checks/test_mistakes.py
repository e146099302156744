"""The wrong apps of tests/mistakes/ reach every finding, and say what the learner did.

Each step has a test of its own for its transcripts, beside this one. After a change of words:
`pytest tests/checks --record -k transcript`, then read what changed.
"""

import re

import pytest
from wrong_apps import FOLDER, NAMES, step_of

from workshop import course
from workshop.checks.check import JUDGES
from workshop.checks.findings import catalogue


@pytest.mark.parametrize("name", NAMES)
def test_patch_says_what_the_learner_did(name):
    first, second, third = (FOLDER / f"{name}.patch").read_text("utf-8").splitlines()[:3]
    assert re.fullmatch(r"# [A-Za-z].*\.", first)
    assert not second
    assert third.startswith("diff --git a/")


def test_every_finding_is_reached():
    reached = set()
    for name in NAMES:
        text = (FOLDER / f"{name}.txt").read_text("utf-8")
        reached |= set(re.findall(r"`workshop (?:hint|explain) ([a-z-]+/[a-z0-9-]+)`", text))
    assert reached == set(catalogue())


def test_no_transcript_is_left_over():
    kept = {f"{file.parent.name}/{file.stem}" for file in FOLDER.glob("*/*.txt")}
    assert kept == set(NAMES)


def test_every_step_with_a_check_has_mistakes_and_a_test_of_their_transcripts():
    assert {step_of(name).number for name in NAMES} == set(JUDGES)
    for number in JUDGES:
        name = course.step(number).name.replace("-", "_")
        assert (FOLDER.parent / "checks" / f"test_mistakes_{name}.py").is_file()
