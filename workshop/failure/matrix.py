"""Runs the app once for each back end and each way of being ill, and gathers what came of it."""

import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from workshop import process_tree
from workshop.checks import interrupts, output, watchdog
from workshop.checks.target import Target
from workshop.errors import WorkshopError
from workshop.failure import cell, copies, judging, stacks
from workshop.failure.copies import Copy
from workshop.failure.outcome import Outcome, join
from workshop.hurry import Hurry
from workshop.sandbox.faults.modes import MODES, VENDORS
from workshop.sandbox.server import Sandbox, running_sandbox

WELL = ""
TWIN_DEADLINE = 30.0
# What only a clock says is looked at again: what is slow for a reason is slow each time.
ATTEMPTS = 3


@dataclass
class Matrix:
    """What came of all cells.

    Args:
        twin_started: after how many seconds the copy answered for which all is well.
        well: the cell in which all was well; None where that was not run.
        cells: the others, in the order in which they ran.
        complete: every cell that was wanted has been run.
    """

    twin_started: float = judging.USUAL_START
    well: Outcome | None = None
    cells: list[Outcome] = field(default_factory=list)
    complete: bool = False

    def limits(self, outcome: Outcome) -> judging.Limits:
        """Return what is still well on this machine, as it was when a cell was run.

        Args:
            outcome: the cell.
        """
        if self.well:
            return judging.find_limits(self.well, judging.find_slowness(self.well, outcome))
        return judging.find_limits(Outcome((), "", started=self.twin_started))

    def troubles(self, outcome: Outcome) -> list[str]:
        """Return what is wrong in a cell, each in a few words."""
        return judging.find_troubles(outcome, self.limits(outcome))

    @property
    def troubled(self) -> list[Outcome]:
        """The cells in which something is wrong."""
        every = [*([self.well] if self.well else []), *self.cells]
        return [each for each in every if self.troubles(each)]


def run(
    target: Target,
    vendors: Sequence[str] = VENDORS,
    modes: Sequence[str] = MODES,
    repeat: int = 1,
    requests: int = cell.REQUESTS,
    progress: Callable[[str], None] = lambda _: None,
    *,
    with_well: bool = True,
    with_pace: bool = True,
) -> Matrix:
    """Run the app in each cell; on Ctrl-C return those that are done.

    Args:
        target: the app.
        vendors: the back ends that are made ill, one after another.
        modes: how.
        repeat: how often each cell is run.
        requests: how many make the load of a cell.
        progress: called with the name of each cell before it runs.
        with_well: run one in which all is well, too.
        with_pace: it matters how long the answers took.

    Raises:
        WorkshopError: the app does not start where all is well, or its command cannot be run.
    """
    with interrupts.wish_to_stop() as hurry:
        wanted = [("", WELL)] if with_well else []
        wanted += [(vendor, mode) for mode in modes for vendor in vendors]
        return _run(target, wanted, repeat, requests, progress, hurry, with_pace=with_pace)


def _run(
    target: Target,
    wanted: Sequence[tuple[str, str]],
    repeat: int,
    requests: int,
    progress: Callable[[str], None],
    hurry: Hurry,
    *,
    with_pace: bool,
) -> Matrix:
    mark = uuid.uuid4().hex
    matrix = Matrix()
    done: dict[tuple[str, str], Outcome] = {}
    with (
        TemporaryDirectory(prefix="workshop-survive-", ignore_cleanup_errors=True) as name,
        watchdog.watching(mark, Path(name)),
        running_sandbox(Path(name) / "sandbox", searching=True) as sandbox,
    ):
        folder = Path(name)

        def run_cell(vendors: Sequence[str], mode: str) -> Outcome:
            with _running_twin(matrix, target, sandbox, folder, f"{mark}/twin", hurry) as twin:
                return cell.run(target, twin, vendors, mode, folder, mark, hurry, requests)

        try:
            for _ in range(repeat):
                for key in wanted:
                    if hurry.is_set():
                        break
                    vendor, mode = key
                    progress(f"{vendor} {mode}".strip() or "all well")
                    run_once = partial(run_cell, [vendor] if vendor else [], mode)
                    found = _run_cell(matrix, run_once, hurry, with_pace=with_pace)
                    if not hurry.is_set():
                        done[key] = join(done[key], found) if key in done else found
                        matrix.well = done.get(("", WELL))
        finally:
            process_tree.kill_marked(mark)
    done.pop(("", WELL), None)
    matrix.cells = list(done.values())
    matrix.complete = not hurry.is_set()
    return matrix


@contextmanager
def _running_twin(
    matrix: Matrix, target: Target, sandbox: Sandbox, folder: Path, mark: str, hurry: Hurry
) -> Iterator[Copy]:
    """Start the copy for which all is well, anew for each cell.

    One that had run for longer would be warm, and past the cap of step 06: its errors cost less.
    """
    more = stacks.variables(folder / "twin")
    twin = copies.launch(target, sandbox, folder / "twin", mark, through_doors=False, more=more)
    try:
        started = twin.wait_until_answering(TWIN_DEADLINE, hurry)
        matrix.twin_started = started or matrix.twin_started
        if started is None and not hurry.is_set():
            said = output.last_error(twin.service.output(), target.folder)
            raise WorkshopError(
                f"Your backend does not start, even while all is well: {said or 'no word'}",
                "`workshop check` says more.",
            )
        yield twin
    finally:
        twin.kill()


def _run_cell(
    matrix: Matrix, run: Callable[[], Outcome], hurry: Hurry, *, with_pace: bool
) -> Outcome:
    """Run a cell, again where chance may speak against it; return the best of what came of it."""
    found = [run()]
    while (
        len(found) < ATTEMPTS
        and not hurry.is_set()
        and judging.may_be_chance(found[-1], matrix.limits(found[-1]), with_pace=with_pace)
    ):
        found.append(run())
    return min(found, key=lambda each: len(matrix.troubles(each)))
