"""An X-Ray trace in the views that draw spans: one way to draw both vendors' traces."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from workshop.errors import WorkshopError
from workshop.sandbox.honeycomb.spans import Span, SpanEvent, Trace
from workshop.views import tree, waterfall, words
from workshop.views.segment_span import SegmentSpan

if TYPE_CHECKING:
    from workshop.sandbox.xray.trace import XraySegment, XrayTrace
    from workshop.views.picture import Picture

FAILURES = ("fault", "throttle", "error")
"""Worst first: a segment may have several of these marks, as every throttle is an error too."""


def show(trace: XrayTrace, title: str | None = None) -> Picture:
    """Return the segment timeline as a notebook shows it, with the trace in words beside it.

    Args:
        trace: segments of one request.
        title: what to see in it; the facts about the trace if there is none.

    Raises:
        WorkshopError: the trace has no segments.
    """
    return waterfall.show(as_trace(trace), title)


def render(trace: XrayTrace) -> str:
    """Return a trace as text, a line a segment or subsegment, without ids and times.

    Args:
        trace: segments of one request.

    Raises:
        WorkshopError: the trace has no segments.
    """
    return tree.render(as_trace(trace))


def as_trace(trace: XrayTrace) -> Trace:
    """Return segments and subsegments as spans: a segment's name is its service's.

    Segments that X-Ray infers are left out: the subsegment that calls tells the same.

    Args:
        trace: segments of one request.

    Raises:
        WorkshopError: the trace has no segments.
    """
    if not trace.segments:
        raise WorkshopError(
            "There is nothing to draw: this trace has no segments.",
            "Send the app a request, wait for its segments, then draw again.",
        )
    roots: list[Span] = []
    # Not recursive: a trace may be deeper than Python's stack.
    waiting = [(root, "", roots) for root in reversed(trace.roots)]
    while waiting:
        segment, service, siblings = waiting.pop()
        if segment.is_inferred:
            continue
        if not segment.is_subsegment:
            service = segment.name
        made = _as_span(segment, service)
        siblings.append(made)
        waiting += [(child, service, made.children) for child in reversed(segment.children)]
    return Trace(trace.trace_id, roots)


def _as_span(segment: XraySegment, service: str) -> SegmentSpan:
    failure = next((mark for mark in FAILURES if getattr(segment, mark)), "")
    kinds = [str(each["type"]) for each in segment.exceptions if each.get("type")]
    return SegmentSpan(
        trace_id=segment.trace_id,
        span_id=segment.id,
        parent_id=segment.parent_id,
        name=_name(segment),
        service=service,
        kind="client" if segment.is_call else "internal" if segment.is_subsegment else "server",
        start_ns=round(segment.start * 1e9),
        duration_ms=_seconds(segment) * 1000,
        error=bool(failure),
        status_message="",
        attributes={"http.response.status_code": segment.status} if segment.status else {},
        library="",
        # The first exception is the one that was caught; those after it are its causes.
        events=[SpanEvent("exception", 0.0, {"exception.type": kind}) for kind in kinds[:1]],
        missing_parent=segment.missing_parent,
        noun="subsegment" if segment.is_subsegment else "segment",
        failure=failure,
        in_progress=segment.in_progress,
    )


def _name(segment: XraySegment) -> str:
    """Return a segment's name, with the request that a first segment answers or whom a part calls.

    Segments below others go without their paths, so that equal work looks alike.
    """
    if segment.namespace:
        return f"{words.without_folders(segment.name)} ({segment.namespace})"
    request = segment.http.get("request")
    if segment.is_subsegment or segment.parent_id or not isinstance(request, dict):
        return segment.name
    asked = f"{request.get('method') or ''} {_path(request.get('url'))}".strip()
    return f"{segment.name} · {asked}" if asked else segment.name


def _path(url: object) -> str:
    """Return a URL's path: the rest differs between machines, or may be somebody's secret."""
    try:
        return urlsplit(url).path if isinstance(url, str) else ""
    except ValueError:
        return ""


def _seconds(segment: XraySegment) -> float:
    if not segment.in_progress:
        return segment.duration
    ends = [below.end for below in segment.walk() if below.end is not None]
    return max([0.0, *(end - segment.start for end in ends)])
