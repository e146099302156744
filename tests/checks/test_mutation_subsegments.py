"""Each line that step 03 adds is missed if it is gone: the check fails, and says why."""

import mutants
import pytest

STEP = 3
NO_START = "app/does-not-start"
FAILS = "app/answers-500"

# What the check finds first where each of these is gone: file → what is gone → finding.
CAUGHT = {
    "app/services/create_activity.py": {
        "from aws_xray_sdk.core import xray_recorder": NO_START,
    },
    "app/services/search_activities.py": {
        "from aws_xray_sdk.core import xray_recorder": FAILS,
        "hits = db.select(": FAILS,
        'recent = db.select("SELECT message FROM live_activities ORDER BY id DESC LIMIT ?", '
        "[RECENT])": FAILS,
        'xray_recorder.put_annotation("hits", len(hits))': "subsegments/only-metadata",
        'return rank(hits, [row["message"] for row in recent])': FAILS,
    },
}
EXPECTED = mutants.label_each(CAUGHT)
SURVIVORS = {
    'app/services/create_activity.py: @xray_recorder.capture("parse-ttl")': (
        "a note only: the failure is recorded all the same, without its line"
    ),
    'app/services/search_activities.py: with xray_recorder.in_subsegment("search.find"):': (
        "one subsegment of one's own is enough, and search.rank is there"
    ),
    'app/services/search_activities.py: with xray_recorder.in_subsegment("search.rank"):': (
        "search.find is there, and the annotation stands on the segment, where it is found as well"
    ),
    "app/services/search_activities.py: "
    'xray_recorder.put_metadata("term", term, namespace="search")': (
        "metadata only has to be read: no step needs it"
    ),
}

MUTANTS = mutants.mutants(STEP)


@pytest.fixture(scope="module")
def found(request, tmp_path_factory):
    yield from mutants.check_each_in_advance(request, tmp_path_factory, STEP, MUTANTS)


def test_each_mutant_is_listed_once():
    mutants.assert_each_is_listed_once(MUTANTS, EXPECTED, SURVIVORS)


@pytest.mark.parametrize("label", MUTANTS)
def test_mutant(label, found):
    mutants.assert_caught(label, found, EXPECTED, SURVIVORS)
