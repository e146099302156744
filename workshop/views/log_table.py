"""Log lines as a table: when each was written, how bad it is, and which trace it belongs to."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from workshop.views import colours, lettering, log_lines, sheet, words
from workshop.views.heading import Heading
from workshop.views.layout import BAR, BEFORE_NOTE, GAP, MARGIN, ROW, WIDTH
from workshop.views.lettering import SMALL
from workshop.views.log_lines import LogLine
from workshop.views.picture import Picture
from workshop.views.sheet import Sheet

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MOST = 40
"""No table has more lines than this; the last row says how many are left out."""
ID_SHOWN = 8
"""The last digits of a trace's id that are shown: the first ones of X-Ray's tell the time."""
CHIP = 0.1
HEAD = 0.3
WIDEST = {"time": 1.2, "level": 1.2, "service": 1.1, "request": 2.7, "trace": 1.0}
HEADS = {
    "time": "after",
    "level": "level",
    "service": "service",
    "request": "request",
    "message": "message",
    "trace": "trace",
}


def draw(
    events: Iterable[Mapping[str, Any]], title: str | None = None, service: str = ""
) -> Figure:
    """Draw log lines on a white figure of 9.5 inches width, a row each, the earliest first.

    Times count from the first line. A column that no line has anything for is left out.

    Args:
        events: `events` of boto3's `filter_log_events` or `get_log_events`.
        title: what to see in it; the facts about the lines if there is none.
        service: who wrote the lines that do not say it.

    Raises:
        WorkshopError: there are no lines.
    """
    lines = log_lines.read_lines(events, service)
    facts = log_lines.describe(lines)
    heading = Heading(title or facts, facts if title else "", WIDTH)
    shown = lines[:MOST]
    left = len(lines) - len(shown)
    top = heading.bottom + HEAD
    page = Sheet(WIDTH, top + ROW * (len(shown) + bool(left)) + MARGIN)
    heading.write(page)
    columns = _place_columns(shown, lines[0].time_ms)
    for name, (x, _) in columns.items():
        page.text(x, top - 0.13, HEADS[name], "head", colours.MUTED, SMALL)
    looks = colours.looks(line.service for line in lines)
    for index, line in enumerate(shown):
        if index % 2:
            page.area(0, top + ROW * index, WIDTH, ROW, "band", colours.BAND)
        y = top + ROW * (index + 0.5)
        inks = {
            "time": colours.MUTED,
            "level": log_lines.LOOKS[line.level].edge,
            "service": looks[line.service].edge,
            "request": colours.ERROR if line.is_bad else colours.INK,
            "message": colours.ERROR if line.is_bad else colours.INK,
            "trace": colours.MUTED,
        }
        for name, (x, width) in columns.items():
            if name == "level":
                page.bar(x, y, CHIP, BAR, "chip", log_lines.LOOKS[line.level])
                x, width = x + CHIP + BEFORE_NOTE, width - CHIP - BEFORE_NOTE
            text = lettering.fit(_TEXTS[name](line, lines[0].time_ms), width, SMALL)
            page.text(x, y, text, name, inks[name], SMALL, bold=name == "level" and line.is_bad)
    if left:
        y = top + ROW * (len(shown) + 0.5)
        page.text(MARGIN, y, f"… {words.count(left, 'more line')}", "rest", colours.MUTED, SMALL)
    return page.figure


def to_png(
    events: Iterable[Mapping[str, Any]], title: str | None = None, service: str = ""
) -> bytes:
    """Return the drawing as PNG, 1900 pixels wide; equal lines give equal bytes.

    Args:
        events: `events` of boto3's `filter_log_events` or `get_log_events`.
        title: what to see in it; the facts about the lines if there is none.
        service: who wrote the lines that do not say it.

    Raises:
        WorkshopError: there are no lines.
    """
    return sheet.png(draw(events, title, service))


def show(
    events: Iterable[Mapping[str, Any]], title: str | None = None, service: str = ""
) -> Picture:
    """Return the drawing as a notebook shows it, with the lines in words beside it.

    In the words, '…' stands for numbers in messages, because they change from run to run.

    Args:
        events: `events` of boto3's `filter_log_events` or `get_log_events`.
        title: what to see in it; the facts about the lines if there is none.
        service: who wrote the lines that do not say it.

    Raises:
        WorkshopError: there are no lines.
    """
    kept = list(events)
    lines = log_lines.read_lines(kept, service)
    said = [f"Log lines: {words.clean(title) if title else log_lines.describe(lines)}"]
    said += [_describe(line) for line in lines[:MOST]]
    said += [f"… {words.count(len(lines) - MOST, 'more line')}"] if len(lines) > MOST else []
    return Picture(to_png(kept, title, service), "\n".join(said))


def _show_trace(line: LogLine, _: int) -> str:
    return f"…{line.trace_id[-ID_SHOWN:]}" if line.trace_id else ""


_TEXTS: dict[str, Callable[[LogLine, int], str]] = {
    "time": lambda line, start_ms: f"{(line.time_ms - start_ms) / 1000:,.3f} s",
    "level": lambda line, _: log_lines.mark(line.level),
    "service": lambda line, _: line.service,
    "request": lambda line, _: line.request,
    "message": lambda line, _: line.message,
    "trace": _show_trace,
}


def _place_columns(lines: list[LogLine], start_ms: int) -> dict[str, tuple[float, float]]:
    """Return the place and the width of each column; the message gets all that is left."""
    widths = {}
    for name, widest in WIDEST.items():
        texts = [_TEXTS[name](line, start_ms) for line in lines]
        is_bold = name == "level"
        if any(texts):
            longest = max(lettering.measure(text, SMALL, is_bold) for text in texts)
            chip = CHIP + BEFORE_NOTE if name == "level" else 0
            head = lettering.measure(HEADS[name], SMALL)
            widths[name] = min(max(longest + chip, head), widest)
    widths["message"] = WIDTH - 2 * MARGIN - sum(widths.values()) - GAP * len(widths)
    columns, x = {}, MARGIN
    for name in HEADS:
        if name in widths:
            columns[name] = (x, widths[name])
            x += widths[name] + GAP
    return columns


def _describe(line: LogLine) -> str:
    message = re.sub(r"0x[0-9a-fA-F]+|[0-9a-f]{16,}|\d[\d.,:-]*", "…", line.message)
    parts = (log_lines.mark(line.level), line.service, line.request, message)
    return "  ".join(part for part in parts if part)
