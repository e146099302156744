"""The catalogue: each finding has words enough for a beginner, in the same form."""

import re

import pytest

from workshop.checks import findings, hints
from workshop.checks.findings import Finding, catalogue
from workshop.errors import WorkshopError

ENTRIES = list(catalogue().values())


@pytest.fixture(params=ENTRIES, ids=lambda entry: entry.id)
def entry(request):
    return request.param


def test_claim_is_one_line_and_a_fact(entry):
    assert len(entry.claim) <= 80
    assert "\n" not in entry.claim
    assert not entry.claim.endswith((".", "?", "!"))


def test_first_hint_is_a_question_and_the_others_are_not(entry):
    first, *others = entry.hints
    assert first.endswith("?")
    assert others
    for other in others:
        assert other.endswith((".", "`")), other
        assert not other.endswith("?")


def test_explanation_is_a_story(entry):
    sentences = re.findall(r"[a-z0-9)`'/]\.(?=\s|$)", entry.explain)
    assert len(sentences) >= 2
    assert len(entry.explain) >= 150
    prose = [line for line in entry.explain.splitlines() if not line.startswith("Source: ")]
    assert all(len(line) <= 105 for line in prose)


def test_words_belittle_nobody(entry):
    text = " ".join([entry.claim, *entry.hints, entry.explain, entry.so]).lower()
    assert not set(re.findall(r"[a-z]+", text)) & {"simply", "just", "obviously"}


def test_hunk_is_what_the_patch_of_that_step_changes(entry):
    """The last rung is a part of the real patch."""
    rungs = hints.rungs(entry)
    assert len(rungs) == len(entry.hints) + bool(entry.hunk)
    if entry.hunk:
        lines = rungs[-1].splitlines()
        assert any(line.startswith(entry.hunk) for line in lines)
        assert any(line.startswith(("+", "-")) for line in lines)


def test_finding_as_json_has_what_the_course_promises():
    finding = Finding("honeycomb/no-own-span", expected="one", got="none", where="app/a.py:1")
    assert finding.as_json() == {
        "id": "honeycomb/no-own-span",
        "expected": "one",
        "got": "none",
        "where": "app/a.py:1",
        "hint": catalogue()["honeycomb/no-own-span"].hints[0],
    }


@pytest.mark.parametrize(
    ("asked", "meant"),
    [
        ("honeycomb/no-own-spans", "honeycomb/no-own-span"),
        ("no-own-span", "honeycomb/no-own-span"),
        ("honeycomb/simple-procesor", "honeycomb/simple-processor"),
    ],
)
def test_unknown_id_names_the_nearest(asked, meant):
    with pytest.raises(WorkshopError) as caught:
        findings.entry(asked)
    assert caught.value.what == f"There is no finding called {asked}. Did you mean {meant}?"
    assert "explain --list" in caught.value.next_step


def test_unknown_id_that_is_like_none():
    with pytest.raises(WorkshopError) as caught:
        findings.entry("%$&")
    assert caught.value.what == "There is no finding called %$&."
