"""One cell of the matrix: back ends ill in one way, and all that the app does meanwhile."""

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory

from workshop.checks.target import Target
from workshop.failure import arrivals, copies, judging, stacks, starting
from workshop.failure.copies import Copy
from workshop.failure.load import FOUND, RAISES, Shot
from workshop.failure.outcome import Outcome
from workshop.hurry import Hurry
from workshop.sandbox.faults.modes import HONEYCOMB, KILLED, ROLLBAR, VENDORS
from workshop.sandbox.server import Sandbox, running_sandbox

REQUESTS = 300
WARM_UP = 60
# So few that a cap on errors that are alike lets all of them through.
FAILING = 5
# Right before the end, so that there is something left to send.
LAST = 12
START_DEADLINE = 12.0
STOP_DEADLINE = 8.0
BACK_DEADLINE = 8.0
# OpenTelemetry's exporter may be waiting for its next attempt, up to eight seconds.
BACK_DEADLINES = {HONEYCOMB: 12.0}
SEND_AGAIN = 2.5


def shots(requests: int, failing: int = FAILING) -> tuple[Shot, ...]:
    """Return the load: a page that is answered at once, and some requests that fail on purpose.

    Args:
        requests: how many.
        failing: how many of them fail.
    """
    every = max(1, requests // failing)
    chosen = set(range(every - 1, every * failing, every))
    return tuple(RAISES if place in chosen else FOUND for place in range(requests))


def run(
    target: Target,
    twin: Copy,
    vendors: Sequence[str],
    mode: str,
    folder: Path,
    mark: str,
    hurry: Hurry,
    requests: int = REQUESTS,
) -> Outcome:
    """Run one cell; it always ends, and leaves nothing behind.

    The app starts while the back ends are ill, gets its load, sees them well for a moment, and is
    ended while they are ill.

    Args:
        target: the app.
        twin: a copy that is well, which gets the same load at the same time.
        vendors: which back ends are ill; none for none.
        mode: how, one of `modes.MODES`.
        folder: for all that is written; what is written is gone afterwards.
        mark: the value of `process_tree.MARK` for all that is started.
        hurry: once it is set, nothing is waited for.
        requests: how many make the load.

    Raises:
        WorkshopError: the app's command cannot be run.
    """
    outcome = Outcome(tuple(vendors), mode)
    with (
        TemporaryDirectory(dir=folder, ignore_cleanup_errors=True) as name,
        running_sandbox(Path(name) / "sandbox", with_doors=True, searching=True) as sandbox,
    ):
        if mode != KILLED:
            make_ill(sandbox, vendors, mode)
        copy = copies.launch(
            target,
            sandbox,
            Path(name),
            f"{mark}/cell",
            through_doors=True,
            more=stacks.variables(Path(name)),
        )
        try:
            _start(outcome, copy, target, hurry)
            if outcome.started is not None and not hurry.is_set():
                _run_load(outcome, copy, twin, requests, hurry)
                if vendors:
                    more = judging.find_patience(outcome.started)
                    outcome.back = not comes_back(copy, vendors, hurry, more)
                outcome.stopped = _stop(outcome, copy, hurry)
        finally:
            copy.kill()
        sandbox.end_daemon()
        outcome.sent = arrivals.expect(copy.answered)
        outcome.arrived = arrivals.count(sandbox)
    return outcome


def make_ill(sandbox: Sandbox, vendors: Sequence[str], mode: str) -> None:
    """Make back ends ill.

    Args:
        sandbox: whose.
        vendors: which.
        mode: how.
    """
    for vendor in vendors:
        sandbox.doors.break_vendor(vendor, mode)


def comes_back(copy: Copy, vendors: Sequence[str], hurry: Hurry, more: float = 0.0) -> list[str]:
    """Mend all back ends, send a little more, and return those where nothing of it arrives.

    Args:
        copy: the app.
        vendors: those that are looked at.
        hurry: ends the wait once it is set.
        more: seconds beyond what it may usually take.
    """
    for vendor in VENDORS:
        copy.sandbox.doors.mend(vendor)
    before = arrivals.count(copy.sandbox)
    longest = max(BACK_DEADLINES.get(each, BACK_DEADLINE) for each in vendors) + more
    deadline = time.monotonic() + longest
    again = 0.0
    missing = list(vendors)
    while missing and time.monotonic() < deadline and not hurry.is_set():
        if time.monotonic() >= again:
            # Not all the time: X-Ray's daemon collects for as long as something comes.
            # Errors only where they are looked at: the app may report just a few that are alike.
            copies.send([copy], (FOUND, RAISES) if ROLLBAR in vendors else (FOUND,), hurry=hurry)
            if RAISES not in copy.answered:
                vendors = [each for each in vendors if each != ROLLBAR]
            again = time.monotonic() + SEND_AGAIN
        now = arrivals.count(copy.sandbox)
        missing = [vendor for vendor in vendors if now[vendor] <= before[vendor]]
        time.sleep(0.05)
    return missing


def _start(outcome: Outcome, copy: Copy, target: Target, hurry: Hurry) -> None:
    with ThreadPoolExecutor(1) as pool:
        start = pool.submit(copy.wait_until_answering, START_DEADLINE, hurry)
        seen = starting.watch(start, copy.mark, copy.service.log.parent, target.folder)
        outcome.started = start.result()
    outcome.waited_for = seen.vendor


def _run_load(outcome: Outcome, copy: Copy, twin: Copy, requests: int, hurry: Hurry) -> None:
    # What runs for the first time is slow, whoever is ill; an error above all.
    copies.send([copy, twin], (*(FOUND,) * WARM_UP, RAISES), hurry=hurry)
    memory, twin_memory, threads = copy.memory, twin.memory, copy.threads

    def kill(_sending: object) -> None:
        if outcome.mode == KILLED:
            make_ill(copy.sandbox, outcome.vendors, KILLED)

    own, healthy = copies.send([copy, twin], shots(requests), meanwhile=kill, hurry=hurry)
    outcome.requests = len(own.seconds)
    outcome.failed = own.failed
    outcome.times, outcome.twin_times = own.seconds, healthy.seconds
    outcome.memory = copy.memory - memory - (twin.memory - twin_memory)
    outcome.threads = copy.threads - threads


def _stop(outcome: Outcome, copy: Copy, hurry: Hurry) -> float | None:
    """Make the back ends ill again, leave something to send, and end the app."""
    make_ill(copy.sandbox, outcome.vendors, outcome.mode)
    copies.send([copy], shots(LAST, failing=2), hurry=hurry)
    return copy.terminate(STOP_DEADLINE, hurry)
