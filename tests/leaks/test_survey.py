"""The matrix of two checkpoints: what step 07 keeps in came out before it."""

import pytest

from workshop.checks.target import learner_app
from workshop.course import step
from workshop.leaks import canaries
from workshop.leaks.doors import DOORS, Door, fail
from workshop.leaks.sinks import SINKS, Heard, Sink
from workshop.leaks.survey import survey

LOGS = {"CloudWatch", "output"}
# As facts of the SDKs have it, of an app that keeps nothing in: door → sinks.
BEFORE = {
    "X-Api-Key": {"Rollbar"},
    "Authorization": set(),  # on the list of Rollbar's library, as is a password
    "Cookie": {"Rollbar"},
    "a token in the query": {"Honeycomb", "Rollbar", "output"},
    "an e-mail in the query": {"Honeycomb", "X-Ray", "Rollbar", *LOGS},
    "an e-mail in the path": {"Honeycomb", "X-Ray", *LOGS},
    "a password in the body": set(),
    "a card in the body": {"Rollbar"},
    "a JSON key": {"Rollbar"},
    "a private message": LOGS,
    "a local variable": {"Rollbar", *LOGS},
    "an exception's text": {"Honeycomb", "X-Ray", "Rollbar", *LOGS},
    "baggage": {"passed on"},
    "trace headers": {"Honeycomb", "passed on"},
}
PLACES = [
    ("X-Api-Key", "Rollbar", "request.headers.X-Api-Key"),
    ("a token in the query", "Honeycomb", "span attribute url.query of POST /api/activities"),
    ("an e-mail in the query", "X-Ray", "metadata.search.term of subsegment search.rank"),
    ("a private message", "CloudWatch", "log field message, logger app.services.messages"),
    ("a token in the query", "output", "a line of werkzeug"),
    ("baggage", "passed on", "header Baggage of GET /profiles/tilda"),
]
MADE = []


def make_and_keep():
    MADE.append(canaries.make_token())
    return MADE[-1]


# One more of each, which the survey knows nothing of.
REFERER = Door("Referer", make_and_keep, lambda value: [fail({"Referer": value})])
SHOUTED = Sink("shouted", lambda outcome: iter([Heard("all of it", outcome.output.upper())]))


@pytest.fixture(scope="module")
def before():
    target = learner_app(step(5).folder)
    return survey(target, [*DOORS, REFERER], [*SINKS, SHOUTED])


@pytest.mark.parametrize("door", BEFORE)
def test_row_before_the_step(door, before):
    sinks = {leak.sink for leak in before.leaks if leak.door == door and leak.sink != "shouted"}
    assert sinks == BEFORE[door]


def test_each_door_is_in_the_table():
    assert [door.name for door in DOORS] == list(BEFORE)


@pytest.mark.parametrize(("door", "sink", "place"), PLACES)
def test_place(door, sink, place, before):
    assert place in before.at(door, sink).places


def test_door_that_was_added_is_found(before):
    assert "request.headers.Referer" in before.at("Referer", "Rollbar").places


def test_sink_that_was_added_is_found(before):
    assert before.at("a private message", "shouted").places == ("all of it",)


def test_no_place_shows_the_value(before):
    places = "\n".join(place for leak in before.leaks for place in leak.places)
    assert MADE
    assert not any(canary.is_in(places) for canary in MADE)


def test_every_sink_heard_something(before):
    assert before.silent == []


def test_nothing_comes_out_after_the_step():
    after = survey(learner_app(step(7).folder))
    assert (after.leaks, after.silent) == ([], [])
