"""Reads traces back, as trees of spans, and events as rows."""

from datetime import UTC, datetime
from typing import Any

from workshop.sandbox.honeycomb.attributes import Fields
from workshop.sandbox.honeycomb.events import LINK, SPAN_EVENT, Event
from workshop.sandbox.honeycomb.spans import Span, SpanEvent, Trace
from workshop.sandbox.honeycomb.storage import Exports
from workshop.sandbox.store import Reader

__all__ = ["Span", "SpanEvent", "Trace", "read_events", "read_trace", "read_traces"]

# Fields that a span or span event tells by an attribute of its own, or that only link it.
_TOLD_BY_SPAN = {
    "trace.trace_id",
    "trace.span_id",
    "trace.parent_id",
    "name",
    "type",
    "span.kind",
    "duration_ms",
    "error",
    "status_message",
    "library.name",
}
_TOLD_BY_SPAN_EVENT = {
    "trace.trace_id",
    "trace.parent_id",
    "name",
    "parent_name",
    "error",
    "meta.annotation_type",
    "meta.signal_type",
    "meta.time_since_span_start_ms",
    "meta.invalid_time_since_span_start",
}


def read_traces(
    reader: Reader, since_ns: int = 0, service: str | None = None, limit: int | None = None
) -> list[Trace]:
    """Return the traces that have arrived, oldest first.

    Args:
        reader: from `open_reader`.
        since_ns: leave out traces whose earliest span starts before, in nanoseconds since 1970.
        service: only traces in which this service has a part; they are returned whole.
        limit: at most so many, the newest.
    """
    query = "SELECT trace_id FROM honeycomb_traces AS trace WHERE start_ns >= :since_ns"
    if service is not None:
        query += (
            " AND EXISTS (SELECT 1 FROM honeycomb_parts AS part"
            " WHERE part.dataset = :service AND part.trace_id = trace.trace_id)"
        )
    query += " ORDER BY start_ns DESC, trace_id DESC LIMIT :limit"
    wanted = {
        "since_ns": since_ns,
        "service": service,
        "limit": -1 if limit is None else limit,
    }
    found = reader.execute(query, wanted).fetchall()
    exports = Exports(reader)
    return [_build(exports, trace_id) for (trace_id,) in reversed(found)]


def read_trace(reader: Reader, trace_id: str) -> Trace | None:
    """Return one trace, or None where no span of it has arrived.

    Args:
        reader: from `open_reader`.
        trace_id: in hexadecimal.
    """
    trace = _build(Exports(reader), trace_id)
    return trace if trace.roots else None


def read_events(
    reader: Reader, since_ns: int = 0, dataset: str | None = None
) -> list[dict[str, Any]]:
    """Return events as flat rows, oldest first: spans, span events and links alike.

    Each row is the event's fields, and `Timestamp` (RFC 3339, UTC), `Dataset` and `SampleRate`.

    Args:
        reader: from `open_reader`.
        since_ns: leave out events of an earlier time, in nanoseconds since 1970.
        dataset: only those of one dataset.
    """
    events = [
        event
        for event in Exports(reader).read_since(since_ns)
        if dataset is None or event.dataset == dataset
    ]
    return [
        {
            **event.fields,
            "Timestamp": _format_time(event.time_ns),
            "Dataset": event.dataset,
            "SampleRate": event.sample_rate,
        }
        for event in sorted(events, key=lambda event: event.time_ns)
    ]


def _build(exports: Exports, trace_id: str) -> Trace:
    spans: list[Span] = []
    span_events: list[tuple[str, SpanEvent]] = []
    for event in sorted(exports.read_trace(trace_id), key=lambda event: event.time_ns):
        what = event.own.get("meta.annotation_type")
        if what == SPAN_EVENT:
            parent_id = str(event.own.get("trace.parent_id"))
            span_events.append((parent_id, _make_span_event(event.own)))
        elif what != LINK:
            spans.append(_make_span(event))
    by_id: dict[str, Span] = {}
    for span in spans:
        by_id.setdefault(span.span_id, span)
    for span_id, span_event in span_events:
        if span_id in by_id:
            by_id[span_id].events.append(span_event)
    return Trace(trace_id, _plant(spans, by_id))


def _plant(spans: list[Span], by_id: dict[str, Span]) -> list[Span]:
    """Hang each span below its parent, and return those that have none here.

    Args:
        spans: by start.
        by_id: the same by their ids.
    """
    roots: list[Span] = []
    for span in spans:
        parent = by_id.get(span.parent_id) if span.parent_id else None
        span.missing_parent = bool(span.parent_id) and parent is None
        (roots if parent is None else parent.children).append(span)
    # Spans that are each other's parents hang from no root: the earliest of them becomes one.
    reached = {id(below) for root in roots for below in root.walk()}
    for span in spans:
        if id(span) not in reached:
            siblings = by_id[span.parent_id or ""].children
            siblings[:] = [other for other in siblings if other is not span]
            roots.append(span)
            reached.update(id(below) for below in span.walk())
    return sorted(roots, key=lambda root: root.start_ns)


def _make_span(event: Event) -> Span:
    fields = event.fields
    parent_id = fields.get("trace.parent_id")
    return Span(
        trace_id=event.trace_id,
        span_id=str(fields.get("trace.span_id", "")),
        parent_id=str(parent_id) if parent_id else None,
        name=str(fields.get("name", "")),
        service=event.dataset,
        kind=str(fields.get("span.kind", "unspecified")),
        start_ns=event.time_ns,
        duration_ms=_as_number(fields.get("duration_ms")),
        error=fields.get("error") in (True, "true"),
        status_message=str(fields.get("status_message", "")),
        attributes={key: value for key, value in fields.items() if key not in _TOLD_BY_SPAN},
        library=str(fields.get("library.name", "")),
    )


def _make_span_event(own: Fields) -> SpanEvent:
    return SpanEvent(
        name=str(own.get("name", "")),
        offset_ms=_as_number(own.get("meta.time_since_span_start_ms")),
        attributes={key: value for key, value in own.items() if key not in _TOLD_BY_SPAN_EVENT},
    )


def _as_number(value: object) -> float:
    # An attribute of the app's may have taken the name of a field that should be a number.
    return float(value) if isinstance(value, int | float) else 0.0


def _format_time(time_ns: int) -> str:
    seconds, rest = divmod(time_ns, 1_000_000_000)
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%S}.{rest:09d}Z"
