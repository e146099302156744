"""Honeycomb's addresses: `/v1/traces` for OTLP, and `/1/auth`, which tells whose a key is."""

from flask import Blueprint, Response, jsonify, request
from google.protobuf import json_format
from google.protobuf.message import Message
from google.rpc.status_pb2 import Status
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)

from workshop.sandbox import refusals
from workshop.sandbox.honeycomb import errors, keys
from workshop.sandbox.honeycomb.body import read_body
from workshop.sandbox.honeycomb.errors import OtlpError
from workshop.sandbox.honeycomb.storage import save_export
from workshop.sandbox.otlp import CONTENT_TYPES, JSON_TYPE
from workshop.sandbox.otlp.decode import UnreadableBodyError, parse_traces
from workshop.sandbox.store import Store

VENDOR = "honeycomb"
KEY_HEADER = "x-honeycomb-team"
DATASET_HEADER = "x-honeycomb-dataset"

# What GET /1/auth says that a key may do; the sandbox's key is an ingest key.
ACCESS = {
    "boards": False,
    "columns": False,
    "createDatasets": True,
    "events": True,
    "markers": False,
    "privateBoards": False,
    "queries": False,
    "recipients": False,
    "slos": False,
    "triggers": False,
}


def create_blueprint(store: Store) -> Blueprint:
    """Return Honeycomb's addresses, to be registered with the sandbox's web app.

    Args:
        store: where events and refusals are kept.
    """
    blueprint = Blueprint(VENDOR, __name__)

    @blueprint.post("/v1/traces")
    def receive_traces() -> Response:
        content_type = request.headers.get("Content-Type", "")
        try:
            _check_headers(content_type)
            encoding = request.headers.get("Content-Encoding", "")
            body = read_body(request.stream, request.content_length, encoding)
            is_protobuf = content_type != JSON_TYPE
            save_export(store, _parse(body, content_type), body if is_protobuf else None)
        except OtlpError as error:
            _record(error)
            return _refuse(error, content_type)
        return answer(ExportTraceServiceResponse(), 200, content_type)

    @blueprint.post("/v1/metrics")
    @blueprint.post("/v1/logs")
    def receive_other_signal() -> Response:
        signal = request.path.rpartition("/")[2]
        error = OtlpError(
            refusals.NOT_EMULATED,
            501,
            f"the sandbox takes traces only; Honeycomb itself takes {signal} too",
        )
        _record(error)
        return _refuse(error, request.headers.get("Content-Type", ""))

    @blueprint.get("/1/auth")
    def tell_whose_key() -> tuple[Response, int] | Response:
        key = request.headers.get(KEY_HEADER, "")
        if not keys.is_accepted(key):
            # Honeycomb's REST interface says the same of a wrong key and of none.
            error = errors.unknown_key()
            error.kind = error.kind if key else refusals.MISSING_KEY
            _record(error)
            return jsonify(error=error.message), error.status
        return jsonify(
            api_key_access=ACCESS,
            environment={"name": "sandbox", "slug": "sandbox"},
            team={"name": "sandbox", "slug": "sandbox"},
        )

    def _record(error: OtlpError) -> None:
        refusals.record_refusal(
            store,
            vendor=VENDOR,
            kind=error.kind,
            status=error.status,
            reason=error.message,
            path=request.path,
            user_agent=request.headers.get("User-Agent", ""),
        )

    return blueprint


def _check_headers(content_type: str) -> None:
    """Check a request's headers, in the order of Honeycomb's own library.

    Raises:
        OtlpError: what is wrong first.

    Source: `ValidateTracesHeaders` in
    https://github.com/honeycombio/husky/blob/main/otlp/common.go
    """
    if content_type not in CONTENT_TYPES:
        raise errors.unsupported_content_type()
    key = request.headers.get(KEY_HEADER, "")
    if not key:
        raise errors.missing_key()
    if keys.is_classic(key) and not request.headers.get(DATASET_HEADER):
        raise errors.missing_dataset()
    if not keys.is_accepted(key):
        raise errors.unknown_key()


def _parse(body: bytes, content_type: str) -> ExportTraceServiceRequest:
    try:
        return parse_traces(body, content_type)
    except UnreadableBodyError as error:
        raise errors.unreadable_body(str(error)) from None


def _refuse(error: OtlpError, content_type: str) -> Response:
    if content_type not in CONTENT_TYPES:
        return Response(error.message, error.status, content_type="text/plain")
    return answer(Status(message=error.message), error.status, content_type)


def answer(message: Message, status: int, content_type: str) -> Response:
    """Answer in the content type that was asked in, as OTLP wants it.

    Args:
        message: what to answer.
        status: the HTTP status.
        content_type: the request's.
    """
    if content_type == JSON_TYPE:
        body = json_format.MessageToJson(message, indent=None).encode("utf-8")
    else:
        body = message.SerializeToString()
    return Response(body, status, content_type=content_type)
