"""Says what of an outcome is trouble: what a learner's users, or whoever runs the app, would feel.

What is lost at the back end that is ill is shown and not judged: it has to be somewhere.
"""

from dataclasses import dataclass

from workshop.failure import load
from workshop.failure.outcome import Outcome
from workshop.sandbox.faults.modes import TITLES

SLOWER = 1.2
STOP_SECONDS = 5.0
# Beyond what a copy takes to start that is well, where the app was not seen waiting for a vendor:
# a busy machine alone has been seen to take four.
START_SECONDS = 6.0
WAITS_SECONDS = 1.0
FEWEST_WAITS = 2
MEMORY_BYTES = 15_000_000
THREADS = 25
# A machine that is busy with other things takes longer for all.
USUAL_START, USUAL_STOP = 2.0, 1.0
PATIENCE = 1.5


@dataclass(frozen=True)
class Limits:
    """What is still well, on this machine as it is now.

    Args:
        start: seconds.
        stop: seconds.
    """

    start: float = USUAL_START + START_SECONDS
    stop: float = STOP_SECONDS


def find_limits(well: Outcome, slowness: float = 1.0) -> Limits:
    """Return the limits that a run in which all was well suggests.

    Args:
        well: its outcome.
        slowness: how many times as long as then the machine takes for the same now.
    """
    start = slowness * (well.started or USUAL_START)
    stop = slowness * (well.stopped or USUAL_STOP)
    return Limits(
        start=PATIENCE * start + START_SECONDS,
        # A machine that is slow to start an app is slow to end it.
        stop=STOP_SECONDS + PATIENCE * max(0.0, stop - USUAL_STOP, start - USUAL_START),
    )


def find_patience(started: float) -> float:
    """Return for how many seconds more to wait on a machine that is slow to start an app.

    Args:
        started: how long that took, in seconds.
    """
    return PATIENCE * max(0.0, started - USUAL_START)


def find_slowness(then: Outcome | None, now: Outcome) -> float:
    """Return how many times as long as it did the machine takes for the same, and 1 at least.

    The copy that is well tells: it gets the same requests each time.

    Args:
        then: a run in which all was well; None where there was none.
        now: the run that is judged.
    """
    if then is None or not then.twin_times or not now.twin_times:
        return 1.0
    before, after = (load.percentile(each.twin_times, 0.5) for each in (then, now))
    return max(1.0, after / before)


def starts(outcome: Outcome, limits: Limits) -> bool:
    """Tell whether the app started in time, without having been seen waiting for a vendor."""
    started = outcome.started is not None and outcome.started <= limits.start
    return started and not outcome.waited_for


def ends(outcome: Outcome, limits: Limits) -> bool:
    """Tell whether the app ended in time, by itself."""
    return outcome.stopped is not None and outcome.stopped <= limits.stop


def waits(outcome: Outcome) -> bool:
    """Tell whether requests waited for somebody: a few, each for longer than any machine's hiccup.

    The shortest time-out that an SDK has by default is three seconds.
    """
    slow = max(WAITS_SECONDS, 2 * max(outcome.twin_times, default=0.0))
    return sum(each > slow for each in outcome.times) >= FEWEST_WAITS


def may_be_chance(outcome: Outcome, limits: Limits, *, with_pace: bool = True) -> bool:
    """Tell whether a clock alone speaks against an outcome; the machine may have been busy.

    Args:
        outcome: of one cell.
        limits: what is still well.
        with_pace: whether it matters how long the answers took.
    """
    if outcome.started is None:
        return False
    late = not outcome.waited_for and outcome.started > limits.start
    slow = with_pace and outcome.ratio_at_least(0.99) > SLOWER and not waits(outcome)
    lingers = outcome.stopped is not None and outcome.stopped > limits.stop
    return late or slow or lingers


def find_troubles(outcome: Outcome, limits: Limits) -> list[str]:
    """Return what is wrong, each in a few words; nothing where the app goes on as if all were well.

    Args:
        outcome: of one cell.
        limits: what is still well.
    """
    if outcome.started is None:
        return ["does not start"]
    found = []
    if not starts(outcome, limits):
        found.append(f"starts after {outcome.started:.0f} s")
    if outcome.failed:
        found.append(f"{len(outcome.failed)} of {outcome.requests} requests fail")
    if outcome.ratio_at_least(0.99) > SLOWER:
        found.append(f"answers take × {outcome.ratio(0.99):.1f}")
    if outcome.memory > MEMORY_BYTES * outcome.times_run:
        found.append(f"memory grows by {outcome.memory / 1e6:.0f} MB")
    if outcome.threads > THREADS:
        found.append(f"{outcome.threads} threads more")
    if outcome.back is False:
        found.append("sends nothing any more")
    found += [
        f"loses {outcome.lost(vendor):.0%} of {TITLES[vendor]}, too"
        for vendor in outcome.sent
        if vendor not in outcome.vendors and outcome.lost(vendor) > 0
    ]
    if not ends(outcome, limits):
        found.append("does not end in time")
    return found
