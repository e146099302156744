"""A few measured values as bars, in the look of the other pictures."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from workshop.views import colours, lettering, sheet
from workshop.views.picture import Picture
from workshop.views.sheet import Sheet

if TYPE_CHECKING:
    from matplotlib.figure import Figure

WIDTH = 9.5
MARGIN = 0.2
ROW = 0.36
BAR = 0.2
LABEL = 3.0
VALUE = 1.0


def draw(values: Mapping[str, float], title: str, say: Callable[[float], str]) -> Figure:
    """Draw one bar for each value, the same scale for all.

    Args:
        values: label → value, drawn in this order; one below zero has no bar.
        title: what to see in it.
        say: returns a value in words.
    """
    page = Sheet(WIDTH, 2 * MARGIN + 0.35 + ROW * len(values))
    page.text(MARGIN, MARGIN + 0.12, title, "title", size=lettering.LARGE, bold=True)
    longest = max(values.values(), default=0) or 1
    room = WIDTH - 2 * MARGIN - LABEL - VALUE
    look = colours.looks(["backend"])["backend"]
    for index, (label, value) in enumerate(values.items()):
        y = MARGIN + 0.35 + ROW * (index + 0.5)
        length = room * (max(value, 0) / longest) if longest > 0 else 0.0
        page.text(MARGIN, y, lettering.fit(label, LABEL - 0.2), "label")
        page.bar(MARGIN + LABEL, y, length, BAR, "bar", look)
        page.text(MARGIN + LABEL + length + 0.1, y, say(value), "value", colours.MUTED)
    return page.figure


def show(values: Mapping[str, float], title: str, unit: str, digits: int = 0) -> Picture:
    """Return the drawing as a notebook shows it.

    Args:
        values: label → value, drawn in this order; none below zero.
        title: what to see in it.
        unit: what the values are, such as `ms`.
        digits: how many are shown after the point.
    """
    figure = draw(values, title, lambda value: f"{value:.{digits}f} {unit}")
    return Picture(sheet.png(figure), f"Bars: {title}\n" + "\n".join(values))
