"""The ways of a service map's edges over its sheet, and where their labels stand."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from workshop.views import lettering
from workshop.views.layers import Layers
from workshop.views.lettering import SMALL
from workshop.views.service_graph import Edge
from workshop.views.sheet import Curve, Point

LINE = 0.185
"""The height of a line of small text."""
LOOP = 0.4
"""The height of an edge from a node to itself, above its node and below its label."""
BETWEEN_ENDS = 0.24
"""Between the ends of two edges at the same side of a box."""
BESIDE = 0.06
"""Between an edge and a label beside it."""
STEPS = 20

Area = tuple[float, float, float, float]
"""Left, top, right and bottom."""


@dataclass(frozen=True)
class Route:
    """One edge's way, from source to target.

    Args:
        curves: each starts where the one before ends.
        loops: whether it leads from a node to itself; it then stands above it.
    """

    curves: list[Curve]
    loops: bool = False

    def points(self) -> list[Point]:
        """Return points along it, close enough to tell what it passes."""
        return [_point(curve, step / STEPS) for curve in self.curves for step in range(STEPS + 1)]


@dataclass(frozen=True)
class Label:
    """What stands at an edge.

    Args:
        lines: how many requests, how long they took and what went wrong.
        area: where.
    """

    lines: list[str]
    area: Area


def find_routes(edges: Sequence[Edge], found: Layers, places: dict[int, Area]) -> list[Route]:
    """Return the edges' ways; those that meet at a side of a box end below each other there.

    Args:
        edges: in any order.
        found: their columns.
        places: of each slot, a node or a lane.
    """
    ends = _ends(found, places)
    routes = []
    for edge in edges:
        pair = edge.source, edge.target
        if edge.source == edge.target:
            routes.append(Route([_loop(places[edge.source])], loops=True))
            continue
        way = found.ways[pair]
        points = [(places[way[0]][2], ends[pair, way[0]])]
        for lane in way[1:-1]:
            left, _, right, _ = places[lane]
            points += [(left, _middle(places[lane])), (right, _middle(places[lane]))]
        points.append((places[way[-1]][0], ends[pair, way[-1]]))
        if pair in found.turned:
            points.reverse()
        routes.append(Route([_level(*two) for two in pairwise(points)]))
    return routes


def place_labels(
    texts: Sequence[list[str]], routes: Sequence[Route], taken: Sequence[Area]
) -> list[Label]:
    """Return where each label stands: at its edge, where it hides least of anything else.

    Args:
        texts: the lines of each; none where there is nothing to say.
        routes: the edge of each.
        taken: what no label may cover, the boxes; nor does it cover where an edge ends.
    """
    paths = [route.points() for route in routes]
    covered = [
        *(_widen(area) for area in taken),
        *(_widen((*path[-1], *path[-1])) for path in paths),
    ]
    labels = []
    for index, lines in enumerate(texts):
        passing = [point for path in paths if path is not paths[index] for point in path]
        candidates = _candidates(lines, paths[index], routes[index].loops)
        area, least = candidates[0], math.inf
        for candidate in candidates:
            hidden = _hidden(candidate, covered, passing)
            if hidden < least:
                area, least = candidate, hidden
            if not hidden:
                break
        labels.append(Label(lines, area))
        covered.append(area)
    return labels


def _candidates(lines: list[str], path: Sequence[Point], loops: bool) -> list[Area]:
    """Return where a label may stand, best first: on its edge near the middle, or beside it."""
    width = max((lettering.measure(line, SMALL) for line in lines), default=0.0)
    height = LINE * len(lines)
    above, below = -height / 2 - BESIDE, height / 2 + BESIDE
    middle = (len(path) - 1) / 2
    nearest = sorted(range(len(path)), key=lambda place: abs(place - middle))
    return [
        (x - width / 2, y + shift - height / 2, x + width / 2, y + shift + height / 2)
        for shift in ([above] if loops else [0.0, above, below])
        for x, y in (path[place] for place in nearest)
    ]


def _hidden(area: Area, covered: Sequence[Area], passing: Sequence[Point]) -> float:
    """Return how much a label would hide: other labels and boxes far sooner than edges."""
    left, top, right, bottom = area
    hidden = 0.0
    for other in covered:
        across = min(right, other[2]) - max(left, other[0])
        down = min(bottom, other[3]) - max(top, other[1])
        hidden += 1000 * max(across, 0.0) * max(down, 0.0)
    return hidden + sum(left < x < right and top < y < bottom for x, y in passing)


def _ends(found: Layers, places: dict[int, Area]) -> dict[tuple[tuple[int, int], int], float]:
    """Return how high each edge, told by its two nodes, ends at each of them."""
    meeting: dict[tuple[int, int], list[tuple[float, tuple[int, int]]]] = {}
    for pair, way in found.ways.items():
        meeting.setdefault((way[0], 1), []).append((_middle(places[way[1]]), pair))
        meeting.setdefault((way[-1], 0), []).append((_middle(places[way[-2]]), pair))
    ends = {}
    for (slot, _), met in meeting.items():
        _, top, _, bottom = places[slot]
        step = min(BETWEEN_ENDS, (bottom - top) / (len(met) + 0.5))
        for place, (_, pair) in enumerate(sorted(met)):
            ends[pair, slot] = _middle(places[slot]) + step * (place - (len(met) - 1) / 2)
    return ends


def _level(start: Point, end: Point) -> Curve:
    """Return the curve that is level at both ends."""
    middle = (start[0] + end[0]) / 2
    return start, (middle, start[1]), (middle, end[1]), end


def _loop(place: Area) -> Curve:
    left, top, right, _ = place
    start, end = left + (right - left) * 0.25, left + (right - left) * 0.6
    # A curve reaches three quarters of the way to handles that are level with each other.
    return (
        (start, top),
        (start - 0.1, top - LOOP / 0.75),
        (end + 0.1, top - LOOP / 0.75),
        (end, top),
    )


def _point(curve: Curve, part: float) -> Point:
    rest = 1 - part
    weights = rest**3, 3 * rest * rest * part, 3 * rest * part * part, part**3
    x, y = (
        sum(weight * point[axis] for weight, point in zip(weights, curve, strict=True))
        for axis in (0, 1)
    )
    return x, y


def _widen(area: Area) -> Area:
    left, top, right, bottom = area
    return left - BESIDE, top - BESIDE, right + BESIDE, bottom + BESIDE


def _middle(area: Area) -> float:
    return (area[1] + area[3]) / 2
