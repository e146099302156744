"""Time in equal parts, from left to right: how long a part is, and what stands below them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from workshop.views import colours, lettering
from workshop.views.layout import GAP, MARGIN, WIDTH
from workshop.views.lettering import SMALL

if TYPE_CHECKING:
    from workshop.views.sheet import Sheet

HEIGHT = 0.3
"""Of what stands below the parts, in inches."""
MOST = 60
"""No picture has more parts than this."""
BINS_MS = (
    *(1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 15_000, 30_000),
    *(60_000, 120_000, 300_000, 600_000, 1_800_000, 3_600_000, 10_800_000, 86_400_000),
)
"""The lengths of time that a part may have, if nobody asks for one."""
UNITS = ((3_600_000, "h"), (60_000, "min"), (1000, "s"), (1, "ms"))


def choose_length(span_ms: int) -> int:
    """Return the length of a part that suits, in milliseconds.

    Args:
        span_ms: from the first moment to the last.
    """
    suits = (each for each in BINS_MS if span_ms // each < MOST)
    return next(suits, span_ms // MOST + 1)


def say(length_ms: int) -> str:
    """Return a length of time in its largest whole unit, such as '5 s'."""
    size, unit = next(each for each in UNITS if length_ms % each[0] == 0)
    return f"{length_ms // size:,} {unit}"


def draw(page: Sheet, left: float, width: float, base: float, length_ms: int, number: int) -> None:
    """Write below some parts, as many as there is room for, when they start.

    Times count from the first part.

    Args:
        page: the sheet.
        left: where the first part starts, in inches from the left.
        width: of a part, in inches.
        base: where the parts end, in inches from the top.
        length_ms: what a part stands for, in milliseconds.
        number: of parts.
    """
    y = base + HEIGHT / 2
    size, unit = _choose_unit(length_ms * number)
    starts = [f"{index * length_ms / size:g} {unit}" for index in range(number)]
    room = max(lettering.measure(start, SMALL) for start in starts) + GAP
    for index in range(0, number, math.ceil(room / width)):
        text, x = starts[index], left + width * index
        if x + lettering.measure(text, SMALL) <= WIDTH - MARGIN:
            page.text(x, y, text, "time", colours.MUTED, SMALL)


def _choose_unit(length_ms: int) -> tuple[int, str]:
    """Return the unit to count a length of time in: the largest that it has at least two of."""
    return next((each for each in UNITS if length_ms >= 2 * each[0]), UNITS[-1])
