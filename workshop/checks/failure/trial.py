"""Runs the app twice at the same time, as production does: once with all well, once with all ill.

Ill is: every back end accepts what it is sent, and never answers. Of all ways it costs an app most:
what is refused fails at once, and what is late comes.
"""

import contextlib
import subprocess
import time
import uuid
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from workshop import process_tree
from workshop.checks import environment, interrupts, notes, presence, watchdog
from workshop.checks.notes import Note
from workshop.checks.target import Target
from workshop.errors import WorkshopError, command
from workshop.failure import arrivals, cell, copies, judging, load, stacks, starting
from workshop.failure.copies import Copy
from workshop.failure.load import FOUND, Shot
from workshop.failure.outcome import Outcome
from workshop.failure.stacks import Place
from workshop.hurry import Hurry
from workshop.sandbox.faults.modes import (
    CLOUDWATCH,
    HONEYCOMB,
    ROLLBAR,
    SILENT,
    VENDORS,
    XRAY,
)
from workshop.sandbox.server import running_sandbox

# A request that waits, waits for seconds: a few are enough to see it.
REQUESTS = 50
# With those that follow no more than an app may report of errors that are alike.
FAILING = 5
LAST = 12
# What the course's own app imports it sends with; any other may have it for something else.
PACKAGES = {
    HONEYCOMB: "opentelemetry",
    XRAY: "aws_xray_sdk",
    CLOUDWATCH: "watchtower",
    ROLLBAR: "rollbar",
}
START_DEADLINE = 15.0
LOAD_DEADLINE = 8.0
NOTES = "well.notes"
# So long that the spans that the app holds at its end can only arrive if they are sent then.
SCHEDULE_DELAY_MS = "60000"
# For one that does not end: it may still be busy with its last request.
ASK_SECONDS = 4.0
LOOK_AFTER = 1.0


@dataclass
class Trial:
    """What both copies did.

    Args:
        used: the vendors that the app sends to while all is well.
        wanted: those, and the others that it should send to.
        ill: what the copy did for which all were ill.
        well: what the other one did.
        ended: the ill one ended by itself before it had answered.
        starting_at: where it was when it had not started in time.
        waiting_at: where it was while requests waited.
        ending_at: where it was when it had not ended in time.
        ended_unseen: it was late to end, was seen waiting for nobody, and then ended by itself.
        failed: requests that failed for the ill one alone.
        broken: requests that fail for the one that is well.
        waits: some of its requests waited for somebody.
        missing: the vendors that it sent nothing to, even when they were well again.
        output: what the ill one printed.
        well_output: what the other one printed.
        notes: what the probe saw the other one do with its SDKs.
    """

    used: list[str] = field(default_factory=list)
    wanted: list[str] = field(default_factory=list)
    ill: Outcome = field(default_factory=lambda: Outcome(VENDORS, SILENT))
    well: Outcome = field(default_factory=lambda: Outcome((), ""))
    ended: bool = False
    starting_at: Place = field(default_factory=Place)
    waiting_at: Place = field(default_factory=Place)
    ending_at: Place = field(default_factory=Place)
    ended_unseen: bool = False
    failed: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    waits: bool = False
    missing: list[str] = field(default_factory=list)
    output: str = ""
    well_output: str = ""
    notes: list[Note] = field(default_factory=list)

    @property
    def starts_in_time(self) -> bool:
        """Whether the ill one answered without having waited for anybody."""
        return self.ill.started is not None and not self.starting_at.vendor

    @property
    def ends_in_time(self) -> bool:
        """Whether the ill one ended in time, on this machine as it was."""
        stopped = self.ill.stopped
        if stopped is None:
            return False
        # Where nobody was seen waiting, the machine itself was slow.
        return self.ended_unseen or stopped <= judging.find_limits(self.well).stop

    @property
    def is_hampered(self) -> bool:
        """Whether the ill one fails requests, or keeps them waiting."""
        return self.waits or bool(self.failed)

    @property
    def lost(self) -> dict[str, int]:
        """How many records of the copy that was well never arrived, by vendor."""
        sent, arrived = self.well.sent, self.well.arrived
        lost = {vendor: sent[vendor] - arrived[vendor] for vendor in self.wanted if vendor in sent}
        return {vendor: number for vendor, number in lost.items() if number > 0}


def run(target: Target) -> Trial:
    """Run both copies of an app, and return what they did.

    Args:
        target: the app.

    Raises:
        WorkshopError: it was stopped by a signal.
    """
    with interrupts.wish_to_stop() as hurry:
        trial = _run(target, hurry)
    if hurry.is_set():
        raise WorkshopError(
            "The check was stopped before it could judge; what it had started is ended.",
            f"`{command('check 9')}` starts it again.",
        )
    return trial


def _run(target: Target, hurry: Hurry) -> Trial:
    mark = uuid.uuid4().hex
    trial = Trial()
    with (
        TemporaryDirectory(prefix="workshop-check-", ignore_cleanup_errors=True) as name,
        watchdog.watching(mark, Path(name)),
        running_sandbox(Path(name) / "well", searching=True) as well_sandbox,
        running_sandbox(Path(name) / "ill", with_doors=True, searching=True) as ill_sandbox,
    ):
        folder = Path(name)
        cell.make_ill(ill_sandbox, VENDORS, SILENT)
        with ExitStack() as running:
            running.callback(process_tree.kill_marked, mark)
            well = copies.launch(
                target,
                well_sandbox,
                folder / "well-copy",
                f"{mark}/well",
                through_doors=False,
                more={
                    "OTEL_BSP_SCHEDULE_DELAY": SCHEDULE_DELAY_MS,
                    **environment.probe(target, folder / NOTES),
                },
            )
            running.callback(well.kill)
            ill = copies.launch(
                target,
                ill_sandbox,
                folder / "ill-copy",
                f"{mark}/ill",
                through_doors=True,
                more=stacks.variables(folder / "ill-copy"),
            )
            running.callback(ill.kill)
            _watch(trial, target, well, ill, hurry)
            trial.output, trial.well_output = ill.service.output(), well.service.output()
            trial.notes = notes.read(folder / NOTES)
        well_sandbox.end_daemon()
        trial.well.sent = arrivals.expect(well.answered)
        trial.well.arrived = arrivals.count(well_sandbox)
        ill_sandbox.end_daemon()
        came = arrivals.count(ill_sandbox)
        # What was lost at the end may be all that the one that is well had for somebody.
        trial.used = [each for each in VENDORS if trial.well.arrived[each] or came[each]]
        trial.wanted = [
            each
            for each in VENDORS
            if each in trial.used
            or (target.ours and presence.is_imported(target.folder, PACKAGES[each]))
            # Where nothing failed, there was nothing to report.
            if each != ROLLBAR or trial.well.sent[ROLLBAR]
        ]
        trial.missing = [vendor for vendor in trial.missing if vendor in trial.wanted]
    return trial


def _watch(trial: Trial, target: Target, well: Copy, ill: Copy, hurry: Hurry) -> None:
    """Let both copies start, answer, recover and end."""
    asker = _Asker(ill, target, hurry)
    with ThreadPoolExecutor(2) as pool:
        starts = [
            pool.submit(copy.wait_until_answering, START_DEADLINE, hurry) for copy in (well, ill)
        ]
        trial.starting_at = starting.watch(
            starts[1], ill.mark, ill.service.log.parent, target.folder
        )
        trial.well.started, trial.ill.started = (start.result() for start in starts)
    if trial.well.started is None or hurry.is_set():
        return
    if trial.ill.started is None:
        trial.ended = ill.service.process.poll() is not None
        _end_well(trial, well, hurry)
        return
    _load(trial, well, ill, asker, cell.shots(REQUESTS, FAILING), hurry)
    if trial.is_hampered:
        # A request that hangs keeps a thread busy; what is asked now might not be answered.
        _end_well(trial, well, hurry)
        return
    more = judging.find_patience(trial.well.started)
    trial.missing = cell.comes_back(ill, VENDORS, hurry, more)
    cell.make_ill(ill.sandbox, VENDORS, SILENT)
    _load(trial, well, ill, asker, cell.shots(LAST, failing=2), hurry)
    with ThreadPoolExecutor(1) as pool:
        # The ill one mostly waits while it ends.
        ending = pool.submit(_end_well, trial, well, hurry)
        limit = judging.STOP_SECONDS + judging.PATIENCE * trial.well.started

        def look() -> float:
            asker.keep_main()
            trial.ended_unseen = asker.kept == Place()
            return limit if trial.ended_unseen else 0.0

        trial.ill.stopped = ill.terminate(limit, hurry, before_force=look)
        trial.ending_at = asker.kept
        ending.result()


def _end_well(trial: Trial, well: Copy, hurry: Hurry) -> None:
    """Give the copy that is well something to send, and end it."""
    copies.send([well], cell.shots(LAST, failing=2), hurry=hurry)
    trial.well.stopped = well.terminate(START_DEADLINE, hurry)


def _load(
    trial: Trial,
    well: Copy,
    ill: Copy,
    asker: "_Asker",
    shots: Sequence[Shot],
    hurry: Hurry,
) -> None:
    """Send both the same requests; note which of them fail or wait for the ill one alone."""
    asker.answering = Place()
    own, healthy = copies.send(
        [ill, well],
        shots,
        LOAD_DEADLINE,
        meanwhile=asker.keep_answering,
        patience=2,
        hurry=hurry,
    )
    these = Outcome(VENDORS, SILENT, times=own.seconds, twin_times=healthy.seconds)
    # Where nobody was seen waiting, the machine itself was slow.
    trial.waits = trial.waits or (judging.waits(these) and asker.answering != Place())
    only_here = Counter(own.failed) - Counter(healthy.failed)
    trial.failed += [each for each in only_here.elements() if not each.endswith(load.TIMED_OUT)]
    trial.broken += [each for each in healthy.failed if _is_broken(each)]
    if trial.is_hampered:
        trial.waiting_at = asker.answering


def _is_broken(failed: str) -> bool:
    """Tell whether a page that every app answers could not be: `GET /api/… → 500`."""
    page, _, came = failed.partition(" → ")
    missing = came.isdecimal() and not came.startswith("5")
    return page == f"{FOUND.method} {FOUND.path}" and not missing and came != load.TIMED_OUT


class _Asker:
    """Asks a copy where it is.

    Args:
        copy: the copy.
        target: the app.
        hurry: once it is set, it asks nothing more.
    """

    def __init__(self, copy: Copy, target: Target, hurry: Hurry) -> None:
        self._copy = copy
        self._hurry = hurry
        self._folder = copy.service.log.parent
        self._app = target.folder
        self.kept = Place()
        self.answering = Place()

    def keep_main(self) -> None:
        """Ask it whom it waits for, a few times if it must be, and keep the answer."""
        deadline = time.monotonic() + ASK_SECONDS
        while not self.kept.vendor and time.monotonic() < deadline:
            self.kept = stacks.find_main(self._copy.mark, self._folder, self._app)

    def keep_answering(self, sending: subprocess.Popen[bytes]) -> None:
        """While a load takes longer than it should, look whom the threads wait for that answer."""
        while not self.answering.vendor and not self._hurry.is_set():
            with contextlib.suppress(subprocess.TimeoutExpired):
                sending.wait(LOOK_AFTER)
                return
            seen = stacks.find_answering(self._copy.mark, self._folder, self._app)
            self.answering = self.answering if seen == Place() else seen
