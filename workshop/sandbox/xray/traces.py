"""Reads traces back, as trees of segments and as X-Ray's API answers them."""

import json
import re
from collections.abc import Iterator
from typing import Any

from workshop.sandbox.aws.errors import invalid_request
from workshop.sandbox.store import Reader, Store
from workshop.sandbox.xray.assembly import assemble
from workshop.sandbox.xray.trace import XraySegment, XrayTrace

__all__ = ["XraySegment", "XrayTrace", "read_xray_trace", "read_xray_traces"]

# https://docs.aws.amazon.com/xray/latest/api/API_BatchGetTraces.html
TRACE_IDS_LIMIT = 5
_TRACE_ID = re.compile(r"1-[0-9a-fA-F]{8}-[0-9a-fA-F]{24}")

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def read_xray_traces(reader: Reader, since_ns: int = 0) -> list[XrayTrace]:
    """Return the traces that have arrived, oldest first.

    Args:
        reader: from `open_reader`.
        since_ns: leave out traces of which nothing has arrived since, in nanoseconds since 1970.
    """
    return list(iterate_xray_traces(reader, since_ns))


def iterate_xray_traces(reader: Reader, since_ns: int = 0) -> Iterator[XrayTrace]:
    """Yield the traces that `read_xray_traces` returns, one at a time."""
    found = reader.execute(
        "SELECT trace_id FROM xray_traces WHERE updated_ns >= ? ORDER BY time_ns, trace_id",
        (since_ns,),
    )
    for (trace_id,) in found:
        yield _read(reader, trace_id)


def read_xray_trace(reader: Reader, trace_id: str) -> XrayTrace | None:
    """Return one trace, or None where nothing of it has arrived.

    Args:
        reader: from `open_reader`.
        trace_id: such as `1-581cf771-a006649127e371903a2de979`.
    """
    trace = _read(reader, trace_id)
    return trace if trace.segments else None


def batch_get_traces(store: Store, params: dict[str, Any]) -> dict[str, Any]:
    """Answer BatchGetTraces: whole traces, each segment as one document.

    What arrived while Transaction Search was on is not in X-Ray, and is not found here.

    Raises:
        ApiError: too many traces are asked for, or what is asked for is no trace's id.
    """
    trace_ids = check_trace_ids(params)
    with store.reader() as reader:
        traces = [read_trace_of(reader, trace_id, searched=False) for trace_id in trace_ids]
    return {
        "Traces": [describe_trace(trace) for trace in traces if trace.segments],
        "UnprocessedTraceIds": [trace.trace_id for trace in traces if not trace.segments],
    }


def check_trace_ids(params: dict[str, Any]) -> list[str]:
    """Return a request's `TraceIds`, each once.

    Raises:
        ApiError: they are too many, or one is no trace's id.
    """
    trace_ids = list(dict.fromkeys(params["TraceIds"]))
    if len(trace_ids) > TRACE_IDS_LIMIT:
        raise invalid_request(
            f"TraceIds holds {len(trace_ids)} ids; at most {TRACE_IDS_LIMIT} can be asked for."
        )
    for trace_id in trace_ids:
        check_trace_id(trace_id)
    return trace_ids


def check_trace_id(text: str) -> None:
    """Check that a text is the id of a trace.

    Raises:
        ApiError: it is not.
    """
    if _TRACE_ID.fullmatch(text) is None:
        raise invalid_request(f"'{text}' is not the id of a trace.")


def read_trace_of(reader: Reader, trace_id: str, *, searched: bool) -> XrayTrace:
    """Return what is known of a trace in one of the two places where it may be kept.

    Args:
        reader: from `open_reader`.
        trace_id: its id.
        searched: what arrived while Transaction Search was on, not what X-Ray itself has.
    """
    return _assemble(reader, trace_id, " AND searched" if searched else " AND NOT searched")


def describe_trace(trace: XrayTrace) -> dict[str, Any]:
    """Return a trace as BatchGetTraces answers it."""
    segments = [
        {"Id": segment.id, "Document": _encode(_compile_document(segment))}
        for segment in trace.segments
    ]
    return {
        "Id": trace.trace_id,
        "Duration": round(trace.duration, 6),
        "LimitExceeded": False,
        "Segments": segments,
    }


def _read(reader: Reader, trace_id: str) -> XrayTrace:
    return _assemble(reader, trace_id, "")


def _assemble(reader: Reader, trace_id: str, condition: str) -> XrayTrace:
    rows = reader.execute(
        f"SELECT document FROM xray_segment_documents WHERE trace_id = ?{condition}"  # noqa: S608
        " ORDER BY row_id",
        (trace_id,),
    )
    return assemble(trace_id, (json.loads(document) for (document,) in rows))


def _compile_document(segment: XraySegment) -> dict[str, Any]:
    """Return a segment's document with its subsegments in it, wherever those came from."""
    document = _describe_part(segment)
    document["trace_id"] = segment.trace_id
    if segment.parent_id is not None:
        document["parent_id"] = segment.parent_id
    if segment.is_subsegment:
        document["type"] = "subsegment"
    return document


def _describe_part(segment: XraySegment) -> dict[str, Any]:
    document = dict(segment.document)
    if document.get("namespace") != segment.namespace:
        # Such as the SDK's 'local', which X-Ray's schema does not know.
        document.pop("namespace", None)
    if segment.subsegments:
        document["subsegments"] = [_describe_part(part) for part in segment.subsegments]
    return document
