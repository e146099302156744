"""Prints the matrix: a table for a person, a list for a machine."""

import json
from io import StringIO
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from workshop.failure import judging
from workshop.failure.judging import SLOWER
from workshop.failure.matrix import Matrix
from workshop.failure.outcome import Outcome
from workshop.sandbox.faults.modes import MODES, TITLES, VENDORS
from workshop.views import grid
from workshop.views.picture import Picture

WIDTH = 118
COLUMNS = ("start", "failed", "median", "p99", "memory", "lost", "back", "stop")
KEY = """\
start        seconds until the first answer, while it is ill
failed       requests that were not answered as they should be
median, p99  of the answers' times, against those of a copy that is well
memory       how much more it grew under load than that copy
lost         of all that was meant for the one that is ill
back         whether what is sent after the outage arrives
stop         seconds from SIGTERM to the end, while it is ill again"""


def render(matrix: Matrix) -> str:
    """Return the matrix as a table, and what it comes to.

    Args:
        matrix: what was measured.
    """
    outcomes = ([matrix.well] if matrix.well else []) + matrix.cells
    if not outcomes:
        return "Stopped before any cell was run to its end."
    table = Table(box=None, pad_edge=False, header_style="", width=None)
    table.add_column("")
    table.add_column("")
    for heading in COLUMNS:
        table.add_column(heading, justify="right")
    table.add_column("what is wrong", style="")
    last = ""
    for outcome in outcomes:
        if outcome.mode != last and last:
            table.add_row()
        last = outcome.mode
        table.add_row(*_row(outcome, matrix))
    return "\n".join((_as_text(table), "", KEY, "", *_sum_up(matrix)))


def tell(outcome: Outcome, matrix: Matrix) -> str:
    """Return what came of one cell as facts, without a number.

    Args:
        outcome: the cell.
        matrix: of which it is one.
    """
    limits = matrix.limits(outcome)
    facts = {"the app starts as usual": judging.starts(outcome, limits)}
    if outcome.started is not None:
        who = outcome.name.rpartition(" ")[0]
        facts |= {
            "every request is answered": not outcome.failed,
            "none of them waits for it": not judging.waits(outcome),
            f"once {who} is back, it is sent to again": outcome.back is not False,
            f"after SIGTERM it ends within {judging.STOP_SECONDS:g} s": judging.ends(
                outcome, limits
            ),
        }
    lines = [f"  {'✓' if holds else '✗'} {fact}" for fact, holds in facts.items()]
    return "\n".join([outcome.name, *lines])


def draw(matrix: Matrix, title: str = "") -> Picture:
    """Draw the matrix: a vendor a row, a way of being ill a column.

    Args:
        matrix: what was measured.
        title: what to see in it; without one, how many cells are well.
    """
    cells = {
        (TITLES[each.vendors[0]], each.mode): matrix.troubles(each)
        for each in matrix.cells
        if len(each.vendors) == 1
    }
    well = sum(not found for found in cells.values())
    return grid.show(
        cells,
        rows=[TITLES[each] for each in VENDORS if any(each in one.vendors for one in matrix.cells)],
        columns=[each for each in MODES if any(each == one.mode for one in matrix.cells)],
        title=title or f"In {well} of {len(cells)} outages nobody notices",
        facts="start while it is ill · answers under load · back when it is well · end by SIGTERM",
    )


def as_json(matrix: Matrix) -> str:
    """Return the matrix for a machine.

    Args:
        matrix: what was measured.
    """
    every = ([matrix.well] if matrix.well else []) + matrix.cells
    said = {"complete": matrix.complete, "cells": [_as_dict(each, matrix) for each in every]}
    return json.dumps(said, indent=2, ensure_ascii=False)


def _as_dict(outcome: Outcome, matrix: Matrix) -> dict[str, Any]:
    return {
        "vendors": list(outcome.vendors),
        "mode": outcome.mode,
        "started_s": outcome.started,
        "waited_for": outcome.waited_for or None,
        "requests": outcome.requests,
        "failed": outcome.failed,
        "median_ratio": outcome.ratio(0.5),
        "p99_ratio": outcome.ratio(0.99),
        "memory_bytes": outcome.memory,
        "threads": outcome.threads,
        "sent": outcome.sent,
        "arrived": outcome.arrived,
        "back": outcome.back,
        "stopped_s": outcome.stopped,
        "times_run": outcome.times_run,
        "troubles": matrix.troubles(outcome),
    }


def _row(outcome: Outcome, matrix: Matrix) -> list[str | Text]:
    troubles = matrix.troubles(outcome)
    who = TITLES[outcome.vendors[0]] if len(outcome.vendors) == 1 else outcome.name
    mark = "✗" if troubles else "✓"
    if outcome.started is None:
        blank = ["never", *[""] * (len(COLUMNS) - 1)]
        return [f"{mark} {who}", outcome.mode, *blank, "; ".join(troubles)]
    lost = sum(outcome.lost(vendor) for vendor in outcome.vendors) / max(1, len(outcome.vendors))
    return [
        f"{mark} {who}",
        outcome.mode,
        f"{outcome.started:.1f}",
        str(len(outcome.failed)),
        f"× {outcome.ratio(0.5):.2f}",
        f"× {outcome.ratio(0.99):.2f}",
        f"{outcome.memory / 1e6:+.0f} MB",
        f"{lost:.0%}" if outcome.vendors else "some" if _lost_any(outcome) else "0%",
        {True: "yes", False: "no", None: ""}[outcome.back],
        "killed" if outcome.stopped is None else f"{outcome.stopped:.1f}",
        "; ".join(troubles),
    ]


def _is_quick(outcome: Outcome) -> bool:
    return outcome.ratio_at_least(0.99) <= SLOWER


def _lost_any(outcome: Outcome) -> bool:
    return any(outcome.lost(vendor) > 0 for vendor in outcome.sent)


def _sum_up(matrix: Matrix) -> list[str]:
    lines = []
    if not matrix.complete:
        lines.append("Stopped before all cells were run; these are the ones that were.")
    shaky = [each for each in matrix.cells if each.ratio(0.99) > SLOWER and _is_quick(each)]
    if shaky:
        lines.append(
            f"A p99 above × {SLOWER} that chance explains is no trouble; more --requests or "
            "--repeat make it certain."
        )
    troubled = len(matrix.troubled)
    if troubled:
        lines.append(f"In {troubled} of {len(matrix.cells) + 1} something is wrong, marked ✗.")
    elif matrix.cells:
        lines.append(f"In all {len(matrix.cells) + 1} the app goes on as if nothing had happened.")
    return lines


def _as_text(table: Table) -> str:
    sink = StringIO()
    Console(file=sink, width=WIDTH, no_color=True, force_jupyter=False).print(table)
    return "\n".join(line.rstrip() for line in sink.getvalue().rstrip().splitlines())
