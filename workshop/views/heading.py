"""The title above a drawing, and the facts below it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workshop.views import colours, lettering, words
from workshop.views.layout import MARGIN
from workshop.views.lettering import LARGE

if TYPE_CHECKING:
    from workshop.views.sheet import Sheet

TITLE_LINE = 0.25
FACTS_LINE = 0.23


class Heading:
    """What stands above a drawing.

    Args:
        title: what to see in it; broken into lines where it is long.
        facts: one line about what is drawn, cut where it is long; empty for none.
        width: of the sheet, in inches.
    """

    def __init__(self, title: str, facts: str, width: float) -> None:
        room = width - 2 * MARGIN
        self._title = lettering.wrap(words.clean(title), room, LARGE, bold=True)
        self._facts = lettering.fit(facts, room) if facts else ""
        self.bottom = MARGIN + TITLE_LINE * len(self._title) + (FACTS_LINE if facts else 0)
        """Where the drawing may start, in inches from the top."""

    def write(self, page: Sheet) -> None:
        """Write it at the top of a sheet."""
        y = MARGIN + TITLE_LINE / 2
        for line in self._title:
            page.text(MARGIN, y, line, "title", size=LARGE, bold=True)
            y += TITLE_LINE
        if self._facts:
            page.text(MARGIN, y, self._facts, "facts", colours.MUTED)
