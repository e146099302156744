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
    exports = Exports(reader)
    return [row for (trace_id,) in found if (row := _read_row(exports, trace_id)) is not None]


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


def read_routes(reader: Reader) -> list[RouteRow]:
    """Return how requests went, by service and route, the most frequent first.

    A request is a span of the kind 'server'. Times of a route are those of its spans in the latest
    exports, of `ROUTE_EVENTS` events together; a span that stands for several by its sample rate
    counts once.
    """
    times: dict[tuple[str, str], list[float]] = {}
    errors: dict[tuple[str, str], int] = {}
    for span in Exports(reader).read_servers(ROUTE_EVENTS):
        route = span.dataset, str(span.own.get("name") or "(no name)")
        times.setdefault(route, []).append(_number(span.own.get("duration_ms")))
        errors[route] = errors.get(route, 0) + _failed(span.own)
    routes = [
        RouteRow(*route, len(each), errors[route], percentile(each, 50), percentile(each, 99))
        for route, each in times.items()
    ]
    return sorted(routes, key=lambda route: (-route.count, route.service, route.name))


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
