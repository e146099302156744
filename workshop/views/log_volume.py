"""How many log lines were written when, as a column of levels for each part of the time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from workshop.errors import WorkshopError
from workshop.views import colours, lettering, log_lines, sheet, time_axis, words
from workshop.views.heading import Heading
from workshop.views.layout import GAP, MARGIN, WIDTH
from workshop.views.legend import Entry, Legend
from workshop.views.lettering import SMALL
from workshop.views.log_lines import LOOKS, LogLine
from workshop.views.picture import Picture
from workshop.views.sheet import Sheet

if TYPE_CHECKING:
    from matplotlib.figure import Figure

HEIGHT = 2.2
ABOVE = 0.2
WIDEST = 0.6


def draw(
    events: Iterable[Mapping[str, Any]], title: str | None = None, bin_ms: int | None = None
) -> Figure:
    """Draw the number of lines over time on a white figure of 9.5 inches width.

    Times count from the first line. A column has a part for each level, the worst one on top.

    Args:
        events: `events` of boto3's `filter_log_events` or `get_log_events`.
        title: what to see in it; the facts about the lines if there is none.
        bin_ms: what a column stands for, in milliseconds; None for a length that suits.

    Raises:
        WorkshopError: there are no lines, or too many columns.
    """
    lines = log_lines.read_lines(events)
    length_ms, columns = _count(lines, bin_ms)
    facts = f"{log_lines.describe(lines)}; one column is {time_axis.say(length_ms)}"
    heading = Heading(title or facts, facts if title else "", WIDTH)
    levels = log_lines.count_levels(lines)
    entries = [
        Entry(f"{log_lines.mark(level)}: {count:,}", LOOKS[level])
        for level, count in levels.items()
    ]
    legend = Legend(entries, WIDTH)
    top = heading.bottom + ABOVE
    base = top + HEIGHT
    page = Sheet(WIDTH, base + time_axis.HEIGHT + legend.height)
    heading.write(page)
    most = max(sum(column.values()) for column in columns)
    left = _draw_scale(page, most, top, base)
    width = min((WIDTH - MARGIN - left) / len(columns), WIDEST)
    for index, column in enumerate(columns):
        y = base
        for level in levels:
            height = HEIGHT * column[level] / most
            if height:
                thick = width * (0.8 if width > 0.08 else 1)
                x = left + width * index + (width - thick) / 2
                page.bar(x, y - height / 2, thick, height, "bar", LOOKS[level])
            y -= height
    time_axis.draw(page, left, width, base, length_ms, len(columns))
    legend.draw(page, base + time_axis.HEIGHT)
    return page.figure


def to_png(
    events: Iterable[Mapping[str, Any]], title: str | None = None, bin_ms: int | None = None
) -> bytes:
    """Return the drawing as PNG, 1900 pixels wide; equal lines give equal bytes.

    Args:
        events: `events` of boto3's `filter_log_events` or `get_log_events`.
        title: what to see in it; the facts about the lines if there is none.
        bin_ms: what a column stands for, in milliseconds; None for a length that suits.

    Raises:
        WorkshopError: there are no lines, or too many columns.
    """
    return sheet.png(draw(events, title, bin_ms))


def show(
    events: Iterable[Mapping[str, Any]], title: str | None = None, bin_ms: int | None = None
) -> Picture:
    """Return the drawing as a notebook shows it, with the numbers of lines in words beside it.

    Args:
        events: `events` of boto3's `filter_log_events` or `get_log_events`.
        title: what to see in it; the facts about the lines if there is none.
        bin_ms: what a column stands for, in milliseconds; None for a length that suits.

    Raises:
        WorkshopError: there are no lines, or too many columns.
    """
    kept = list(events)
    lines = log_lines.read_lines(kept)
    said = f"Log volume: {words.clean(title)}\n" if title else "Log volume\n"
    return Picture(to_png(kept, title, bin_ms), said + log_lines.describe(lines))


def _count(lines: list[LogLine], bin_ms: int | None) -> tuple[int, list[Counter[str]]]:
    """Return what a column stands for, and the numbers of lines by level of each column."""
    start_ms, span_ms = lines[0].time_ms, lines[-1].time_ms - lines[0].time_ms
    if bin_ms is not None and bin_ms < 1:
        raise WorkshopError("A column cannot stand for less than 1 ms.", "Give a larger bin_ms.")
    length_ms = bin_ms or time_axis.choose_length(span_ms)
    number = span_ms // length_ms + 1
    if number > time_axis.MOST:
        many = f"{number:,} columns of {time_axis.say(length_ms)}"
        raise WorkshopError(
            f"There would be {many}; {time_axis.MOST} can be told apart.",
            f"Give a bin_ms of at least {span_ms // time_axis.MOST + 1}, or none.",
        )
    columns: list[Counter[str]] = [Counter() for _ in range(number)]
    for line in lines:
        columns[(line.time_ms - start_ms) // length_ms][line.level] += 1
    return length_ms, columns


def _draw_scale(page: Sheet, most: int, top: float, base: float) -> float:
    """Draw the lines of the scale with their numbers, and return where the columns start."""
    from matplotlib.ticker import MaxNLocator

    ticks = MaxNLocator(nbins=4, integer=True, steps=[1, 2, 5, 10]).tick_values(0, most)
    places = [int(tick) for tick in ticks if 0 <= tick <= most]
    left = MARGIN + max(lettering.measure(f"{place:,}", SMALL) for place in places) + GAP / 2
    for place in places:
        y = base - (base - top) * place / most
        page.line([(left, y), (WIDTH - MARGIN, y)], "grid", colours.GRID)
        page.text(MARGIN, y, f"{place:,}", "tick", colours.MUTED, SMALL)
    return left
