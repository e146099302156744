"""What the Honeycomb page lists: recent traces, and how long requests take by route.

Each query reads at most some thousand rows by an index, however much there is in the store.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from workshop.sandbox.console import spelling
from workshop.sandbox.honeycomb.storage import Exports
from workshop.sandbox.store import Reader

EVENTS_OF_A_TRACE = 500
"""A trace with more events than this is told from its first ones."""
ROUTE_EVENTS = 5_000
"""Routes are told from so many of the latest events."""
HOUR_NS = 3_600 * 10**9

LONGEST_MS = 1e15
"""What no clock can measure is taken for nothing."""

_PATHS = ("url.path", "http.target", "url.full", "http.url")
_METHODS = ("http.request.method", "http.method")
_STATUSES = ("http.response.status_code", "http.status_code")


@dataclass(frozen=True)
class TraceRow:
    """One trace in a list.

    Args:
        trace_id: in hexadecimal.
        name: of its root, or of its earliest span where its root has not arrived.
        method: of the request that it answers; empty where it says none.
        path: likewise, without a query.
        status: its HTTP status, or None.
        services: in the order in which they appear.
        start_ns: of its earliest span, in nanoseconds since 1970.
        duration_ms: from its earliest start to its latest end.
        spans: how many have arrived.
        errors: how many of them are marked as failed.
        is_cut: it has more events than are counted here.
        has_root: whether a span without a parent has arrived.
    """

    trace_id: str
    name: str
    method: str
    path: str
    status: int | None
    services: tuple[str, ...]
    start_ns: int
    duration_ms: float
    spans: int
    errors: int
    is_cut: bool
    has_root: bool


@dataclass(frozen=True)
class ServerSpan:
    """One request, as the service that answered it tells it.

    Args:
        trace_id: in hexadecimal.
        service: who answered.
        route: the span's name, such as `GET /api/activities/home`.
        start_ns: when it began, in nanoseconds since 1970.
        duration_ms: how long it took.
        failed: whether it is marked as failed.
        is_root: nothing that was traced has asked for it.
    """

    trace_id: str
    service: str
    route: str
    start_ns: int
    duration_ms: float
    failed: bool
    is_root: bool


@dataclass(frozen=True)
class RouteRow:
    """How requests to one route went.

    Args:
        service: who answered.
        name: the span's name, such as `GET /api/activities/home`.
        count: how many.
        errors: how many of them failed.
        p50_ms: half of them took at most this long.
        p99_ms: 99 in 100 took at most this long.
    """

    service: str
    name: str
    count: int
    errors: int
    p50_ms: float
    p99_ms: float


def read_rows(reader: Reader, limit: int) -> list[TraceRow]:
    """Return the latest traces, the newest first."""
    found = reader.execute(
        "SELECT trace_id FROM honeycomb_traces ORDER BY start_ns DESC, trace_id DESC LIMIT ?",
        (limit,),
    ).fetchall()
    return _read_rows(reader, [trace_id for (trace_id,) in found])


def read_rows_of(reader: Reader, requests: Sequence[ServerSpan], limit: int) -> list[TraceRow]:
    """Return the latest traces that some requests are in, the newest first."""
    latest = sorted(requests, key=lambda each: each.start_ns, reverse=True)
    return _read_rows(reader, list(dict.fromkeys(each.trace_id for each in latest))[:limit])


def _read_rows(reader: Reader, trace_ids: Iterable[str]) -> list[TraceRow]:
    exports = Exports(reader)
    return [row for each in trace_ids if (row := _read_row(exports, each)) is not None]


def read_row(reader: Reader, trace_id: str) -> TraceRow | None:
    """Return one trace as a list shows it; None where no span of it has arrived."""
    return _read_row(Exports(reader), trace_id)


def _read_row(exports: Exports, trace_id: str) -> TraceRow | None:
    events = exports.read_trace(trace_id, EVENTS_OF_A_TRACE + 1)
    spans = [event for event in events[:EVENTS_OF_A_TRACE] if event.is_span]
    if not spans:
        return None
    spans.sort(key=lambda span: span.time_ns)
    roots = [span for span in spans if not span.own.get("trace.parent_id")]
    root, earliest_ns = (roots or spans)[0], spans[0].time_ns
    first = root.own
    duration_ms = max(
        (span.time_ns - earliest_ns) / 1e6 + _number(span.own.get("duration_ms")) for span in spans
    )
    return TraceRow(
        trace_id=trace_id,
        name=str(first.get("name", "")) or "(no name)",
        method=str(_first(first, _METHODS) or ""),
        path=path_of(first),
        status=status if isinstance(status := _first(first, _STATUSES), int) else None,
        services=tuple(dict.fromkeys(span.dataset for span in spans)),
        start_ns=root.time_ns,
        duration_ms=duration_ms,
        spans=len(spans),
        errors=sum(_failed(span.own) for span in spans),
        is_cut=len(events) > EVENTS_OF_A_TRACE,
        has_root=bool(roots),
    )


def read_requests(reader: Reader) -> list[ServerSpan]:
    """Return the requests of the latest exports, of `ROUTE_EVENTS` events together.

    A request is a span of the kind 'server'; one that stands for several by its sample rate counts
    once.
    """
    return [
        ServerSpan(
            trace_id=span.trace_id,
            service=span.dataset,
            route=str(span.own.get("name") or "(no name)"),
            start_ns=span.time_ns,
            duration_ms=_number(span.own.get("duration_ms")),
            failed=_failed(span.own),
            is_root=not span.own.get("trace.parent_id"),
        )
        for span in Exports(reader).read_servers(ROUTE_EVENTS)
    ]


def sum_up(requests: Iterable[ServerSpan]) -> list[RouteRow]:
    """Return how requests went, by service and route, the most frequent first."""
    routes: dict[tuple[str, str], list[ServerSpan]] = {}
    for each in requests:
        routes.setdefault((each.service, each.route), []).append(each)
    rows = []
    for route, some in routes.items():
        times = [each.duration_ms for each in some]
        errors = sum(each.failed for each in some)
        rows.append(
            RouteRow(*route, len(some), errors, percentile(times, 50), percentile(times, 99))
        )
    return sorted(rows, key=lambda row: (-row.count, row.service, row.name))


def choose(requests: Sequence[ServerSpan], service: str, route: str) -> list[ServerSpan]:
    """Return the requests that the heatmap shows: of one route, or those that came from outside.

    They are those of the hour before the latest; where none came from outside, all are taken.

    Args:
        requests: as `read_requests` returns them.
        service: who answered; empty for all.
        route: the span's name; empty for all.
    """
    if service or route:
        chosen = [each for each in requests if (each.service, each.route) == (service, route)]
    else:
        chosen = [each for each in requests if each.is_root] or list(requests)
    latest_ns = max((each.start_ns for each in chosen), default=0)
    return [each for each in chosen if each.start_ns > latest_ns - HOUR_NS]


def percentile(values: Sequence[float], part: int) -> float:
    """Return the least of some values that at least a part of them does not exceed.

    Args:
        values: one or more, in any order.
        part: of 100, such as 99.
    """
    ordered = sorted(values)
    return ordered[max(0, math.ceil(len(ordered) * part / 100) - 1)]


def path_of(fields: dict[str, Any]) -> str:
    """Return the path of the request that a span answers, by the new conventions or the old."""
    return spelling.path_of(str(_first(fields, _PATHS) or ""))


def _first(fields: dict[str, Any], keys: Iterable[str]) -> Any:
    return next((fields[key] for key in keys if fields.get(key)), None)


def _number(value: object) -> float:
    # An attribute of the app's may have taken the name of a field that should be a number.
    if isinstance(value, bool) or not isinstance(value, int | float):
        return 0.0
    return float(value) if 0 < value < LONGEST_MS else 0.0


def _failed(fields: dict[str, Any]) -> bool:
    return fields.get("error") in (True, "true")
