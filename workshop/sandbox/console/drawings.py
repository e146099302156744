"""The notebooks' drawings as the pages show them: with links, and drawn again only when needed."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from workshop.sandbox.console import svg
from workshop.sandbox.console.log_lines import Line, as_events
from workshop.views import (
    bars,
    columns,
    heatmap,
    log_volume,
    rows,
    service_map,
    tree,
    waterfall,
    words,
)
from workshop.views import log_lines as view_lines
from workshop.views.layout import MARGIN, ROW, WIDTH
from workshop.views.service_graph import read_graph

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from workshop.sandbox.console.query_results import Chart
    from workshop.sandbox.console.recent_traces import ServerSpan
    from workshop.sandbox.honeycomb.spans import Span, Trace
    from workshop.views.rows import Row

KEPT = 24
"""How many drawings are remembered."""


@dataclass(frozen=True)
class Drawn:
    """What is remembered of a drawing.

    Args:
        figure: the drawing.
        rows: of a waterfall, from top to bottom.
        told: a trace in words, a line a span.
    """

    figure: Figure
    rows: Sequence[Row] = ()
    told: str = ""


class Drawings:
    """Draws, and remembers what it drew: a page asks for the same picture every two seconds."""

    def __init__(self) -> None:
        self._known: dict[Hashable, Drawn] = {}
        self._lock = threading.Lock()

    def draw_waterfall(
        self, trace: Trace, state: Hashable, link: Callable[[Span], str], chosen: str
    ) -> tuple[Markup, str]:
        """Return a trace as a waterfall whose rows lead to their spans, and the same in words.

        Args:
            trace: one span or more.
            state: what tells this trace, with what has arrived of it, from any other.
            link: returns where a span's row leads.
            chosen: the id of the span that is shown beside it.
        """
        drawn = self._remember(("waterfall", state), lambda: _draw(trace))
        lines = svg.find_lines(drawn.figure, "name")
        links = [
            svg.Link(
                (MARGIN / 2, line - ROW * 0.65, WIDTH - MARGIN / 2, line + ROW * 0.35),
                link(row.spans[0]),
                row.label if row.folded else _describe(row.spans[0]),
                row.spans[0].span_id == chosen,
            )
            for row, line in zip(drawn.rows, lines, strict=True)
        ]
        label = f"Waterfall of {words.facts(trace)}"
        return svg.render(drawn.figure, label, links), drawn.told

    def draw_volume(self, lines: Sequence[Line]) -> Markup | None:
        """Return how many log lines there are of each level over time; None where there are none.

        Args:
            lines: the latest first.
        """
        events = [line.event for line in reversed(lines)]
        if not events:
            return None
        state = "volume", tuple(event.id for event in events)
        drawn = self._remember(state, lambda: Drawn(log_volume.draw(as_events(events))))
        told = view_lines.describe([line.told for line in lines])
        return svg.render(drawn.figure, f"Log volume, {told}")

    def draw_heatmap(
        self, requests: Sequence[ServerSpan], link: Callable[[ServerSpan], str]
    ) -> Markup | None:
        """Return how long requests took when; None where there are none.

        A square leads to the slowest of its requests.

        Args:
            requests: in any order.
            link: returns where a request leads.
        """
        if not requests:
            return None
        dots = [heatmap.Dot(each.start_ns, each.duration_ms, each.failed) for each in requests]
        drawn = self._remember(("heatmap", tuple(dots)), lambda: Drawn(heatmap.draw(dots)))
        grid = heatmap.arrange(dots)
        links = []
        areas = svg.find_areas(drawn.figure, "cell")
        for cell, area in zip(grid.cells, areas, strict=True):
            slowest = max((requests[index] for index in cell.dots), key=lambda one: one.duration_ms)
            took = words.milliseconds(slowest.duration_ms)
            many = words.count(len(cell.dots), "request")
            failed = f", {cell.failed:,} failed" if cell.failed else ""
            label = f"{many}{failed}, the slowest {slowest.route}, {took}"
            links.append(svg.Link(area, link(slowest), label, by_tab=False))
        label = f"Heatmap of {heatmap.describe(dots)}"
        return svg.render(drawn.figure, label, links)

    def draw_chart(self, chart: Chart) -> Markup:
        """Return a query's result as columns over time, or as bars."""
        state = "chart", chart.title, chart.length_ms, tuple(chart.values.items())
        drawn = self._remember(state, lambda: Drawn(_draw_chart(chart)))
        return svg.render(drawn.figure, f"Chart: {chart.title}")

    def draw_map(
        self, services: Sequence[dict[str, Any]], title: str, link: Callable[[str], str]
    ) -> tuple[Markup, str]:
        """Return a service map whose nodes lead to their traces, and the same in words.

        Args:
            services: as GetServiceGraph answers; one or more.
            title: what to see in it.
            link: returns where a service's node leads, by its name.
        """
        graph = read_graph(services)
        state = "map", title, repr(services)
        figure = self._remember(state, lambda: Drawn(service_map.draw(services, title))).figure
        links = [
            svg.Link(area, link(node.name), f"Traces with {node.name}")
            for node, area in zip(graph.nodes, svg.find_areas(figure, "node"), strict=True)
            if not node.is_client
        ]
        told = service_map.describe(graph)
        return svg.render(figure, told.splitlines()[0], links), told

    def _remember(self, state: Hashable, draw: Callable[[], Drawn]) -> Drawn:
        """Return what a state was drawn as; the oldest is forgotten where there are too many."""
        with self._lock:
            drawn = self._known.get(state)
        if drawn is None:
            drawn = draw()
            with self._lock:
                if len(self._known) >= KEPT:
                    del self._known[next(iter(self._known))]
                self._known[state] = drawn
        return drawn


def _draw(trace: Trace) -> Drawn:
    return Drawn(waterfall.draw(trace), rows.rows(trace), tree.render(trace))


def _draw_chart(chart: Chart) -> Figure:
    if chart.length_ms:
        over_time = {int(moment): value for moment, value in chart.values.items()}
        return columns.draw(over_time, chart.length_ms, chart.title)
    return bars.draw(
        {str(label): value for label, value in chart.values.items()},
        chart.title,
        lambda value: f"{value:,.6g}",
    )


def _describe(span: Span) -> str:
    facts = [words.name(span), words.service(span), words.milliseconds(words.length_ms(span))]
    if span.error:
        why = words.reason(span)
        facts.append(words.failure(span) + (f": {why}" if why else ""))
    return ", ".join(facts)
