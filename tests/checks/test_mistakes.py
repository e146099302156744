"""Each wrong app gets the transcript that is kept for it, word by word.

After a change of words: `pytest tests/checks/test_mistakes.py --record`, then read what changed.
"""

import re

import pytest
import wrong_apps
from wrong_apps import FOLDER, NAMES, PASSES

from workshop.checks.findings import catalogue

RECORD = "pytest tests/checks/test_mistakes.py --record"


@pytest.fixture(scope="module")
def checked(request, tmp_path_factory):
    """What `workshop check 1` says of each wrong app, by name."""
    folder = tmp_path_factory.mktemp("mistakes")

    def check(name):
        done = wrong_apps.check_app(wrong_apps.make(name, folder / name))
        return done.exit_code, wrong_apps.normalise(done.as_text())

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(wrong_apps.settings, "try_each", wrong_apps.try_each_once())
        names = wrong_apps.parameters_that_run_here(request, "test_transcript")
        results = wrong_apps.InAdvance(check, names)
        yield results
        results.close()


@pytest.mark.parametrize("name", NAMES)
def test_transcript(name, checked, request):
    exit_code, transcript = checked.result(name)
    kept = FOLDER / f"{name}.txt"
    if request.config.getoption("--record", default=False):
        kept.write_text(transcript, "utf-8")
    assert kept.is_file(), f"{kept.name} is not there: {RECORD}"
    assert transcript == kept.read_text("utf-8"), f"after a change on purpose: {RECORD}"
    assert (exit_code == 0) == name.startswith(PASSES)


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
        reached |= set(re.findall(r"`workshop (?:hint|explain) ([a-z]+/[a-z0-9-]+)`", text))
    assert reached == set(catalogue())


def test_no_transcript_is_left_over():
    assert {file.stem for file in FOLDER.glob("*.txt")} == set(NAMES)
