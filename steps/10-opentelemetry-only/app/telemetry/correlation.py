"""Tells each request's id to all four tools, and to whoever has made it."""

from typing import Any

from flask import Flask, Response
from opentelemetry import trace

from app.telemetry.thrift import is_kept

XRAY_HEADER = "X-Amzn-Trace-Id"


def start(app: Flask) -> None:
    """Tell the request's id in each answer."""
    app.after_request(tell_id)


def tell_id(response: Response) -> Response:
    """Write the request's id into the answer, in the header that AWS uses for it."""
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
    """Return who keeps the whole trace of this request: Honeycomb and X-Ray, or neither."""
    span = trace.get_current_span()
    return ["honeycomb", "xray"] if span.is_recording() and is_kept(span) else []


def put_ids(payload: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Return a report to Rollbar with the request's id in it."""
    data = payload["data"]
    custom = {**(data.get("custom") or {}), **find_ids(), "kept_by": find_keepers()}
    return {**payload, "data": {**data, "custom": custom}}
