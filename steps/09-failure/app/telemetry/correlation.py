"""Gives each request one id, by which all four tools know it, and whoever has made it."""

from typing import Any

from aws_xray_sdk.core import xray_recorder
from aws_xray_sdk.core.models.trace_header import TraceHeader
from flask import Flask, Response, request
from opentelemetry import trace

from app.telemetry.thrift import is_kept

XRAY_HEADER = "X-Amzn-Trace-Id"


def start(app: Flask) -> None:
    """Let X-Ray take the id that OpenTelemetry gives to a request, and tell it in the answer.

    Call it after OpenTelemetry is started, so that there is an id, and before X-Ray, whose segment
    takes its id from the header that is written here.
    """
    app.before_request(share_id)
    app.after_request(tell_id)


def share_id() -> None:
    """Write the request's id into the header that X-Ray reads."""
    root = find_ids().get("xray_trace_id")
    if root is None:
        return
    told = TraceHeader.from_header_str(request.headers.get(XRAY_HEADER))
    # Who calls may say whether to record this. A parent in another trace is no parent.
    parent = told.parent if told.root == root else None
    header = TraceHeader(root=root, parent=parent, sampled=told.sampled)
    request.environ["HTTP_X_AMZN_TRACE_ID"] = header.to_header_str()


def tell_id(response: Response) -> Response:
    """Write the request's id into the answer; X-Ray alone has none for what it does not record."""
    ids = find_ids()
    if ids:
        response.headers[XRAY_HEADER] = f"Root={ids['xray_trace_id']}"
    return response


def find_ids() -> dict[str, str]:
    """Return the id of the request that is being answered, as W3C and as X-Ray write it.

    Outside of any request, and for health checks, which nobody traces, there is none.
    """
    context = trace.get_current_span().get_span_context()
    if not context.is_valid:
        return {}
    trace_id = trace.format_trace_id(context.trace_id)
    return {"trace_id": trace_id, "xray_trace_id": f"1-{trace_id[:8]}-{trace_id[8:]}"}


def find_keepers() -> list[str]:
    """Return who keeps the whole trace of this request: each samples by a rule of its own."""
    span = trace.get_current_span()
    segment = xray_recorder.get_trace_entity()
    keeps = {
        "honeycomb": span.is_recording() and is_kept(span),
        "xray": segment is not None and segment.sampled,
    }
    return [tool for tool, kept in keeps.items() if kept]


def put_ids(payload: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Return a report to Rollbar with the request's id in it."""
    data = payload["data"]
    custom = {**(data.get("custom") or {}), **find_ids(), "kept_by": find_keepers()}
    return {**payload, "data": {**data, "custom": custom}}
