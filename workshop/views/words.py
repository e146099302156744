"""What a view says about a span or a trace, in words."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from workshop.errors import WorkshopError
from workshop.views.segment_span import SegmentSpan

if TYPE_CHECKING:
    from workshop.sandbox.honeycomb.traces import Span, Trace


SHORTEST_MS, LONGEST_MS = 1e-9, 1e301
"""What is shorter or longer is no time that any clock has told, and no scale can show it."""


def clean(text: str) -> str:
    """Return text on one line: runs of white space become a space, control characters a '□'."""
    return "".join(sign if sign.isprintable() else "□" for sign in " ".join(text.split()))


def without_folders(name: str) -> str:
    """Return a segment's name as views show it: of a file, as SQLite's is, without its folders.

    The folders differ between machines, and say nothing about the request.
    """
    return PurePosixPath(name).name or name if name.startswith("/") else name


def name(span: Span) -> str:
    """Return the span's name as views show it; a span without one is '(no name)'."""
    return clean(span.name) or "(no name)"


def service(span: Span) -> str:
    """Return the name of the span's service as views show it."""
    return clean(span.service) or "(no service)"


def services(trace: Trace) -> list[str]:
    """Return the names of a trace's services in the order in which they appear in it."""
    return list(dict.fromkeys(service(span) for span in trace.spans))


def shorten(text: str, fits: Callable[[str], bool]) -> str:
    """Return the text, or as much of its two ends as fits around a '…'.

    Both ends stay, because span names differ at either: `GET /api/…` and `…/<handle>`.

    Args:
        text: one line.
        fits: whether a candidate is short enough.
    """
    if fits(text):
        return text
    shortest, longest = 0, len(text) - 1
    while shortest < longest:
        kept = (shortest + longest + 1) // 2
        shortest, longest = (kept, longest) if fits(_ends(text, kept)) else (shortest, kept - 1)
    return _ends(text, shortest)


def _ends(text: str, kept: int) -> str:
    tail = kept // 2
    return f"{text[: kept - tail].rstrip()}…{text[len(text) - tail :].lstrip()}"


def count(number: int, noun: str) -> str:
    """Return '1 span' or '7 spans'."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def noun(span: Span) -> str:
    """Return what to call it: 'span', or in X-Ray's words 'segment' or 'subsegment'."""
    return span.noun if isinstance(span, SegmentSpan) else "span"


def sizes(spans: Sequence[Span], more: str = "") -> str:
    """Return how many spans there are, such as '7 spans' or '2 segments, 9 subsegments'.

    Args:
        spans: one or more.
        more: what stands before each noun, such as 'more '.
    """
    numbers = Counter(noun(span) for span in spans)
    return ", ".join(count(numbers[each], f"{more}{each}") for each in sorted(numbers))


def failure(span: Span) -> str:
    """Return the word for what went wrong: 'error', or in X-Ray 'fault' or 'throttle' as well."""
    return span.failure if isinstance(span, SegmentSpan) and span.failure else "error"


def failures(spans: Sequence[Span]) -> dict[str, int]:
    """Return how many spans failed, by the word for it."""
    return dict(sorted(Counter(failure(span) for span in spans if span.error).items()))


def in_progress(span: Span) -> bool:
    """Return whether its end has not arrived; only X-Ray tells of such."""
    return isinstance(span, SegmentSpan) and span.in_progress


def milliseconds(value: float) -> str:
    """Return a duration with two or three digits that matter, such as '0.42 ms' or '182 ms'."""
    if value >= 1e9:
        return f"{value:.1e} ms"
    if value >= 9.95:
        return f"{value:,.0f} ms"
    if value >= 0.995:
        return f"{value:.1f} ms"
    return f"{value:.2g} ms" if value >= 0.001 else "0 ms"


def length_ms(span: Span) -> float:
    """Return how long a span took, in milliseconds; nothing where it says what no clock can say."""
    return span.duration_ms if SHORTEST_MS < span.duration_ms < LONGEST_MS else 0.0


def trace_length_ms(trace: Trace) -> float:
    """Return the time from a trace's earliest start to its latest end, in milliseconds."""
    start_ns = trace.start_ns
    return max((span.start_ns - start_ns) / 1e6 + length_ms(span) for span in trace.spans)


def reason(span: Span) -> str:
    """Return why a span is an error: an exception's type, a status code or a message, or nothing.

    The exception that the span recorded comes first, then `error.type`, then the HTTP status, then
    the span's status message, where '…' stands for numbers, because they change from run to run.
    Names as in https://opentelemetry.io/docs/specs/semconv/registry/attributes/error/.
    """
    if not span.error:
        return ""
    for event in reversed(span.events):
        if event.name == "exception" and event.attributes.get("exception.type"):
            return _last_part(event.attributes["exception.type"])
    kind = span.attributes.get("error.type")
    if kind and not str(kind).isdigit():
        return _last_part(kind)
    for key in ("error.type", "http.response.status_code", "http.status_code"):
        if span.attributes.get(key):
            return f"HTTP {span.attributes[key]}"
    return re.sub(r"0x[0-9a-fA-F]+|\d[\d.,:]*", "…", clean(span.status_message))


def _last_part(kind: object) -> str:
    return clean(str(kind)).rpartition(".")[2]


def subject(trace: Trace) -> str:
    """Return what a trace is a trace of: its first root, and how many more there are.

    Raises:
        WorkshopError: the trace has no spans.
    """
    if not trace.roots:
        raise WorkshopError(
            "There is nothing to draw: this trace has no spans.",
            "Send the app a request, wait for its spans, then draw again.",
        )
    others = len(trace.roots) - 1
    return name(trace.roots[0]) + (f" and {count(others, 'more root')}" if others else "")


def facts(trace: Trace) -> str:
    """Return a trace in one line, such as 'GET /api/activities/home: 7 spans, 2 services, 182 ms'.

    Raises:
        WorkshopError: the trace has no spans.
    """
    what, whose = sizes(trace.spans), count(len(services(trace)), "service")
    return f"{subject(trace)}: {what}, {whose}, {milliseconds(trace_length_ms(trace))}"
