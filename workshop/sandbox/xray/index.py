"""Writes what a trace's documents say into the tables that are searched."""

import itertools
import json
import re
import sqlite3
from collections.abc import Iterable
from typing import Any

from workshop.sandbox.xray.assembly import account_of, assemble, describe_service
from workshop.sandbox.xray.root_causes import list_elements
from workshop.sandbox.xray.search.settings import draw
from workshop.sandbox.xray.summary import summarize
from workshop.sandbox.xray.trace import XraySegment, XrayTrace, as_ns, as_object

# What is indexed of a trace's annotations:
# https://docs.aws.amazon.com/xray/latest/devguide/xray-api-segmentdocuments.html#api-segmentdocuments-annotations
ANNOTATION_LIMIT = 50
_ANNOTATION_KEY = re.compile(r"[A-Za-z0-9_.]{1,500}")
ANNOTATION_TEXT_LIMIT = 1000

DERIVED = ("xray_traces", "xray_segments", "xray_edges", "xray_annotations", "xray_root_causes")
_DAY = 86_400.0

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_Row = dict[str, Any]


def index_traces(connection: sqlite3.Connection, trace_ids: Iterable[str]) -> None:
    """Make the rows of traces anew, from all documents that have arrived of them.

    Args:
        connection: in a transaction.
        trace_ids: those traces, each once.
    """
    keys = [(trace_id,) for trace_id in trace_ids]
    rows: dict[str, list[_Row]] = {table: [] for table in DERIVED}
    for (trace_id,) in keys:
        for table, more in _describe(connection, trace_id).items():
            rows[table] += more
    for table in DERIVED:
        connection.executemany(f"DELETE FROM {table} WHERE trace_id = ?", keys)  # noqa: S608
        _insert(connection, table, rows[table])


def find_time(trace_id: str, start: float) -> int:
    """Return when a request was made, in nanoseconds: by its id, which counts whole seconds.

    The time in an id that OpenTelemetry made is none; then its earliest segment tells.

    Args:
        trace_id: the id of its trace.
        start: of its earliest segment, in seconds since 1970.
    """
    told = int(trace_id[2:10], 16)
    if abs(start - told) > _DAY:
        return as_ns(start)
    return min(max(as_ns(start), told * 10**9), told * 10**9 + 10**9 - 1)


def _describe(connection: sqlite3.Connection, trace_id: str) -> dict[str, list[_Row]]:
    """Return a trace's rows, by the tables that they belong into."""
    found = connection.execute(
        "SELECT document, received_ns, searched, indexed FROM xray_segment_documents"
        " WHERE trace_id = ? ORDER BY row_id",
        (trace_id,),
    ).fetchall()
    trace = assemble(trace_id, (json.loads(document) for document, *_ in found))
    annotations = find_annotations(trace)
    updated_ns = max(received_ns for _, received_ns, *_ in found)
    kept = {"searched": any(each[2] for each in found), "indexed": any(each[3] for each in found)}
    summary = summarize(trace, annotations, len(found))
    segments = [each for each in trace.segments if not each.is_subsegment]
    return {
        "xray_traces": [_describe_trace(trace, summary, updated_ns) | kept],
        "xray_segments": [_describe_segment(trace, each) for each in segments],
        "xray_edges": _list_edges(trace),
        "xray_annotations": [
            _describe_annotation(trace_id, key, value) for key, value, _ in annotations
        ],
        "xray_root_causes": [{"trace_id": trace_id} | each for each in list_elements(summary)],
    }


def find_annotations(trace: XrayTrace) -> list[tuple[str, str | float | bool, XraySegment]]:
    """Return the annotations that are indexed: key, value, and the segment that they are in."""
    found = [
        (key, value, segment)
        for segment in trace.segments
        for part in segment.walk_parts()
        for key, value in part.annotations.items()
        if _ANNOTATION_KEY.fullmatch(key)
        and not (isinstance(value, str) and len(value) > ANNOTATION_TEXT_LIMIT)
    ]
    return found[:ANNOTATION_LIMIT]


def _insert(connection: sqlite3.Connection, table: str, rows: list[_Row]) -> None:
    """Insert rows; the names of columns come from this module, never from outside."""
    # A trace of which no segment has come yet has fewer columns than the others.
    for columns, alike in itertools.groupby(rows, key=tuple):
        names = ", ".join(columns)
        values = ", ".join(f":{name}" for name in columns)
        insert = f"INSERT OR REPLACE INTO {table} ({names}) VALUES ({values})"  # noqa: S608
        connection.executemany(insert, list(alike))


def _describe_trace(trace: XrayTrace, summary: dict[str, Any], updated_ns: int) -> _Row:
    root = trace.root
    judged = _describe_outcome(root) if root else {}
    for name in ("partial", "start_ns", "end_ns", "duration"):
        judged.pop(name, None)
    return {
        "trace_id": trace.trace_id,
        "time_ns": find_time(trace.trace_id, trace.start),
        "updated_ns": updated_ns,
        "ended_ns": as_ns(trace.end),
        "draw": draw(trace.trace_id),
        "partial": trace.is_partial,
        "inferred": any(segment.is_inferred for segment in trace.segments),
        "duration": round(trace.duration, 6),
        "summary": _encode(summary),
        **judged,
    }


def _describe_segment(trace: XrayTrace, segment: XraySegment) -> _Row:
    name, kind = describe_service(segment)
    ec2 = as_object(segment.read_object("aws").get("ec2"))
    return {
        "trace_id": trace.trace_id,
        "id": segment.id,
        "name": name,
        "type": kind,
        "account_id": account_of(segment),
        "root": segment is trace.root,
        "inferred": segment.is_inferred,
        **_describe_outcome(segment),
        "user": segment.read_text("user"),
        "availability_zone": _as_text(ec2.get("availability_zone")),
        "instance_id": _as_text(ec2.get("instance_id")),
        "resource_arn": segment.read_text("resource_arn"),
    }


def _list_edges(trace: XrayTrace) -> list[_Row]:
    """Return a row a call: as the caller's subsegment tells it, or else the segment called."""
    rows = []
    for segment in trace.segments:
        for part in segment.walk_parts():
            for target in part.downstream:
                call = part if part.is_subsegment else target
                source = (*describe_service(segment), account_of(segment))
                rows.append(_describe_edge(trace, source, target, call))
    if trace.root:
        client = (describe_service(trace.root)[0], "client", account_of(trace.root))
        rows.append(_describe_edge(trace, client, trace.root, trace.root))
    return rows


def _describe_edge(
    trace: XrayTrace,
    source: tuple[str, str | None, str],
    target: XraySegment,
    call: XraySegment,
) -> _Row:
    target_name, target_type = describe_service(target)
    return {
        "trace_id": trace.trace_id,
        "source_name": source[0],
        "source_type": source[1],
        "source_account_id": source[2],
        "target_name": target_name,
        "target_type": target_type,
        "target_account_id": account_of(target),
        # Another name than the target's own is told as its alias.
        "name": target_name if target.is_inferred else call.name,
        "inferred": target.is_inferred,
        **_describe_outcome(call),
    }


def _describe_outcome(segment: XraySegment) -> _Row:
    """Return what is judged of a segment and of a call alike."""
    request = as_object(segment.http.get("request"))
    ends = [part.end for part in segment.walk_parts()]
    ended = [end for end in ends if end is not None]
    return {
        "partial": None in ends,
        "start_ns": as_ns(segment.start),
        "end_ns": None if segment.end is None else as_ns(segment.end),
        "response_time": None if segment.in_progress else round(segment.duration, 6),
        "duration": round(max(ended, default=segment.start) - segment.start, 6),
        "ok": segment.ok,
        "error": segment.error,
        "throttle": segment.throttle,
        "fault": segment.fault,
        "http_status": segment.status,
        "http_url": _as_text(request.get("url")),
        "http_method": _as_text(request.get("method")),
        "user_agent": _as_text(request.get("user_agent")),
        "client_ip": _as_text(request.get("client_ip")),
    }


def _describe_annotation(trace_id: str, key: str, value: str | float | bool) -> _Row:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return {
        "trace_id": trace_id,
        "key": key,
        "string_value": value if isinstance(value, str) else None,
        "number_value": float(value) if is_number else None,
        "boolean_value": value if isinstance(value, bool) else None,
    }


def _as_text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None
