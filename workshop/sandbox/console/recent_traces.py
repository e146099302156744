"""What the Honeycomb page lists: recent traces, and how long requests take by route.

Each query reads at most some thousand rows by an index, however much there is in the store.
"""

import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from workshop.sandbox.console import spelling
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
    return [row for (trace_id,) in found if (row := read_row(reader, trace_id)) is not None]


def read_row(reader: Reader, trace_id: str) -> TraceRow | None:
    """Return one trace as a list shows it; None where no span of it has arrived."""
    events = reader.execute(
        "SELECT event.dataset, event.time_ns, event.fields FROM honeycomb_events AS event"
        " WHERE event.trace_id = ? LIMIT ?",
        (trace_id, EVENTS_OF_A_TRACE + 1),
    ).fetchall()
    spans = [
        (time_ns, dataset, fields)
        for dataset, time_ns, text in events[:EVENTS_OF_A_TRACE]
        if "meta.annotation_type" not in (fields := json.loads(text))
    ]
    if not spans:
        return None
    spans.sort(key=lambda each: each[0])
    roots = [each for each in spans if not each[2].get("trace.parent_id")]
    start_ns, _, first = (roots or spans)[0]
    earliest_ns = spans[0][0]
    duration_ms = max(
        (time_ns - earliest_ns) / 1e6 + _number(fields.get("duration_ms"))
        for time_ns, _, fields in spans
    )
    return TraceRow(
        trace_id=trace_id,
        name=str(first.get("name", "")) or "(no name)",
        method=str(_first(first, _METHODS) or ""),
        path=path_of(first),
        status=status if isinstance(status := _first(first, _STATUSES), int) else None,
        services=tuple(dict.fromkeys(each[1] for each in spans)),
        start_ns=start_ns,
        duration_ms=duration_ms,
        spans=len(spans),
        errors=sum(_failed(each[2]) for each in spans),
        is_cut=len(events) > EVENTS_OF_A_TRACE,
        has_root=bool(roots),
    )


def read_routes(reader: Reader) -> list[RouteRow]:
    """Return how requests went, by service and route, the most frequent first.

    A request is a span of the kind 'server'. Times of a route are those of its spans among the
    latest `ROUTE_EVENTS` events; a span that stands for several by its sample rate counts once.
    """
    rows = reader.execute(
        "SELECT dataset, json_extract(fields, '$.name'), json_extract(fields, '$.duration_ms'),"
        " coalesce(json_extract(fields, '$.error') IN (1, 'true'), 0)"
        " FROM (SELECT dataset, fields FROM honeycomb_events ORDER BY time_ns DESC LIMIT ?)"
        """ WHERE json_extract(fields, '$."span.kind"') = 'server'""",
        (ROUTE_EVENTS,),
    )
    times: dict[tuple[str, str], list[float]] = {}
    errors: dict[tuple[str, str], int] = {}
    for service, name, duration_ms, failed in rows:
        route = service, str(name or "(no name)")
        times.setdefault(route, []).append(_number(duration_ms))
        errors[route] = errors.get(route, 0) + failed
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
