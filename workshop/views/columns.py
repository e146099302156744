"""One value for each part of the time, as columns from left to right."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from workshop.views import colours, lettering
from workshop.views.heading import Heading
from workshop.views.layout import GAP, MARGIN, WIDTH
from workshop.views.lettering import SMALL
from workshop.views.sheet import Sheet

if TYPE_CHECKING:
    from matplotlib.figure import Figure

HEIGHT = 2.2
ABOVE = 0.2
AXIS = 0.3
WIDEST = 0.6
MOST = 200
"""No picture has more columns than this."""
DAY_MS = 86_400_000


def draw(values: Mapping[int, float], length_ms: int, title: str) -> Figure:
    """Draw values over time on a white figure of 9.5 inches width; times are UTC.

    A part of the time without a value keeps its place; a value below zero has no column.

    Args:
        values: the start of a part, in milliseconds since 1970 → its value; one or more.
        length_ms: of each part.
        title: what to see in it.
    """
    start_ms = min(values)
    number = (max(values) - start_ms) // length_ms + 1
    heading = Heading(title, "", WIDTH)
    top = heading.bottom + ABOVE
    base = top + HEIGHT
    page = Sheet(WIDTH, base + AXIS + MARGIN)
    heading.write(page)
    most = max(*values.values(), 0) or 1.0
    left = _draw_scale(page, most, top, base)
    width = min((WIDTH - MARGIN - left) / number, WIDEST)
    look = colours.looks(["backend"])["backend"]
    for moment, value in values.items():
        if value > 0:
            height = HEIGHT * (value / most)
            x = left + width * ((moment - start_ms) // length_ms)
            page.bar(x + width * 0.1, base - height / 2, width * 0.8, height, "bar", look)
    _draw_times(page, left, width, base, start_ms, length_ms, number)
    return page.figure


def _draw_scale(page: Sheet, most: float, top: float, base: float) -> float:
    """Draw the lines of the scale with their numbers, and return where the columns start."""
    from matplotlib.ticker import MaxNLocator

    ticks = MaxNLocator(nbins=4, steps=[1, 2, 2.5, 5, 10]).tick_values(0, most)
    labels = {float(tick): f"{tick:,.10g}" for tick in ticks if 0 <= tick <= most}
    left = MARGIN + max(lettering.measure(label, SMALL) for label in labels.values()) + GAP / 2
    for tick, label in labels.items():
        y = base - (base - top) * (tick / most)
        page.line([(left, y), (WIDTH - MARGIN, y)], "grid", colours.GRID)
        page.text(MARGIN, y, label, "tick", colours.MUTED, SMALL)
    return left


def _draw_times(
    page: Sheet, left: float, width: float, base: float, start_ms: int, length_ms: int, number: int
) -> None:
    """Write below some parts, as many as there is room for, when they start."""
    form = _choose_form(length_ms, length_ms * number)
    starts = [
        f"{datetime.fromtimestamp((start_ms + index * length_ms) / 1000, UTC):{form}}"
        for index in range(number)
    ]
    room = max(lettering.measure(start, SMALL) for start in starts) + GAP
    for index in range(0, number, math.ceil(room / width)):
        text, x = starts[index], left + width * index
        if x + lettering.measure(text, SMALL) <= WIDTH - MARGIN:
            page.text(x, base + AXIS / 2, text, "time", colours.MUTED, SMALL)


def _choose_form(length_ms: int, span_ms: int) -> str:
    """Return how to write a moment: no more of it than tells one part from another."""
    clock = "%H:%M" if length_ms % 60_000 == 0 else "%H:%M:%S"
    if length_ms % DAY_MS == 0:
        return "%d %b"
    return f"%d %b {clock}" if span_ms > DAY_MS else clock
