"""`workshop hint` walks from question to pointer to hunk, and `workshop explain` tells it all."""

import pytest

from workshop.checks import hints, memory
from workshop.checks.findings import Finding, Verdict, catalogue
from workshop.errors import WorkshopError

OWN_SPAN = "honeycomb/no-own-span"
TWICE = "honeycomb/sent-twice"


@pytest.fixture
def found(checkout):
    """Remember a check that found these two."""
    verdict = Verdict(1, "honeycomb", "broken")
    verdict.findings = [Finding(OWN_SPAN, "one", "none"), Finding(TWICE, "once", "twice")]
    memory.remember([verdict], [])
    return verdict


def heads(*texts):
    return [text.splitlines()[1] for text in texts]


def test_walks_from_pointer_to_hunk_and_stays(found):
    # The report has shown the question.
    pointer, hunk, again = hints.give(), hints.give(), hints.give()
    assert heads(pointer, hunk, again) == ["hint 2 of 3", "hint 3 of 3", "hint 3 of 3"]
    assert catalogue()[OWN_SPAN].hints[1] in pointer
    assert f"hint {OWN_SPAN}` for the next one" in pointer
    assert "+    with tracer.start_as_current_span" in hunk
    assert "for the next one" not in hunk
    assert again == hunk


def test_each_finding_has_a_ladder_of_its_own(found):
    hints.give(OWN_SPAN)
    assert heads(hints.give(TWICE), hints.give(OWN_SPAN)) == ["hint 2 of 2", "hint 3 of 3"]


def test_a_finding_that_was_not_shown_begins_with_its_question(found):
    given = [hints.give("honeycomb/key-missing") for _ in range(3)]
    assert heads(*given) == ["hint 1 of 2", "hint 2 of 2", "hint 2 of 2"]
    assert given[0].splitlines()[3].endswith("?")


def test_the_next_check_begins_anew_where_a_finding_was_mended(found):
    hints.give(OWN_SPAN)
    memory.remember([Verdict(1, "honeycomb", "works")], [])
    memory.remember([found], [])
    assert heads(hints.give(OWN_SPAN)) == ["hint 2 of 3"]


def test_nothing_to_give_a_hint_for(checkout):
    with pytest.raises(WorkshopError) as caught:
        hints.give()
    assert "the last check found nothing" in caught.value.what
    assert "check`" in caught.value.next_step


def test_explains_and_lists(checkout):
    lines = hints.explain(OWN_SPAN).splitlines()
    assert lines[:2] == [OWN_SPAN, catalogue()[OWN_SPAN].claim]
    assert [line.split()[0] for line in hints.list_all().splitlines()] == list(catalogue())


def test_in_a_terminal(workshop, found):
    assert "hint 2 of 3" in workshop("hint").stdout
    assert "hint 3 of 3" in workshop("hint", OWN_SPAN).stdout
    assert "Nine of 52 learners" in workshop("explain", OWN_SPAN).stdout
    wrong = workshop("explain", "honeycomb/no-own-spam")
    assert wrong.returncode == 2
    assert wrong.stderr.startswith("There is no finding called honeycomb/no-own-spam. Did you mean")
    assert "Traceback" not in wrong.stderr
