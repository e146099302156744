"""Fetches the traces that Transaction Search keeps: it is started, then asked for its results.

Source: botocore's model of X-Ray. Its traces are those of BatchGetTraces, in the same form; the
form OTEL, which is not published, is refused.
"""

import json
import secrets
import sqlite3
import time
from typing import Any

from workshop.sandbox.aws.errors import ApiError, invalid_request, not_emulated
from workshop.sandbox.store import Reader, Store
from workshop.sandbox.xray import graph
from workshop.sandbox.xray.paging import cut_page
from workshop.sandbox.xray.trace_summaries import read_time_range
from workshop.sandbox.xray.traces import check_trace_id, describe_trace, read_trace_of

RUNNING = "RUNNING"
COMPLETE = "COMPLETE"
CANCELLED = "CANCELLED"
TIMEOUT = "TIMEOUT"
LIFETIME_NS = 60 * 60 * 10**9
PAGE = 5
SPANS_PAGE = 100
FORMAT = "XRAY"


def start_trace_retrieval(store: Store, params: dict[str, Any]) -> dict[str, Any]:
    """Answer StartTraceRetrieval.

    Raises:
        ApiError: the times are not valid, or what is asked for is no trace's id.
    """
    start_ns, end_ns = read_time_range(params)
    trace_ids = list(dict.fromkeys(params["TraceIds"]))
    for trace_id in trace_ids:
        check_trace_id(trace_id)
    token = secrets.token_urlsafe(32)
    with store.transaction() as connection:
        connection.execute(
            "INSERT INTO xray_retrievals (token, created_ns, trace_ids, start_ns, end_ns, status)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            (token, time.time_ns(), json.dumps(trace_ids), start_ns, end_ns, RUNNING),
        )
    return {"RetrievalToken": token}


def list_retrieved_traces(store: Store, params: dict[str, Any]) -> dict[str, Any]:
    """Answer ListRetrievedTraces: nothing at first, then the traces.

    Raises:
        ApiError: there is no such retrieval, or the form is one that is not emulated.
    """
    if params.get("TraceFormat", FORMAT) != FORMAT:
        raise not_emulated("The trace format OTEL")
    status, trace_ids = _look_at(store, params["RetrievalToken"])
    answer: dict[str, Any] = {"RetrievalStatus": status, "TraceFormat": FORMAT, "Traces": []}
    if status != COMPLETE:
        return answer
    with store.reader() as reader:
        traces = [_describe(reader, trace_id) for trace_id in trace_ids]
    page, further = cut_page([each for pieces in traces for each in pieces], params, PAGE)
    return {**answer, "Traces": page, **further}


def get_retrieved_traces_graph(store: Store, params: dict[str, Any]) -> dict[str, Any]:
    """Answer GetRetrievedTracesGraph: nothing at first, then the map of the traces.

    Raises:
        ApiError: there is no such retrieval.
    """
    status, trace_ids = _look_at(store, params["RetrievalToken"])
    services: list[dict[str, Any]] = []
    if status == COMPLETE:
        with store.reader() as reader:
            services = graph.draw_traces(reader, trace_ids)
    return {
        "RetrievalStatus": status,
        "Services": [{"Service": service, "Links": []} for service in services],
    }


def cancel_trace_retrieval(store: Store, params: dict[str, Any]) -> dict[str, Any]:
    """Answer CancelTraceRetrieval.

    Raises:
        ApiError: there is no such retrieval, or it is complete.
    """
    with store.transaction() as connection:
        status, _ = _read(connection, params["RetrievalToken"])
        if status == COMPLETE:
            raise invalid_request("The retrieval is complete.")
        _set_status(connection, params["RetrievalToken"], CANCELLED)
    return {}


def _look_at(store: Store, token: str) -> tuple[str, list[str]]:
    """Return a retrieval's status and its traces; the first look finds it not yet complete."""
    store.index()
    with store.transaction() as connection:
        status, trace_ids = _read(connection, token)
        if status == RUNNING:
            _set_status(connection, token, COMPLETE)
    return status, trace_ids


def _read(connection: sqlite3.Connection, token: str) -> tuple[str, list[str]]:
    row = connection.execute(
        "SELECT status, trace_ids, created_ns, start_ns, end_ns FROM xray_retrievals"
        " WHERE token = ?",
        (token,),
    ).fetchone()
    if row is None:
        raise ApiError("ResourceNotFoundException", "There is no such retrieval.", 404)
    status, trace_ids, created_ns, start_ns, end_ns = row
    if time.time_ns() - created_ns > LIFETIME_NS:
        return TIMEOUT, []
    # What was asked for may arrive while it runs.
    found = connection.execute(
        "SELECT trace_id FROM xray_traces JOIN json_each(?1) AS wanted ON trace_id = wanted.value"
        " WHERE searched AND ended_ns >= ?2 AND time_ns <= ?3 ORDER BY wanted.key",
        (trace_ids, start_ns, end_ns),
    )
    return status, [trace_id for (trace_id,) in found]


def _set_status(connection: sqlite3.Connection, token: str, status: str) -> None:
    connection.execute("UPDATE xray_retrievals SET status = ? WHERE token = ?", (status, token))


def _describe(reader: Reader, trace_id: str) -> list[dict[str, Any]]:
    """Return a trace in as many pieces as its spans need."""
    told = describe_trace(read_trace_of(reader, trace_id, searched=True))
    spans = told["Segments"]
    return [
        {"Id": trace_id, "Duration": told["Duration"], "Spans": spans[start : start + SPANS_PAGE]}
        for start in range(0, len(spans), SPANS_PAGE)
    ]
