"""The rows of a waterfall: a span each, and one row for many where there are too many to read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from workshop.views import alike, words

if TYPE_CHECKING:
    from workshop.sandbox.honeycomb.traces import Span, Trace

ALL_SHOWN = 45
"""A trace of up to this many spans has a row for each."""
RUN_SHOWN = 5
"""In a larger one, so many of a run of siblings that look alike are shown; a row has the rest."""
MOST = 60
"""No waterfall has more rows than this."""


@dataclass(frozen=True)
class Row:
    """One row of a waterfall.

    Args:
        label: the span's name, or what the spans have in common.
        spans: one span, or the many that the row stands for.
        depth: how many rows lead from it up to a root.
        parent: the index of the parent's row; None for a root.
    """

    label: str
    spans: tuple[Span, ...]
    depth: int
    parent: int | None

    @property
    def folded(self) -> bool:
        """Whether the row stands for many spans."""
        return len(self.spans) > 1


def rows(trace: Trace) -> list[Row]:
    """Return the rows of a trace: parents before their children, siblings in their order."""
    fold = len(trace.spans) > ALL_SHOWN
    shapes = alike.shapes(trace)
    found: list[Row] = []
    waiting = _sibling_rows(trace.roots, shapes, fold, 0, None)[::-1]
    while waiting:
        row = waiting.pop()
        found.append(row)
        if not row.folded:
            below = row.spans[0].children
            waiting += _sibling_rows(below, shapes, fold, row.depth + 1, len(found) - 1)[::-1]
    if len(found) <= MOST:
        return found
    left = tuple(span for row in found[MOST - 1 :] for span in _all_spans(row))
    return [*found[: MOST - 1], Row(f"… {words.sizes(left, 'more ')}", left, 0, None)]


def _sibling_rows(
    siblings: list[Span], shapes: alike.Shapes, fold: bool, depth: int, parent: int | None
) -> list[Row]:
    found: list[Row] = []
    for run in alike.runs(siblings, shapes):
        # To fold a single span would save no row.
        shown = RUN_SHOWN if fold and len(run) > RUN_SHOWN + 1 else len(run)
        found += [Row(words.name(span), (span,), depth, parent) for span in run[:shown]]
        if rest := run[shown:]:
            found.append(Row(_label(rest), tuple(rest), depth, parent))
    return found


def _label(rest: list[Span]) -> str:
    inside = [below for span in rest for below in span.walk() if below is not span]
    below = f", {words.sizes(inside)} below" if inside else ""
    return f"… {len(rest):,} more {words.name(rest[0])}{below}"


def _all_spans(row: Row) -> list[Span]:
    """Return a row's spans, and those below them that have no row of their own."""
    if not row.folded:
        return list(row.spans)
    return [below for span in row.spans for below in span.walk()]
