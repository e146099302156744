"""A trace as a text tree without ids and times: the same text for every run that did the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.cells import cell_len

from workshop.views import alike, colours, words

if TYPE_CHECKING:
    from workshop.sandbox.honeycomb.traces import Span, Trace


def render(trace: Trace) -> str:
    """Return a trace as text, a line a span, with the service that made it at the left.

    Siblings that look alike and follow each other are one line: `GET ×6`. Widths are counted in
    terminal cells, so that columns hold with any script.

    Raises:
        WorkshopError: the trace has no spans.
    """
    words.subject(trace)
    shapes = alike.shapes(trace)
    lines: list[tuple[str, str]] = []
    waiting = [(run, "", "") for run in reversed(alike.runs(trace.roots, shapes))]
    while waiting:
        run, stem, stem_below = waiting.pop()
        lines.append((words.service(run[0]), stem + _describe(run)))
        branch, bar = "└─ ", "   "
        for children in reversed(alike.runs(run[0].children, shapes)):
            waiting.append((children, stem_below + branch, stem_below + bar))
            branch, bar = "├─ ", "│  "
    width = max(cell_len(service) for service, _ in lines)
    return "\n".join(
        f"{service}{' ' * (width - cell_len(service))}   {text}" for service, text in lines
    )


def _describe(run: list[Span]) -> str:
    span = run[0]
    text = words.name(span)
    if len(run) > 1:
        text += f" ×{len(run)}"
    if span.error:
        why = words.reason(span)
        text += f"  {colours.ERROR_MARK} {words.failure(span)}" + (f": {why}" if why else "")
    if words.in_progress(span):
        text += "  (in progress)"
    if span.missing_parent:
        text += "  (its parent did not arrive)"
    if len(run) > 1 and span.children:
        text += ", each with"
    return text
