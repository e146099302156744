"""Where everything in a service map stands, in inches from the top left of its sheet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from workshop.views import layers, lettering
from workshop.views.layers import Layers
from workshop.views.layout import MARGIN, WIDTH
from workshop.views.lettering import SMALL
from workshop.views.routes import LINE, LOOP, Area, Label, Route, find_routes, place_labels
from workshop.views.service_graph import Edge, Node, ServiceGraph

PADDING = 0.1
STRIPE = 0.1
AFTER_STRIPE = 0.08
BAR = 0.13
WIDEST_BOX = 1.95
NARROWEST_BOX = 1.3
CLIENT_BOX = 0.72
BETWEEN_COLUMNS = 1.4
"""The room that edges and their labels want; boxes give way until they have it."""
LEAST_BETWEEN = 1.25
MOST_BETWEEN = 2.4
BETWEEN_ROWS = 0.3
LANE = 0.4
"""The height of an edge that passes a column."""
LEAST_END = 0.16
"""The least height that an edge's end takes of the side of a box."""
PASSES = 16


@dataclass(frozen=True)
class Box:
    """What a node's box holds, and its size.

    Args:
        name: its name, in lines.
        type: what X-Ray says that it is, in lines.
        facts: lines with how many requests there were and how long they took.
        shares: lines with how they ended.
        width: inches.
        height: inches.
    """

    name: list[str]
    type: list[str]
    facts: list[str]
    shares: list[str]
    width: float
    height: float


@dataclass(frozen=True)
class MapLayout:
    """The places of one service map's parts.

    Args:
        boxes: of the nodes.
        places: where each box is.
        routes: of the edges.
        labels: of the edges.
        width: of the sheet.
        top: where the map starts.
        bottom: where it ends.
    """

    boxes: list[Box]
    places: list[Area]
    routes: list[Route]
    labels: list[Label]
    width: float
    top: float
    bottom: float


def lay_out(graph: ServiceGraph, top: float) -> MapLayout:
    """Return the places of a graph's boxes and edges: callers at the left, what they call right.

    The sheet is as wide as any other, unless columns do not fit at their narrowest.

    Args:
        graph: one node or more.
        top: where the first box starts; a label may stand above it.
    """
    count = len(graph.nodes)
    found = layers.arrange(count, [(edge.source, edge.target) for edge in graph.edges])
    widths, between = _columns(graph.nodes, found)
    column_of = {slot: index for index, column in enumerate(found.columns) for slot in column}
    lefts = [MARGIN + sum(widths[:index]) + between * index for index in range(len(widths))]
    ends = Counter(side for way in found.ways.values() for side in ((way[0], 1), (way[-1], 0)))
    boxes = [
        _box(node, widths[column_of[slot]], max(ends[slot, 0], ends[slot, 1]))
        for slot, node in enumerate(graph.nodes)
    ]
    texts = [_label(edge, between - 0.3) for edge in graph.edges]

    above = dict.fromkeys(column_of, 0.0)
    for edge, lines in zip(graph.edges, texts, strict=True):
        if edge.source == edge.target:
            above[edge.source] = LOOP + LINE * len(lines)
    heights = {slot: boxes[slot].height if slot < count else LANE for slot in column_of}
    # As much room below a box as above it, so that its edges meet it in the middle of its slot.
    middles = _rows(found, {slot: height + 2 * above[slot] for slot, height in heights.items()})
    start = min(middles[slot] - heights[slot] / 2 - above[slot] for slot in column_of)
    places = {}
    for slot, index in column_of.items():
        right = lefts[index] + widths[index]
        left = right - boxes[slot].width if slot < count else lefts[index]
        middle = middles[slot] - start + top
        places[slot] = left, middle - heights[slot] / 2, right, middle + heights[slot] / 2
    routes = find_routes(graph.edges, found, places)
    of_boxes = [places[slot] for slot in range(count)]
    labels = place_labels(texts, routes, of_boxes)
    everything = [*places.values(), *(label.area for label in labels)]
    return MapLayout(
        boxes=boxes,
        places=of_boxes,
        routes=routes,
        labels=labels,
        width=max(WIDTH, lefts[-1] + widths[-1] + MARGIN),
        top=min(area[1] for area in everything),
        bottom=max(area[3] for area in everything),
    )


def _label(edge: Edge, width: float) -> list[str]:
    """Return what stands at an edge: how many requests, how long, and what went wrong."""
    if edge.outcomes is None:
        return []
    bad = edge.outcomes.shares[1 if edge.outcomes.ok else 0 :]
    return _fold([edge.outcomes.size, edge.outcomes.latency], width) + _fold(bad, width)


def _fold(parts: Sequence[str], width: float) -> list[str]:
    """Return parts joined by '·', in lines of at most some inches unless a part is wider."""
    lines: list[str] = []
    for part in parts:
        joined = f"{lines[-1]} · {part}" if lines else part
        if lines and lettering.measure(joined, SMALL) <= width:
            lines[-1] = joined
        else:
            lines.append(part)
    return lines


def _columns(nodes: Sequence[Node], found: Layers) -> tuple[list[float], float]:
    """Return how wide each column is, and the room between two of them."""
    narrow = [
        all(slot < len(nodes) and nodes[slot].is_client for slot in column)
        for column in found.columns
    ]
    gaps = max(1, len(narrow) - 1)
    room = WIDTH - 2 * MARGIN - CLIENT_BOX * sum(narrow)
    wide = max(1, len(narrow) - sum(narrow))
    width = min(WIDEST_BOX, max(NARROWEST_BOX, (room - BETWEEN_COLUMNS * gaps) / wide))
    between = min(MOST_BETWEEN, max(LEAST_BETWEEN, (room - width * wide) / gaps))
    return [CLIENT_BOX if each else width for each in narrow], between


def _box(node: Node, column: float, ends: int) -> Box:
    """Return a node's box.

    Args:
        node: the node.
        column: how wide its column is.
        ends: how many edges meet at the busier of its two sides.
    """
    if node.is_client:
        return Box([node.name], [], [], [], CLIENT_BOX, max(2 * PADDING + LINE, ends * LEAST_END))
    inside = column - 2 * PADDING - STRIPE - AFTER_STRIPE
    name = lettering.split(node.name, inside, bold=True)
    kind = lettering.split(node.type, inside, SMALL) if node.type else []
    facts, shares, bar = [], [], 0.0
    if node.outcomes and node.outcomes.total:
        facts = _fold([node.outcomes.size, node.outcomes.latency], inside)
        shares = _fold(node.outcomes.shares, inside)
        bar = BAR + PADDING
    height = 2 * PADDING + LINE * len([*name, *kind, *facts, *shares]) + bar
    return Box(name, kind, facts, shares, column, max(height, ends * LEAST_END))


def _rows(found: Layers, heights: dict[int, float]) -> dict[int, float]:
    """Return each slot's middle: as near to its neighbours' as the slots of its column allow."""
    beside: dict[int, list[int]] = {slot: [] for slot in heights}
    for way in found.ways.values():
        for left, right in pairwise(way):
            beside[left].append(right)
            beside[right].append(left)
    middles = dict.fromkeys(heights, 0.0)
    for turn in range(PASSES):
        for column in found.columns if turn % 2 == 0 else reversed(found.columns):
            wanted = []
            for slot in column:
                near = [middles[other] for other in beside[slot]] or [middles[slot]]
                wanted.append(sum(near) / len(near))
            steps = [
                (heights[above] + heights[below]) / 2 + BETWEEN_ROWS
                for above, below in pairwise(column)
            ]
            middles.update(zip(column, _spread(wanted, steps), strict=True))
    return middles


def _spread(wanted: Sequence[float], steps: Sequence[float]) -> list[float]:
    """Return places as near to the wanted as can be, each at least its step below the one before.

    Those that would come too close become one block, which stands at the mean of what its members
    want: isotonic regression by pooling adjacent violators.
    """
    offsets = [0.0]
    for step in steps:
        offsets.append(offsets[-1] + step)
    blocks: list[tuple[float, int]] = []
    for place, offset in zip(wanted, offsets, strict=True):
        total, size = place - offset, 1
        while blocks and blocks[-1][0] / blocks[-1][1] > total / size:
            above, members = blocks.pop()
            total, size = total + above, size + members
        blocks.append((total, size))
    level = [total / size for total, size in blocks for _ in range(size)]
    return [base + offset for base, offset in zip(level, offsets, strict=True)]
