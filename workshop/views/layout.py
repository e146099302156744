"""Where everything in a waterfall stands, in inches from the top left of its sheet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from workshop.views import colours, lettering, words
from workshop.views.lettering import SMALL
from workshop.views.rows import Row, rows

if TYPE_CHECKING:
    from workshop.sandbox.honeycomb.traces import Span, Trace

WIDTH = 9.5
MARGIN = 0.12
GAP = 0.16
ROW = 0.27
BAR = 0.165
INDENT = 0.17
DEEPEST_INDENT = 1.7
WIDEST_NAME = 3.3
WIDEST_SERVICE = 1.25
WIDEST_NOTE = 2.5
BEFORE_NOTE = 0.08
NARROWEST_BAR = 0.025
"""What a span of no length is drawn with."""

CLOCK_NOISE_MS = 1.0
"""A child that starts before its parent by less than this is not worth a word."""


@dataclass(frozen=True)
class Layout:
    """The places of one waterfall's parts.

    Args:
        rows: from top to bottom.
        notes: for each row, what stands after its bar.
        top: of the first row.
        names: how wide the column of names is.
        services: where the column of services starts.
        service_width: how wide it is.
        bars: where the trace starts.
        scale: inches a millisecond.
        indent: inches a level.
        start_ns: when the trace starts, in nanoseconds since 1970.
    """

    rows: list[Row]
    notes: list[str]
    top: float
    names: float
    services: float
    service_width: float
    bars: float
    scale: float
    indent: float
    start_ns: int

    @property
    def bottom(self) -> float:
        """Where the last row ends."""
        return self.top + ROW * len(self.rows)

    def middle(self, index: int) -> float:
        """Return the middle of a row."""
        return self.top + ROW * (index + 0.5)

    def name(self, row: Row) -> float:
        """Return where a row's name starts."""
        return MARGIN + self.indent * row.depth

    def start(self, span: Span) -> float:
        """Return where a span's bar starts."""
        after_ms: float = (span.start_ns - self.start_ns) / 1e6
        return self.bars + after_ms * self.scale

    def end(self, span: Span) -> float:
        """Return where a span's bar ends."""
        return self.start(span) + max(words.length_ms(span) * self.scale, NARROWEST_BAR)


def lay_out(trace: Trace, top: float) -> Layout:
    """Return the places of a trace's rows and bars.

    Columns are as wide as what they hold, up to a limit; the bars get all the rest.

    Args:
        trace: one span or more.
        top: where the first row starts.
    """
    lines = rows(trace)
    notes = [note(lines, row) for row in lines]
    indent = min(INDENT, DEEPEST_INDENT / max(1, *(row.depth for row in lines)))
    names = max(indent * row.depth + lettering.measure(row.label) for row in lines)
    names = min(names, WIDEST_NAME)
    service_width = max(lettering.measure(service(row), SMALL) for row in lines)
    service_width = min(service_width, WIDEST_SERVICE)
    services = MARGIN + names + GAP
    bars = services + service_width + GAP
    return Layout(
        rows=lines,
        notes=notes,
        top=top,
        names=names,
        services=services,
        service_width=service_width,
        bars=bars,
        scale=_scale(trace, lines, notes, WIDTH - MARGIN - bars),
        indent=indent,
        start_ns=trace.start_ns,
    )


def _scale(trace: Trace, lines: list[Row], notes: list[str], room: float) -> float:
    """Return inches a millisecond: the most that leaves each bar room for the note after it."""
    scales = []
    for row, text in zip(lines, notes, strict=True):
        # From the trace's start: what is told in nanoseconds since 1970 has no room for fractions.
        end_ms = max(
            (span.start_ns - trace.start_ns) / 1e6 + words.length_ms(span) for span in row.spans
        )
        if end_ms > 0:
            left = room - NARROWEST_BAR - BEFORE_NOTE - lettering.measure(text, SMALL)
            scales.append(left / end_ms)
    # No bar has a length, so any scale will do.
    return min(scales, default=1.0)


def service(row: Row) -> str:
    """Return the name of a row's service, or how many services its spans come from."""
    names = {words.service(span) for span in row.spans}
    return names.pop() if len(names) == 1 else words.count(len(names), "service")


def note(lines: list[Row], row: Row) -> str:
    """Return what stands after a row's bar: how long it took, and what is wrong with it.

    Args:
        lines: all rows of the waterfall.
        row: one of them.
    """
    parts = [_how_long(row)]
    first = row.spans[0]
    failed = words.failures(row.spans)
    if row.folded and failed:
        what = ", ".join(words.count(number, word) for word, number in failed.items())
        parts.append(f"{colours.ERROR_MARK} {what}")
    elif failed:
        why = words.reason(first)
        parts.append(f"{colours.ERROR_MARK} {words.failure(first)}" + (f": {why}" if why else ""))
    if first.missing_parent and not row.folded:
        parts.append("parent missing")
    if row.parent is not None and not row.folded:
        early_ns = lines[row.parent].spans[0].start_ns - first.start_ns
        if early_ns > CLOCK_NOISE_MS * 1e6:
            parts.append("starts before its parent")
    return lettering.fit(" · ".join(parts), WIDEST_NOTE, SMALL)


def _how_long(row: Row) -> str:
    ended = [span for span in row.spans if not words.in_progress(span)]
    if not ended:
        return "in progress"
    if len(ended) < len(row.spans):
        return f"{len(row.spans) - len(ended):,} in progress"
    durations = [words.length_ms(span) for span in ended]
    shortest, longest = words.milliseconds(min(durations)), words.milliseconds(max(durations))
    if not row.folded:
        return longest
    if shortest == longest:
        return f"{longest} each"
    return f"{shortest.removesuffix(' ms')} to {longest} each"
