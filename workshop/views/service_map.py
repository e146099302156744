"""A service map: who calls whom, how often, how long it takes, and what fails."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from workshop.views import colours, lettering, sheet, words
from workshop.views.colours import Look
from workshop.views.heading import Heading
from workshop.views.legend import Entry, Legend
from workshop.views.lettering import SMALL
from workshop.views.map_layout import AFTER_STRIPE, BAR, PADDING, STRIPE, MapLayout, lay_out
from workshop.views.outcomes import LOOKS, MEANING, Outcomes
from workshop.views.picture import Picture
from workshop.views.routes import LINE
from workshop.views.service_graph import Node, ServiceGraph, read_graph
from workshop.views.sheet import Sheet

if TYPE_CHECKING:
    from matplotlib.figure import Figure

ABOVE_MAP = 0.16
REMOTE = "remote"
"""The type of what is called and sends no segments; its outline is broken."""
NARROWEST_SHARE = 0.05
"""What the smallest share of a bar is drawn with."""


def draw(services: Iterable[Mapping[str, Any]], title: str) -> Figure:
    """Draw a service map on a white figure, callers at the left; its height follows from its nodes.

    Args:
        services: `Services` of boto3's `get_service_graph` or `get_trace_graph`.
        title: what to see in it.

    Raises:
        WorkshopError: there is no service in it.
    """
    return _draw(read_graph(services), title)


def show(services: Iterable[Mapping[str, Any]], title: str) -> Picture:
    """Return the drawing as a notebook shows it, with the map in words beside it.

    Args:
        services: `Services` of boto3's `get_service_graph` or `get_trace_graph`.
        title: what to see in it.

    Raises:
        WorkshopError: there is no service in it.
    """
    graph = read_graph(services)
    return Picture(sheet.png(_draw(graph, title)), describe(graph))


def describe(graph: ServiceGraph) -> str:
    """Return a service map in words, without ids and times: a summary, then a line an edge.

    Args:
        graph: one node or more.
    """
    lines = [
        f"{graph.names[edge.source]} → {graph.names[edge.target]}{_counts(edge.outcomes)}"
        for edge in graph.edges
    ]
    joined = {end for edge in graph.edges for end in (edge.source, edge.target)}
    lines += [
        f"{name}{_counts(node.outcomes)}"
        for index, (name, node) in enumerate(zip(graph.names, graph.nodes, strict=True))
        if index not in joined
    ]
    return f"Service map of {', '.join(graph.names)}\n\n" + "\n".join(sorted(lines))


def _counts(outcomes: Outcomes | None) -> str:
    return f" ({', '.join([outcomes.size, *outcomes.failures])})" if outcomes else ""


def _draw(graph: ServiceGraph, title: str) -> Figure:
    layout = lay_out(graph, 0.0)
    heading = Heading(title, _facts(graph), layout.width)
    layout = lay_out(graph, heading.bottom + ABOVE_MAP - layout.top)
    kinds = {
        kind
        for node in graph.nodes
        if node.outcomes
        for kind, number in node.outcomes.counts.items()
        if number
    }
    legend = Legend(
        [Entry(MEANING[kind], LOOKS[kind]) for kind in LOOKS if kind in kinds], layout.width
    )
    page = Sheet(layout.width, layout.bottom + legend.height)
    heading.write(page)
    for edge, route in zip(graph.edges, layout.routes, strict=True):
        page.arrow(route.curves, "edge", colours.ERROR if edge.fails else colours.MUTED, edge.fails)
    _write_labels(page, layout)
    looks = colours.looks(node.name for node in graph.nodes if not node.is_client)
    for index, node in enumerate(graph.nodes):
        _draw_node(page, layout, index, node, looks.get(node.name))
    legend.draw(page, layout.bottom)
    return page.figure


def _facts(graph: ServiceGraph) -> str:
    facts = f"{words.count(len(graph.nodes), 'node')}, {words.count(len(graph.edges), 'edge')}"
    failing = sum(edge.fails for edge in graph.edges)
    if failing:
        facts += f", {failing} of them with faults"
    return f"{facts} · times are averages"


def _write_labels(page: Sheet, layout: MapLayout) -> None:
    for label in layout.labels:
        left, top, right, bottom = label.area
        if label.lines:
            # What passes behind the label is hidden.
            page.box(left, top, right - left, bottom - top, "label-ground", "white")
        for index, line in enumerate(label.lines):
            x = (left + right - lettering.measure(line, SMALL)) / 2
            page.text(x, top + LINE * (index + 0.5), line, "label", _ink(line), SMALL)


def _ink(line: str) -> str:
    return colours.ERROR if colours.ERROR_MARK in line else colours.INK


def _draw_node(page: Sheet, layout: MapLayout, index: int, node: Node, look: Look | None) -> None:
    box, (left, top, right, bottom) = layout.boxes[index], layout.places[index]
    fails = bool(node.outcomes and node.outcomes.fault)
    edge = colours.ERROR if fails else colours.MUTED
    dashed = node.type == REMOTE
    page.box(left, top, right - left, bottom - top, "node", edge, thick=fails, dashed=dashed)
    if look is None:
        x = (left + right - lettering.measure(node.name, bold=True)) / 2
        page.text(x, (top + bottom) / 2, node.name, "name", bold=True)
        return
    page.bar(left + PADDING, (top + bottom) / 2, STRIPE, bottom - top - 2 * PADDING, "stripe", look)
    x = left + PADDING + STRIPE + AFTER_STRIPE
    y = top + PADDING + LINE / 2
    for line in box.name:
        page.text(x, y, line, "name", bold=True)
        y += LINE
    for line in box.type:
        page.text(x, y, line, "type", colours.MUTED, SMALL)
        y += LINE
    for line in box.facts:
        page.text(x, y, line, "fact", size=SMALL)
        y += LINE
    if node.outcomes and box.shares:
        _draw_shares(
            page, x, y - LINE / 2 + PADDING / 2 + BAR / 2, right - PADDING - x, node.outcomes
        )
        y += BAR + PADDING
    for line in box.shares:
        page.text(x, y, line, "share", _ink(line), SMALL)
        y += LINE


def _draw_shares(page: Sheet, x: float, y: float, width: float, outcomes: Outcomes) -> None:
    """Draw a bar whose parts are as long as the shares of how requests ended."""
    counts = {kind: number for kind, number in outcomes.counts.items() if number}
    lengths = {
        kind: max(width * number / outcomes.total, NARROWEST_SHARE)
        for kind, number in counts.items()
    }
    for kind, length in lengths.items():
        part = length * width / sum(lengths.values())
        page.bar(x, y, part, BAR, f"share-{kind}", LOOKS[kind])
        x += part
