"""What the looks in a drawing mean, in lines below it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from workshop.views import lettering
from workshop.views.colours import Look
from workshop.views.layout import BAR, BEFORE_NOTE, GAP, MARGIN, ROW, WIDEST_NOTE
from workshop.views.lettering import SMALL

if TYPE_CHECKING:
    from workshop.views.sheet import Sheet

ABOVE = 0.1
SWATCH = 0.32


@dataclass(frozen=True)
class Entry:
    """One look and what it means.

    Args:
        label: what it means.
        look: the look.
        error: whether it has the thick red edge of an error.
    """

    label: str
    look: Look
    error: bool = False

    @property
    def width(self) -> float:
        """How much of a line it takes, in inches."""
        label = min(lettering.measure(self.label, SMALL), WIDEST_NOTE)
        return SWATCH + BEFORE_NOTE + label + 2 * GAP


class Legend:
    """Entries in as many lines as they take.

    Args:
        entries: in their order.
        width: of the sheet, in inches.
    """

    def __init__(self, entries: list[Entry], width: float) -> None:
        self._lines: list[list[Entry]] = [[]]
        left = width - 2 * MARGIN
        for entry in entries:
            if self._lines[-1] and entry.width > left:
                self._lines.append([])
                left = width - 2 * MARGIN
            self._lines[-1].append(entry)
            left -= entry.width
        self.height = ABOVE + ROW * len(self._lines) + MARGIN
        """From the end of the drawing to that of the sheet, in inches."""

    def draw(self, page: Sheet, top: float) -> None:
        """Draw it on a sheet.

        Args:
            page: the sheet.
            top: where the drawing above it ends, in inches from the top.
        """
        for index, line in enumerate(self._lines):
            x, y = MARGIN, top + ABOVE + ROW * (index + 0.5)
            for entry in line:
                page.bar(x, y, SWATCH, BAR * 0.85, "legend-bar", entry.look, entry.error)
                name = lettering.fit(entry.label, WIDEST_NOTE, SMALL)
                page.text(x + SWATCH + BEFORE_NOTE, y, name, "legend", size=SMALL)
                x += entry.width
