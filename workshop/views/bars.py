"""A few measured values as bars, in the look of the other pictures."""

from collections.abc import Mapping

from workshop.views import colours, lettering, sheet
from workshop.views.picture import Picture
from workshop.views.sheet import Sheet

WIDTH = 9.5
MARGIN = 0.2
ROW = 0.36
BAR = 0.2
LABEL = 3.0
VALUE = 1.0


def show(values: Mapping[str, float], title: str, unit: str) -> Picture:
    """Draw one bar for each value, the same scale for all.

    Args:
        values: label → value, drawn in this order; none below zero.
        title: what to see in it.
        unit: what the values are, such as `ms`.
    """
    page = Sheet(WIDTH, 2 * MARGIN + 0.35 + ROW * len(values))
    page.text(MARGIN, MARGIN + 0.12, title, "title", size=lettering.LARGE, bold=True)
    longest = max(values.values(), default=0) or 1
    room = WIDTH - 2 * MARGIN - LABEL - VALUE
    look = colours.looks(["backend"])["backend"]
    for index, (label, value) in enumerate(values.items()):
        y = MARGIN + 0.35 + ROW * (index + 0.5)
        page.text(MARGIN, y, lettering.fit(label, LABEL - 0.2), "label")
        page.bar(MARGIN + LABEL, y, room * value / longest, BAR, "bar", look)
        end = MARGIN + LABEL + room * value / longest + 0.1
        page.text(end, y, f"{value:.0f} {unit}", "value", colours.MUTED)
    return Picture(sheet.png(page.figure), f"Bars: {title}\n" + "\n".join(values))
