"""Keeps exports as they came, and notes which traces each has a part of.

Their events are made when they are read. Most are never looked at, and to keep a span as it came
takes a tenth of the time that its event would.
"""

import functools
from collections.abc import Iterator

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from workshop.sandbox.honeycomb.events import (
    LATEST_NS,
    Event,
    Scope,
    format_trace_id,
    read_scopes,
    translate,
)
from workshop.sandbox.store import Reader, Store

# How many exports are held at once while traces are read; neighbours are often in the same ones.
EXPORTS_HELD = 16

# Two spellings of one id, with zeros before it and without, are one trace.
_KEEP_PART = """
INSERT INTO honeycomb_parts (export_id, trace_id, dataset, start_ns, events) VALUES (?, ?, ?, ?, ?)
ON CONFLICT DO UPDATE SET
    start_ns = min(start_ns, excluded.start_ns), events = events + excluded.events
"""


def save_export(
    store: Store, request: ExportTraceServiceRequest, body: bytes | None = None
) -> None:
    """Keep one export; when this returns it survives the process.

    Args:
        store: where to keep it.
        request: as `parse_traces` returns it.
        body: the same as it came, where it came as protobuf: to write it anew would take longer
            than to keep it.
    """
    spans: dict[tuple[bytes, str], list[Span]] = {}
    for scope in read_scopes(request):
        dataset = scope.dataset
        for span in scope.spans:
            spans.setdefault((span.trace_id, dataset), []).append(span)
    if not spans:
        return
    parts = [
        (format_trace_id(raw_id), dataset, *_measure(some))
        for (raw_id, dataset), some in spans.items()
    ]
    last_ns = max(part[-1] for part in parts)
    with store.transaction() as connection:
        traces_so_far, events_so_far = _count(connection)
        for trace_id in {part[0] for part in parts}:
            known = "SELECT 1 FROM honeycomb_parts WHERE trace_id = ?"
            traces_so_far += connection.execute(known, (trace_id,)).fetchone() is None
        events_so_far += sum(part[3] for part in parts)
        export_id = connection.execute(
            "INSERT INTO honeycomb_exports (last_ns, traces_so_far, events_so_far, body)"
            " VALUES (?, ?, ?, ?)",
            (last_ns, traces_so_far, events_so_far, body or request.SerializeToString()),
        ).lastrowid
        connection.executemany(_KEEP_PART, [(export_id, *part[:-1]) for part in parts])


def _measure(spans: list[Span]) -> tuple[int, int, int]:
    """Return the start of the earliest span, the number of events, and the time of the latest."""
    starts = [span.start_time_unix_nano for span in spans]
    later = [event.time_unix_nano for span in spans for event in span.events]
    links = sum([len(span.links) for span in spans])
    last_ns = max(starts + later)
    return min(*starts, LATEST_NS), len(starts) + len(later) + links, min(last_ns, LATEST_NS)


def _count(reader: Reader) -> tuple[int, int]:
    """Return how many traces and events have arrived: the last export tells, none is counted."""
    found = reader.execute(
        "SELECT traces_so_far, events_so_far FROM honeycomb_exports ORDER BY id DESC LIMIT 1"
    ).fetchone()
    return found or (0, 0)


def count_traces(reader: Reader) -> int:
    """Return how many traces have arrived."""
    return _count(reader)[0]


def count_events(reader: Reader, trace_id: str | None = None) -> int:
    """Return how many events have arrived, of one trace or of all."""
    if trace_id is None:
        return _count(reader)[1]
    (events,) = reader.execute(
        "SELECT coalesce(sum(events), 0) FROM honeycomb_parts WHERE trace_id = ?", (trace_id,)
    ).fetchone()
    return int(events)


class Exports:
    """Reads the events of exports that were kept.

    Args:
        reader: from `open_reader`.
    """

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._spans_by_trace = functools.lru_cache(EXPORTS_HELD)(self._sort_spans)

    def read_trace(self, trace_id: str, limit: int | None = None) -> list[Event]:
        """Return a trace's events in the order of their arrival.

        Args:
            trace_id: in hexadecimal.
            limit: at most so many, but for the last span's own.
        """
        found = self._reader.execute(
            "SELECT DISTINCT export_id FROM honeycomb_parts WHERE trace_id = ? ORDER BY export_id",
            (trace_id,),
        )
        events: list[Event] = []
        for (export_id,) in found:
            for scope, span in self._spans_by_trace(export_id).get(trace_id, ()):
                if limit is not None and len(events) >= limit:
                    return events
                scope.add_span(events, span)
        return events

    def read_since(self, since_ns: int) -> Iterator[Event]:
        """Yield all events of a time or later, in nanoseconds since 1970, export by export."""
        found = self._reader.execute(
            "SELECT body FROM honeycomb_exports WHERE last_ns >= ? ORDER BY last_ns, id",
            (since_ns,),
        )
        for (body,) in found:
            for event in translate(ExportTraceServiceRequest.FromString(body)):
                if event.time_ns >= since_ns:
                    yield event

    def read_servers(self, events: int) -> Iterator[Event]:
        """Yield the spans of the kind 'server' in the exports that ended last.

        Args:
            events: of how many events those exports are to be, at least.
        """
        found = self._reader.execute("SELECT body FROM honeycomb_exports ORDER BY last_ns DESC")
        while events > 0 and (row := found.fetchone()) is not None:
            made: list[Event] = []
            for scope in read_scopes(ExportTraceServiceRequest.FromString(row[0])):
                for span in scope.spans:
                    events -= 1 + len(span.events) + len(span.links)
                    if span.kind == Span.SPAN_KIND_SERVER:
                        scope.add_span(made, span)
            yield from (event for event in made if event.is_span)

    def _sort_spans(self, export_id: int) -> dict[str, list[tuple[Scope, Span]]]:
        """Return an export's spans by their traces."""
        (body,) = self._reader.execute(
            "SELECT body FROM honeycomb_exports WHERE id = ?", (export_id,)
        ).fetchone()
        spans: dict[str, list[tuple[Scope, Span]]] = {}
        for scope in read_scopes(ExportTraceServiceRequest.FromString(body)):
            for span in scope.spans:
                spans.setdefault(format_trace_id(span.trace_id), []).append((scope, span))
        return spans
