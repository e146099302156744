"""Finds a request's trace: at Honeycomb and at X-Ray."""

from workshop.sandbox.console import recent_traces, spelling
from workshop.sandbox.console.matching import (
    BY_ID,
    BY_TIME,
    LOOKED_AT,
    NEAR_NS,
    Match,
    Request,
)
from workshop.sandbox.console.matching_records import is_in_log
from workshop.sandbox.store import Reader


def find_honeycomb(reader: Reader, request: Request) -> list[Match]:
    """Return Honeycomb's trace of a request, or those that began near it on its path."""
    found = find_trace(reader, request)
    # Where the log has X-Ray's id, the app has one id for both, and what is near is not this one.
    if found or (is_in_log(reader, request) and find_segments(reader, request)):
        return found
    return _find_near_traces(reader, request)


def find_trace(reader: Reader, request: Request) -> list[Match]:
    """Return Honeycomb's trace of a request's id, if it is there."""
    row = recent_traces.read_row(reader, request.ids[0]) if request.ids else None
    return [] if row is None else [_match_trace(row, BY_ID)]


def _find_near_traces(reader: Reader, request: Request) -> list[Match]:
    if request.start_ns is None or not request.path:
        return []
    near = reader.execute(
        "SELECT trace_id FROM honeycomb_traces WHERE start_ns BETWEEN ? AND ?"
        " ORDER BY abs(start_ns - ?) LIMIT ?",
        (request.start_ns - NEAR_NS, request.start_ns + NEAR_NS, request.start_ns, LOOKED_AT),
    ).fetchall()
    rows = [recent_traces.read_row(reader, trace_id) for (trace_id,) in near]
    return [_match_trace(row, BY_TIME) for row in rows if row and row.path == request.path]


def _match_trace(row: recent_traces.TraceRow, how: str) -> Match:
    title = f"{row.name}, {spelling.milliseconds(row.duration_ms)}"
    return Match(title, "show_trace", {"trace_id": row.trace_id}, how, row.start_ns, row.path)


def find_xray(reader: Reader, request: Request) -> list[Match]:
    """Return X-Ray's trace of a request, or those that began near it on its path."""
    return find_segments(reader, request) or _find_near_segments(reader, request)


_SEGMENT = (
    "SELECT trace_id, name, http_method, http_url, duration, start_ns FROM xray_segments"
    " WHERE NOT inferred"
)


def find_segments(reader: Reader, request: Request) -> list[Match]:
    """Return X-Ray's trace of a request's id, if it is there."""
    if not request.ids:
        return []
    rows = reader.execute(
        f"{_SEGMENT} AND trace_id = ? ORDER BY root DESC, start_ns LIMIT 1", (request.ids[1],)
    )
    return [_match_segment(row, BY_ID) for row in rows]


def _find_near_segments(reader: Reader, request: Request) -> list[Match]:
    if request.start_ns is None or not request.path:
        return []
    rows = reader.execute(
        f"{_SEGMENT} AND root AND start_ns BETWEEN ? AND ? ORDER BY abs(start_ns - ?) LIMIT ?",
        (request.start_ns - NEAR_NS, request.start_ns + NEAR_NS, request.start_ns, LOOKED_AT),
    )
    same = [row for row in rows if spelling.path_of(row[3]) == request.path]
    return [
        _match_segment(row, BY_TIME)
        for row in same
        if not (request.ids and _is_known_elsewhere(reader, Request(row[0], row[5])))
    ]


def _is_known_elsewhere(reader: Reader, other: Request) -> bool:
    """Tell whether an id of X-Ray's is also another tool's: then it is another request's."""
    return bool(find_trace(reader, other)) or is_in_log(reader, other)


def _match_segment(row: tuple[str, str, str | None, str | None, float, int], how: str) -> Match:
    trace_id, name, method, url, duration, start_ns = row
    asked = " ".join(filter(None, [method, spelling.path_of(url)]))
    title = ", ".join(filter(None, [name, asked, spelling.milliseconds(duration * 1000)]))
    path = spelling.path_of(url)
    return Match(title, "show_xray_trace", {"trace_id": trace_id}, how, start_ns, path)
