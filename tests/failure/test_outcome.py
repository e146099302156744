"""What came of a cell: ratios that chance does not decide, and two runs made one."""

import random

import pytest

from workshop.failure.outcome import BLOCK, Outcome, join
from workshop.sandbox.faults.modes import HONEYCOMB, ROLLBAR, SILENT, VENDORS


def drawn(seed, times=300, factor=1.0):
    chance = random.Random(seed)
    return [factor * chance.uniform(0.002, 0.004) for _ in range(times)]


def outcome(**more):
    return Outcome((HONEYCOMB,), SILENT, **more)


def test_its_name_says_who_is_ill_and_how():
    assert outcome().name == "Honeycomb silent"
    assert Outcome(VENDORS, SILENT).name == "all four silent"
    assert Outcome((), "").name == "all well"


def test_a_ratio_compares_the_same_percentile_of_both():
    found = outcome(times=[0.001] * 98 + [0.004] * 2, twin_times=[0.001] * 98 + [0.002] * 2)
    assert found.ratio(0.5) == 1
    assert found.ratio(0.99) == 2


@pytest.mark.parametrize("empty", [{}, {"times": [1.0]}, {"twin_times": [1.0]}])
def test_without_times_there_is_no_difference(empty):
    found = outcome(**empty)
    assert found.ratio(0.99) == found.ratio_at_least(0.99) == 1


def test_what_is_slower_throughout_is_surely_slower():
    found = outcome(times=drawn(1, factor=1.6), twin_times=drawn(2))
    assert found.ratio_at_least(0.99) > 1.2


def test_one_burst_is_no_proof():
    times, twin = drawn(3), drawn(4)
    times[:BLOCK] = [10 * each for each in times[:BLOCK]]
    found = outcome(times=times, twin_times=twin)
    assert found.ratio(0.99) > 5
    assert found.ratio_at_least(0.99) < 1.2


def test_the_same_times_give_the_same_answer():
    found = outcome(times=drawn(5), twin_times=drawn(6))
    assert found.ratio_at_least(0.99) == found.ratio_at_least(0.99)


@pytest.mark.parametrize(
    ("sent", "arrived", "lost"), [(0, 0, 0), (10, 10, 0), (10, 4, 0.6), (10, 11, 0), (10, 0, 1)]
)
def test_the_share_that_is_lost(sent, arrived, lost):
    found = outcome(sent={HONEYCOMB: sent}, arrived={HONEYCOMB: arrived})
    assert found.lost(HONEYCOMB) == pytest.approx(lost)
    assert found.lost(ROLLBAR) == 0


def test_of_two_runs_the_worse_counts_or_the_sum():
    first = outcome(
        started=1.0, requests=3, failed=["a"], times=[1.0], memory=5, sent={HONEYCOMB: 3},
        back=True, stopped=2.0,
    )  # fmt: skip
    second = outcome(
        started=2.0, waited_for=HONEYCOMB, requests=4, failed=["b"], times=[2.0], threads=7,
        sent={HONEYCOMB: 4, ROLLBAR: 1}, back=False,
    )  # fmt: skip
    both = join(first, second)
    assert (both.started, both.waited_for, both.stopped, both.back) == (2, HONEYCOMB, None, False)
    assert (both.requests, both.failed, both.times) == (7, ["a", "b"], [1, 2])
    assert (both.memory, both.threads, both.times_run) == (5, 7, 2)
    assert both.sent == {HONEYCOMB: 7, ROLLBAR: 1}


def test_where_nobody_tried_to_come_back_nobody_says_so():
    assert join(outcome(), outcome()).back is None
    assert join(outcome(back=True), outcome()).back is True
