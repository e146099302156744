"""Attributes of one span as text in two columns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from rich.cells import cell_len

from workshop.views import words

if TYPE_CHECKING:
    from workshop.sandbox.honeycomb.traces import Span

LONGEST = 72
"""The most characters of a value that are shown."""


def render(span: Span, keys: Sequence[str]) -> str:
    """Return the attributes that are named, a line each, in the order given.

    You name what to show, because the rest of a span (ids, ports, versions) differs between runs
    and machines.

    Args:
        span: the span to read.
        keys: names of attributes; one that the span does not have is shown as '(not set)'.
    """
    width = max((cell_len(key) for key in keys), default=0)
    return "\n".join(
        f"{key}{' ' * (width - cell_len(key))}   {_value(span.attributes, key)}" for key in keys
    )


def _value(attributes: dict[str, Any], key: str) -> str:
    if key not in attributes:
        return "(not set)"
    value = attributes[key]
    if isinstance(value, bool):
        return "true" if value else "false"
    text = ", ".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value)
    return words.shorten(words.clean(text), lambda candidate: len(candidate) <= LONGEST)
