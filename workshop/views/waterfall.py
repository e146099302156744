"""A trace as a waterfall: a row a span, and bars that show when each ran and for how long."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from workshop.views import colours, lettering, sheet, words
from workshop.views.colours import Look
from workshop.views.heading import Heading
from workshop.views.layout import (
    BAR,
    BEFORE_NOTE,
    MARGIN,
    ROW,
    WIDTH,
    Layout,
    lay_out,
    service,
)
from workshop.views.legend import Entry, Legend
from workshop.views.lettering import SMALL
from workshop.views.picture import Picture, describe
from workshop.views.sheet import Sheet

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from workshop.sandbox.honeycomb.traces import Trace

SCALE_LINE = 0.32
MOST_LINKS = 12
"""Lines from one parent's bar to its children's; more of them would hide the bars."""


def draw(trace: Trace, title: str | None = None) -> Figure:
    """Draw a trace on a white figure of 9.5 inches width; its height follows from its rows.

    Traces of up to 45 spans have a row for each. In larger ones, siblings that look alike share a
    row after the fifth, and after 60 rows the last one stands for all the rest.

    Args:
        trace: spans of one request.
        title: what to see in it; the facts about the trace if there is none.

    Raises:
        WorkshopError: the trace has no spans.
    """
    facts = words.facts(trace)
    heading = Heading(title or facts, facts if title else "", WIDTH)
    layout = lay_out(trace, heading.bottom + SCALE_LINE)
    looks = colours.looks(words.services(trace))
    legend = _legend(trace, looks)
    page = Sheet(WIDTH, layout.bottom + legend.height)
    heading.write(page)
    _draw_bands(page, layout)
    _draw_scale(page, layout, words.trace_length_ms(trace))
    _draw_branches(page, layout)
    _draw_links(page, layout)
    for index in range(len(layout.rows)):
        _draw_row(page, layout, index, looks)
    legend.draw(page, layout.bottom)
    return page.figure


def to_png(trace: Trace, title: str | None = None) -> bytes:
    """Return the drawing as PNG, 1900 pixels wide; equal traces give equal bytes.

    Args:
        trace: spans of one request.
        title: what to see in it; the facts about the trace if there is none.

    Raises:
        WorkshopError: the trace has no spans.
    """
    return sheet.png(draw(trace, title))


def show(trace: Trace, title: str | None = None) -> Picture:
    """Return the drawing as a notebook shows it, with the trace in words beside it.

    Args:
        trace: spans of one request.
        title: what to see in it; the facts about the trace if there is none.

    Raises:
        WorkshopError: the trace has no spans.
    """
    return Picture(to_png(trace, title), describe(trace))


def _ground(index: int) -> str:
    return colours.BAND if index % 2 else "white"


def _draw_bands(page: Sheet, layout: Layout) -> None:
    for index in range(1, len(layout.rows), 2):
        page.area(0, layout.top + ROW * index, WIDTH, ROW, "band", _ground(index))


def _draw_scale(page: Sheet, layout: Layout, duration_ms: float) -> None:
    from matplotlib.ticker import MaxNLocator

    y = layout.top - 0.13
    noun = words.noun(layout.rows[0].spans[0])
    page.text(MARGIN, y, noun, "head", colours.MUTED, SMALL)
    page.text(layout.services, y, "service", "head", colours.MUTED, SMALL)
    places = [0.0]
    if duration_ms > 0:
        ticks = MaxNLocator(nbins=5, steps=[1, 2, 2.5, 5, 10]).tick_values(0, duration_ms)
        places = [tick for tick in ticks if 0 <= tick <= duration_ms]
    for tick in places:
        x = layout.bars + tick * layout.scale
        page.line([(x, y - 0.08), (x, layout.bottom)], "grid", colours.GRID)
        page.text(x + 0.045, y, f"{tick:,.10g} ms", "tick", colours.MUTED, SMALL)


def _draw_row(page: Sheet, layout: Layout, index: int, looks: dict[str, Look]) -> None:
    row, y = layout.rows[index], layout.middle(index)
    colour = colours.MUTED if row.folded else colours.INK
    x = layout.name(row)
    page.text(x, y, lettering.fit(row.label, layout.names + MARGIN - x), "name", colour)

    services = {words.service(span) for span in row.spans}
    colour = looks[services.pop()].edge if len(services) == 1 else colours.MUTED
    name = lettering.fit(service(row), layout.service_width, SMALL)
    page.text(layout.services, y, name, "service", colour, SMALL)

    # Of a folded row's bars that would cover each other, one is drawn.
    bars = {
        (
            round(layout.start(span), 2),
            round(layout.end(span), 2),
            words.service(span),
            span.error,
        ): span
        for span in row.spans
    }
    for span in bars.values():
        x = layout.start(span)
        look = looks[words.service(span)]
        page.bar(x, y, layout.end(span) - x, BAR, "bar", look, span.error)
    colour = colours.ERROR if any(span.error for span in row.spans) else colours.INK
    x = max(layout.end(span) for span in row.spans) + BEFORE_NOTE
    page.text(x, y, layout.notes[index], "note", colour, SMALL, ground=_ground(index))


def _draw_branches(page: Sheet, layout: Layout) -> None:
    """Draw the tree between the names: from each row to the sibling above it, or to its parent."""
    above: dict[int, float] = {}
    for index, row in enumerate(layout.rows):
        if row.parent is None:
            continue
        x = layout.name(layout.rows[row.parent]) + layout.indent * 0.4
        y = layout.middle(index)
        top = above.get(row.parent, layout.middle(row.parent) + ROW * 0.36)
        page.line([(x, top), (x, y), (layout.name(row) - 0.03, y)], "branch", colours.FAINT)
        above[row.parent] = y


def _draw_links(page: Sheet, layout: Layout) -> None:
    """Draw a line from each parent's bar to where its child's starts."""
    children = Counter(row.parent for row in layout.rows)
    for index, row in enumerate(layout.rows):
        if row.parent is None or children[row.parent] > MOST_LINKS:
            continue
        parent = layout.rows[row.parent].spans[0]
        above, y = layout.middle(row.parent), layout.middle(index)
        x = layout.start(row.spans[0])
        # A child that starts while its parent does not run hangs from the parent's nearest end.
        end = min(max(x, layout.start(parent)), layout.end(parent))
        page.line([(end, above), (x, above), (x, y)], "link", colours.FAINT, dashed=end != x)


def _legend(trace: Trace, looks: dict[str, Look]) -> Legend:
    """Return the trace's services, then the mark of errors if any."""
    entries = [Entry(service, looks[service]) for service in words.services(trace)]
    if failed := words.failures(trace.spans):
        look = Look("white", colours.ERROR, "")
        entries.append(Entry(f"{colours.ERROR_MARK} {', '.join(failed)}", look, error=True))
    return Legend(entries, WIDTH)
