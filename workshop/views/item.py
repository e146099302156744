"""A Rollbar item on a page: what happened, how often, and the stack with the app's own calls."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from workshop.errors import WorkshopError
from workshop.sandbox.rollbar.stack import OWN_FOLDER, sort_stack
from workshop.views import colours, lettering, sheet, words
from workshop.views.colours import Look
from workshop.views.heading import Heading
from workshop.views.item_lines import (
    BAD_LEVELS,
    INDENT,
    Line,
    describe_kind,
    find_values,
    list_facts,
    list_stack,
    list_values,
)
from workshop.views.layout import MARGIN, WIDTH
from workshop.views.lettering import NORMAL, SMALL
from workshop.views.picture import Picture
from workshop.views.sheet import Sheet

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from workshop.sandbox.rollbar.items import Item, Occurrence

LINE = 0.22
GAP = 0.16
LABEL = 1.0
CHART = 0.55
BARS = 60
WIDEST_BAR = 0.3
STEPS = ((1, "second"), (60, "minute"), (3600, "hour"), (86_400, "day"))
BAD_LOOK = Look("#f2b8b5", colours.ERROR, "")
PLAIN_LOOK = Look("#dde3e9", "#59636e", "")


def draw(
    item: Item, occurrences: Sequence[Occurrence], title: str | None = None, own: str = OWN_FOLDER
) -> Figure:
    """Draw an item on a white figure of 9.5 inches width; its height follows from what it holds.

    It shows what the latest occurrence says: the app's own calls, the most recent first, then in
    one line the calls in libraries, then the variables of the call that raised.

    Args:
        item: as `read_items` returns it.
        occurrences: its own, as `read_occurrences` returns them.
        title: what to see in it; the item's own title if there is none.
        own: the name of the folder that holds the app.

    Raises:
        WorkshopError: there are no occurrences.
    """
    latest = _find_latest(occurrences)
    stack = sort_stack(latest.frames, own)
    heading = Heading(title or item.title, describe_kind(item, bool(title)), WIDTH)
    facts = list_facts(item, latest)
    parts = [list_stack(latest, stack, own), list_values(latest, stack)]
    top = heading.bottom + GAP
    chart = top + LINE * len(facts) + GAP
    bottom = chart + CHART + LINE + GAP + sum(LINE * len(part) + GAP for part in parts)
    page = Sheet(WIDTH, bottom)
    heading.write(page)
    for index, (label, value) in enumerate(facts):
        y = top + LINE * (index + 0.5)
        page.text(MARGIN, y, label, "label", colours.MUTED, SMALL)
        bad = label == "level" and item.level in BAD_LEVELS
        colour = colours.ERROR if bad else colours.INK
        fitted = lettering.fit(value, WIDTH - 2 * MARGIN - LABEL)
        page.text(MARGIN + LABEL, y, fitted, "fact", colour, bold=bad)
    _draw_counts(page, chart, item, occurrences)
    y = chart + CHART + LINE + GAP
    for part in parts:
        for line in part:
            _write(page, y, line)
            y += LINE
        y += GAP
    return page.figure


def to_png(
    item: Item, occurrences: Sequence[Occurrence], title: str | None = None, own: str = OWN_FOLDER
) -> bytes:
    """Return the drawing as PNG, 1900 pixels wide; equal items give equal bytes.

    The arguments and what it raises are those of `draw`.
    """
    return sheet.png(draw(item, occurrences, title, own))


def show(
    item: Item, occurrences: Sequence[Occurrence], title: str | None = None, own: str = OWN_FOLDER
) -> Picture:
    """Return the drawing as a notebook shows it, with the item in words beside it.

    The arguments and what it raises are those of `draw`.
    """
    return Picture(to_png(item, occurrences, title, own), describe(item, occurrences, own))


def describe(item: Item, occurrences: Sequence[Occurrence], own: str = OWN_FOLDER) -> str:
    """Return an item in words, without ids, times and values: a summary, then the stack.

    The arguments and what it raises are those of `draw`.
    """
    latest = _find_latest(occurrences)
    stack = sort_stack(latest.frames, own)
    lines = [f"Item {words.clean(item.title)}: {describe_kind(item, False)}", ""]
    lines += [
        " " * round(line.indent / INDENT * 2) + line.text for line in list_stack(latest, stack, own)
    ]
    if names := list(find_values(latest, stack)[1]):
        lines += ["", f"Variables: {', '.join(map(words.clean, names))}"]
    return "\n".join(lines)


def _find_latest(occurrences: Sequence[Occurrence]) -> Occurrence:
    if not occurrences:
        raise WorkshopError(
            "There is nothing to draw: this item has no occurrences.",
            "Make the app fail once more, then read its items and occurrences again.",
        )
    return max(occurrences, key=lambda each: (each.timestamp, each.id))


def _draw_counts(page: Sheet, top: float, item: Item, occurrences: Sequence[Occurrence]) -> None:
    """Draw how often it happened, as bars of equal lengths of time from the first to the last."""
    times = [each.timestamp for each in occurrences]
    start = min(times)
    length, told = _choose_step(max(times) - start + 1)
    counts = Counter((time - start) // length for time in times)
    number, most = max(counts) + 1, max(counts.values())
    page.text(MARGIN, top + CHART / 2, "how often", "label", colours.MUTED, SMALL)
    left, floor = MARGIN + LABEL, top + CHART
    width = min((WIDTH - MARGIN - left) / number, WIDEST_BAR)
    look = BAD_LOOK if item.level in BAD_LEVELS else PLAIN_LOOK
    for bucket, count in sorted(counts.items()):
        height = (CHART - 0.05) * count / most
        x = left + width * (bucket + 0.1)
        page.bar(x, floor - height / 2, 0.8 * width, height, "count", look)
    page.line([(left, floor), (left + width * number, floor)], "floor", colours.FAINT)
    scale = f"from the first to the last, {told} a bar; the highest is {most:,}"
    page.text(left, floor + LINE / 2, scale, "scale", colours.MUTED, SMALL)


def _choose_step(seconds: int) -> tuple[int, str]:
    """Return how long a bar lasts, in seconds and in words, so that there are not too many."""
    for length, noun in STEPS:
        for times in (1, 2, 5, 10, 30):
            if math.ceil(seconds / (length * times)) <= BARS:
                return length * times, words.count(times, noun)
    length = 86_400 * math.ceil(seconds / BARS / 86_400)
    return length, words.count(length // 86_400, "day")


def _write(page: Sheet, top: float, line: Line) -> None:
    size = SMALL if line.kind in ("section", "folded", "cause") else NORMAL
    x = MARGIN + line.indent
    if line.ground:
        page.area(x - 0.06, top, WIDTH - MARGIN - x + 0.06, LINE, "ground", colours.BAND)
    fitted = lettering.fit(line.text, WIDTH - MARGIN - x, size, line.bold)
    page.text(x, top + LINE / 2, fitted, line.kind, line.colour, size, line.bold)
