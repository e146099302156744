"""Which spans look alike, so that a view can show one and say how many there are."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from typing import TYPE_CHECKING

from workshop.views import words

if TYPE_CHECKING:
    from workshop.sandbox.honeycomb.traces import Span, Trace

Shapes = dict[int, int]
"""A number for each span, by the span's `id()`; spans that look alike have the same."""


def shapes(trace: Trace) -> Shapes:
    """Return which spans of a trace look alike: in all but ids and times, down to the leaves."""
    numbers: dict[tuple[object, ...], int] = {}
    found: Shapes = {}
    # Backwards, children come before their parents, however deep the trace is.
    for span in reversed(trace.spans):
        own = (words.service(span), words.name(span), words.reason(span))
        below = (found[id(child)] for child in span.children)
        marks = span.error, words.failure(span), words.in_progress(span), span.missing_parent
        seen = (*own, *marks, *below)
        found[id(span)] = numbers.setdefault(seen, len(numbers))
    return found


def runs(siblings: Iterable[Span], shapes: Shapes) -> list[list[Span]]:
    """Return siblings in their order, those that look alike and stand together in one list.

    Args:
        siblings: the children of one span, or the roots.
        shapes: of the whole trace.
    """
    return [list(group) for _, group in groupby(siblings, key=lambda span: shapes[id(span)])]
