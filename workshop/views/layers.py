"""Which column each node of a directed graph stands in, and in which order from top to bottom.

The method is Sugiyama's: edges that would close a cycle are turned round, each node goes one column
to the right of the last that leads to it, an edge that passes a column gets a lane there, and the
columns are sorted by the middle of their neighbours until no pass has fewer crossings. Source:
https://doi.org/10.1109/TSMC.1981.4308636
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise

PASSES = 12


@dataclass(frozen=True)
class Layers:
    """A graph in columns.

    Args:
        columns: slots from top to bottom, for each column from left to right. A slot below the
            number of nodes is that node; any other is a lane, where an edge passes.
        ways: for each edge between two nodes, the slots from its left end to its right end.
        turned: the edges that run from right to left, because they close a cycle.
    """

    columns: list[list[int]]
    ways: dict[tuple[int, int], list[int]]
    turned: set[tuple[int, int]]


def arrange(nodes: int, edges: Sequence[tuple[int, int]]) -> Layers:
    """Return a graph in columns; an edge from a node to itself takes no part.

    Args:
        nodes: how many there are; earlier ones stand further left where a cycle leaves the choice.
        edges: pairs of nodes, source and target.
    """
    between = [edge for edge in edges if edge[0] != edge[1]]
    turned = _closing(nodes, between)
    forward = {edge: edge[::-1] if edge in turned else edge for edge in between}
    column_of = _longest_paths(nodes, list(forward.values()))
    columns: list[list[int]] = [[] for _ in range(max(column_of, default=0) + 1)]
    for node, column in enumerate(column_of):
        columns[column].append(node)
    ways: dict[tuple[int, int], list[int]] = {}
    slots = nodes
    for edge, (left, right) in forward.items():
        ways[edge] = [left]
        for column in range(column_of[left] + 1, column_of[right]):
            columns[column].append(slots)
            ways[edge].append(slots)
            slots += 1
        ways[edge].append(right)
    return Layers(_untangle(columns, list(ways.values())), ways, turned)


def _closing(nodes: int, edges: Sequence[tuple[int, int]]) -> set[tuple[int, int]]:
    """Return the edges that close a cycle, met on a walk from the nodes that nobody calls."""
    below: dict[int, list[int]] = {node: [] for node in range(nodes)}
    for source, target in edges:
        below[source].append(target)
    called = {target for _, target in edges}
    closing: set[tuple[int, int]] = set()
    seen: set[int] = set()
    for start in sorted(range(nodes), key=lambda node: (node in called, node)):
        # Not recursive: a chain may be longer than Python's stack.
        walk = [] if start in seen else [(start, iter(below[start]))]
        open_nodes = {node for node, _ in walk}
        seen |= open_nodes
        while walk:
            node, rest = walk[-1]
            following = next(rest, None)
            if following is None:
                walk.pop()
                open_nodes.discard(node)
            elif following in open_nodes:
                closing.add((node, following))
            elif following not in seen:
                seen.add(following)
                open_nodes.add(following)
                walk.append((following, iter(below[following])))
    return closing


def _longest_paths(nodes: int, edges: Sequence[tuple[int, int]]) -> list[int]:
    """Return each node's column in a graph without cycles: one after the last that leads to it.

    A node to which none leads stands just before the first that it leads to.
    """
    longest = [0] * nodes
    waiting_for = [0] * nodes
    for _, target in edges:
        waiting_for[target] += 1
    ready = [node for node in range(nodes) if not waiting_for[node]]
    for node in ready:
        for source, target in edges:
            if source == node:
                longest[target] = max(longest[target], longest[node] + 1)
                waiting_for[target] -= 1
                if not waiting_for[target]:
                    ready.append(target)
    for start in set(range(nodes)) - {target for _, target in edges}:
        following = [longest[target] for source, target in edges if source == start]
        longest[start] = min(following, default=1) - 1
    return longest


def _untangle(columns: list[list[int]], ways: Sequence[Sequence[int]]) -> list[list[int]]:
    """Return the columns in the order with the fewest crossings that some passes find."""
    links = [link for way in ways for link in pairwise(way)]
    neighbours: dict[int, dict[int, list[int]]] = {-1: {}, 1: {}}
    for left, right in links:
        neighbours[1].setdefault(left, []).append(right)
        neighbours[-1].setdefault(right, []).append(left)
    best, fewest = [list(column) for column in columns], _crossings(columns, links)
    current = best
    for turn in range(PASSES):
        side = -1 if turn % 2 == 0 else 1
        current = [list(column) for column in current]
        for index in range(len(current))[::-side]:
            if 0 <= index + side < len(current):
                places = {slot: place for place, slot in enumerate(current[index + side])}
                current[index] = _sorted_by_middle(current[index], neighbours[side], places)
        crossings = _crossings(current, links)
        if crossings < fewest:
            best, fewest = current, crossings
    return best


def _sorted_by_middle(
    column: list[int], neighbours: dict[int, list[int]], places: dict[int, int]
) -> list[int]:
    middles: dict[int, float] = {}
    for place, slot in enumerate(column):
        beside = [places[other] for other in neighbours.get(slot, [])]
        middles[slot] = sum(beside) / len(beside) if beside else float(place)
    return sorted(column, key=lambda slot: middles[slot])


def _crossings(columns: list[list[int]], links: Sequence[tuple[int, int]]) -> int:
    """Return how many pairs of links between two columns cross."""
    where = {
        slot: (index, place)
        for index, column in enumerate(columns)
        for place, slot in enumerate(column)
    }
    gaps: dict[int, list[tuple[int, int]]] = {}
    for left, right in links:
        gaps.setdefault(where[left][0], []).append((where[left][1], where[right][1]))
    return sum(
        (first[0] - second[0]) * (first[1] - second[1]) < 0
        for gap in gaps.values()
        for first, second in combinations(gap, 2)
    )
