"""What of an outcome is trouble, and what may be the machine's doing."""

import pytest
from test_outcome import drawn

from workshop.failure import judging
from workshop.failure.judging import Limits
from workshop.failure.outcome import Outcome
from workshop.sandbox.faults.modes import CLOUDWATCH, HONEYCOMB, ROLLBAR, SILENT

LIMITS = Limits(start=4.0, stop=5.0)
GOOD = {
    "started": 1.0,
    "requests": 300,
    "times": drawn(1),
    "twin_times": drawn(1),
    "sent": {HONEYCOMB: 300, ROLLBAR: 6},
    "arrived": {ROLLBAR: 6},
    "back": True,
    "stopped": 3.3,
}


def outcome(**more):
    return Outcome((HONEYCOMB,), SILENT, **(GOOD | more))


def test_what_is_lost_at_the_one_that_is_ill_is_no_trouble():
    assert outcome().lost(HONEYCOMB) == 1
    assert judging.find_troubles(outcome(), LIMITS) == []


@pytest.mark.parametrize(
    ("more", "trouble"),
    [
        ({"started": None}, "does not start"),
        ({"started": 9.0}, "starts after 9 s"),
        ({"started": 3.0, "waited_for": CLOUDWATCH}, "starts after 3 s"),
        ({"failed": ["GET / → 500"] * 2}, "2 of 300 requests fail"),
        ({"times": drawn(2, factor=2)}, "answers take × 2.0"),
        ({"memory": 20_000_000}, "memory grows by 20 MB"),
        ({"threads": 40}, "40 threads more"),
        ({"back": False}, "sends nothing any more"),
        ({"arrived": {ROLLBAR: 3}}, "loses 50% of Rollbar, too"),
        ({"stopped": None}, "does not end in time"),
        ({"stopped": 5.1}, "does not end in time"),
    ],
    ids=str,
)
def test_each_trouble_has_its_words(more, trouble):
    assert judging.find_troubles(outcome(**more), LIMITS) == [trouble]


def test_memory_of_several_runs_may_grow_in_each():
    assert judging.find_troubles(outcome(memory=20_000_000, times_run=2), LIMITS) == []


@pytest.mark.parametrize(
    ("slow", "waits"), [([], False), ([3.0], False), ([3.0] * 2, True), ([0.9] * 9, False)]
)
def test_a_few_that_wait_are_seen_and_one_hiccup_is_not(slow, waits):
    assert judging.waits(outcome(times=[*drawn(1), *slow])) == waits


@pytest.mark.parametrize(("started", "more"), [(0.8, 0.0), (2.0, 0.0), (4.0, 3.0)])
def test_where_an_app_is_slow_to_start_all_else_may_take_longer(started, more):
    assert judging.find_patience(started) == more


def test_on_a_machine_that_hangs_for_both_nobody_waits():
    assert not judging.waits(outcome(times=[*drawn(1), 3, 3], twin_times=[*drawn(1), 2]))


@pytest.mark.parametrize(
    ("more", "chance"),
    [
        ({}, False),
        ({"started": None}, False),
        ({"started": 9.0}, True),
        ({"started": 9.0, "waited_for": CLOUDWATCH}, False),
        ({"times": drawn(2, factor=2)}, True),
        ({"times": [*drawn(2, factor=2), 3, 3, 3]}, False),
        ({"failed": ["GET / → 500"]}, False),
        ({"back": False}, False),
        ({"stopped": None}, False),
        ({"stopped": 6.0}, True),
    ],
    ids=str,
)
def test_only_what_a_clock_says_may_be_chance(more, chance):
    assert judging.may_be_chance(outcome(**more), LIMITS) == chance


def test_where_pace_does_not_matter_it_is_not_looked_at_again():
    slow = outcome(times=drawn(2, factor=2))
    assert not judging.may_be_chance(slow, LIMITS, with_pace=False)


def test_limits_follow_a_machine_that_is_slow_for_all():
    well = outcome(started=2.0, stopped=1.0)
    usual, slow = judging.find_limits(well), judging.find_limits(well, slowness=3)
    assert usual == Limits(start=9.0, stop=5.0)
    assert slow == Limits(start=15.0, stop=11.0)
    # A machine that is quick does not make the end any stricter.
    assert judging.find_limits(outcome(started=0.5, stopped=0.2)).stop == 5


def test_the_copy_that_is_well_tells_how_slow_the_machine_is():
    then, now = outcome(twin_times=[0.002] * 9), outcome(twin_times=[0.006] * 9)
    assert judging.find_slowness(then, now) == pytest.approx(3)
    assert judging.find_slowness(now, then) == 1
    assert judging.find_slowness(None, now) == judging.find_slowness(then, Outcome((), "")) == 1
