"""How long requests took when, as squares whose colour says how many requests they stand for.

An average would hide what this shows: two bands are two kinds of requests, and what stands high
above its band is slow.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from workshop.errors import WorkshopError
from workshop.views import colours, lettering, sheet, time_axis, words
from workshop.views.colours import Look
from workshop.views.heading import Heading
from workshop.views.layout import GAP, MARGIN, WIDTH
from workshop.views.legend import Entry, Legend
from workshop.views.lettering import SMALL
from workshop.views.picture import Picture
from workshop.views.sheet import Sheet

if TYPE_CHECKING:
    from matplotlib.figure import Figure

HEIGHT = 2.0
ABOVE = 0.12
ROWS = 16
"""So many lengths of time are told apart."""
WIDEST = 0.3
BETWEEN = 0.02
"""Squares do not touch, so that the edge of one is not hidden by the next."""
SHORTEST_MS = 0.01
"""What takes less is drawn as if it took this long: a logarithm has no zero."""
LONGEST_MS = 1e12
STEPS = (1, 2, 5)
TICK_ROOM = 0.18
"""Between two lengths of time that are written at the side, in inches."""


@dataclass(frozen=True)
class Dot:
    """One request.

    Args:
        start_ns: when it began, in nanoseconds since 1970.
        duration_ms: how long it took, in milliseconds.
        failed: whether it failed.
    """

    start_ns: int
    duration_ms: float
    failed: bool = False


@dataclass(frozen=True)
class Cell:
    """One square.

    Args:
        column: its part of the time, from the left.
        row: its part of the lengths of time, from the shortest.
        dots: the places of its requests among all, one or more.
        failed: how many of them failed.
    """

    column: int
    row: int
    dots: tuple[int, ...]
    failed: int


@dataclass(frozen=True)
class Grid:
    """What the squares stand for.

    Args:
        length_ms: of a column, in milliseconds.
        columns: how many there are.
        low_ms: where the rows start.
        high_ms: where they end.
        cells: those with a request, by column and then by row.
    """

    length_ms: int
    columns: int
    low_ms: float
    high_ms: float
    cells: tuple[Cell, ...]

    @property
    def most(self) -> int:
        """The most requests of a square."""
        return max(len(cell.dots) for cell in self.cells)

    def place(self, duration_ms: float) -> float:
        """Return how high a length of time stands, from 0 to 1."""
        return math.log(duration_ms / self.low_ms) / math.log(self.high_ms / self.low_ms)

    def bounds(self, cell: Cell) -> tuple[float, float]:
        """Return the shortest and the longest time that a square stands for, in milliseconds."""
        ratio = (self.high_ms / self.low_ms) ** (1 / ROWS)
        return self.low_ms * ratio**cell.row, self.low_ms * ratio ** (cell.row + 1)


def arrange(dots: Sequence[Dot]) -> Grid:
    """Return the squares of some requests.

    Raises:
        WorkshopError: there are none.
    """
    if not dots:
        raise WorkshopError("There is nothing to draw: no requests.", "Send the app some first.")
    start_ms = min(dot.start_ns for dot in dots) // 10**6
    end_ms = max(dot.start_ns for dot in dots) // 10**6
    length_ms = time_axis.choose_length(end_ms - start_ms)
    durations = [_limit(dot.duration_ms) for dot in dots]
    steps = _find_steps(min(durations), max(durations))
    low_ms, high_ms = steps[0], steps[-1]
    found: dict[tuple[int, int], list[int]] = {}
    for index, (dot, duration_ms) in enumerate(zip(dots, durations, strict=True)):
        height = math.log(duration_ms / low_ms) / math.log(high_ms / low_ms)
        place = (dot.start_ns // 10**6 - start_ms) // length_ms, min(int(ROWS * height), ROWS - 1)
        found.setdefault(place, []).append(index)
    cells = tuple(
        Cell(*place, tuple(indexes), sum(dots[index].failed for index in indexes))
        for place, indexes in sorted(found.items())
    )
    columns = (end_ms - start_ms) // length_ms + 1
    return Grid(length_ms, columns, low_ms, high_ms, cells)


def draw(dots: Sequence[Dot], title: str | None = None) -> Figure:
    """Draw requests on a white figure of 9.5 inches width.

    Args:
        dots: one or more, in any order.
        title: what to see in it; the facts about the requests if there is none.

    Raises:
        WorkshopError: there are none.
    """
    grid = arrange(dots)
    facts = f"{describe(dots)}; one column is {time_axis.say(grid.length_ms)}"
    heading = Heading(title or facts, facts if title else "", WIDTH)
    shades = _shade(grid.most)
    entries = [Entry(label, look) for _, label, look in shades]
    if any(cell.failed for cell in grid.cells):
        mark = Look("white", colours.ERROR, "")
        entries.append(Entry(f"{colours.ERROR_MARK} one or more failed", mark, error=True))
    legend = Legend(entries, WIDTH)
    top = heading.bottom + ABOVE
    base = top + HEIGHT
    page = Sheet(WIDTH, base + time_axis.HEIGHT + legend.height)
    heading.write(page)
    left = _draw_scale(page, grid, base)
    width = min((WIDTH - MARGIN - left) / grid.columns, WIDEST)
    height = HEIGHT / ROWS
    for cell in grid.cells:
        look = next(look for most, _, look in shades if len(cell.dots) <= most)
        page.bar(
            left + width * cell.column + BETWEEN / 2,
            base - height * (cell.row + 0.5),
            width - BETWEEN,
            height - BETWEEN,
            "cell",
            look,
            error=bool(cell.failed),
        )
    time_axis.draw(page, left, width, base, grid.length_ms, grid.columns)
    legend.draw(page, base + time_axis.HEIGHT)
    return page.figure


def show(dots: Sequence[Dot], title: str) -> Picture:
    """Return the drawing as a notebook shows it, with the requests in words beside it.

    Args:
        dots: one or more, in any order.
        title: what to see in it.

    Raises:
        WorkshopError: there are none.
    """
    said = f"Heatmap: {words.clean(title)}\n{words.count(len(dots), 'request')}"
    return Picture(sheet.png(draw(dots, title)), said)


def describe(dots: Sequence[Dot]) -> str:
    """Return requests in one line, such as '12 requests, 5.5 ms to 780 ms, 2 failed'."""
    durations = [dot.duration_ms for dot in dots]
    shortest, longest = words.milliseconds(min(durations)), words.milliseconds(max(durations))
    failed = sum(dot.failed for dot in dots)
    parts = [
        words.count(len(dots), "request"),
        shortest if shortest == longest else f"{shortest} to {longest}",
        *([f"{failed:,} failed"] if failed else []),
    ]
    return ", ".join(parts)


def _limit(duration_ms: float) -> float:
    return min(max(duration_ms, SHORTEST_MS), LONGEST_MS)


def _find_steps(low_ms: float, high_ms: float) -> list[float]:
    """Return the lengths of time 1, 2, 5, 10 … from the last below some to the first above."""
    first, last = math.floor(math.log10(low_ms)), math.ceil(math.log10(high_ms)) + 1
    known = [step * 10.0**power for power in range(first, last + 1) for step in STEPS]
    start = max(index for index, step in enumerate(known) if step <= low_ms)
    end = next(index for index, step in enumerate(known) if step > high_ms)
    return known[start : end + 1]


def _shade(most: int) -> list[tuple[int, str, Look]]:
    """Return up to which number of requests a square has which shade, and the words for it."""
    parts = min(most, len(colours.SHADES))
    ends = [math.ceil(most * part / parts) for part in range(1, parts + 1)]
    shades = colours.SHADES[-parts:]
    found = []
    first = 1
    for end, shade in zip(ends, shades, strict=True):
        numbers = f"{end:,}" if first == end else f"{first:,} to {end:,}"
        noun = "request" if end == 1 else "requests"
        found.append((end, f"{numbers} {noun}", Look(shade, shade, "")))
        first = end + 1
    return found


def _draw_scale(page: Sheet, grid: Grid, base: float) -> float:
    """Draw the lines of the scale with their lengths of time; return where the columns start."""
    steps = _find_steps(grid.low_ms, grid.high_ms * 0.999)
    labels = {step: words.milliseconds(step) for step in steps}
    left = MARGIN + max(lettering.measure(label, SMALL) for label in labels.values()) + GAP / 2
    free = math.inf
    for step, label in labels.items():
        y = base - HEIGHT * grid.place(step)
        page.line([(left, y), (WIDTH - MARGIN, y)], "grid", colours.GRID)
        if free - y >= TICK_ROOM:
            page.text(MARGIN, y, label, "tick", colours.MUTED, SMALL)
            free = y
    return left
