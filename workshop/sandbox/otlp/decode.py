"""Turns the body of an OTLP/HTTP request into its protobuf message."""

import base64
import gzip
import io
import json
import zlib
from typing import Any

from google.protobuf import json_format
from google.protobuf.message import DecodeError
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from workshop.sandbox.otlp import JSON_TYPE

SPAN_IDS = ("traceId", "trace_id", "spanId", "span_id", "parentSpanId", "parent_span_id")


class UnreadableBodyError(Exception):
    """A body that is not what its headers say; the message is a few words on what is wrong."""


def unfold(raw: bytes, content_encoding: str, limit: int) -> bytes:
    """Undo a body's compression.

    Args:
        raw: the body as it came.
        content_encoding: the header's value; empty for a body as it is.
        limit: how long it may be, unfolded, in bytes.

    Raises:
        UnreadableBodyError: it is too long, cut off, or compressed in another way.
    """
    if content_encoding == "gzip":
        raw = _gunzip(raw, limit)
    elif content_encoding:
        raise UnreadableBodyError("the content-encoding is neither gzip nor absent")
    if len(raw) > limit:
        raise too_long(limit)
    return raw


def parse_traces(body: bytes, content_type: str) -> ExportTraceServiceRequest:
    """Parse the body of a trace export.

    Args:
        body: as `unfold` returns it.
        content_type: one of `CONTENT_TYPES`.

    Raises:
        UnreadableBodyError: it is not such a message.
    """
    if content_type == JSON_TYPE:
        return _parse_json(body)
    try:
        return ExportTraceServiceRequest.FromString(body)
    except DecodeError:
        raise UnreadableBodyError("it is not an ExportTraceServiceRequest in protobuf") from None


def too_long(limit: int) -> UnreadableBodyError:
    """Return the refusal of a body of more bytes than are taken."""
    return UnreadableBodyError(f"it is longer than {limit} bytes")


def _gunzip(raw: bytes, limit: int) -> bytes:
    if not raw:
        # Python's gzip takes nothing for an empty stream; Go's, which Honeycomb uses, does not.
        raise UnreadableBodyError("the gzip stream ends too early")
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(raw)) as unfolding:
            return unfolding.read(limit + 1)
    except EOFError:
        raise UnreadableBodyError("the gzip stream ends too early") from None
    except (OSError, zlib.error):
        raise UnreadableBodyError("it is not a gzip stream") from None


def _parse_json(body: bytes) -> ExportTraceServiceRequest:
    """Parse OTLP's own JSON: protobuf's, but ids are hexadecimal and unknown fields are fine.

    Source: https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding
    """
    try:
        document = json.loads(body, parse_constant=_refuse_constant)
        _convert_ids(document)
        return json_format.ParseDict(
            document, ExportTraceServiceRequest(), ignore_unknown_fields=True
        )
    except RecursionError:
        raise UnreadableBodyError("its JSON is nested too deeply") from None
    except (json_format.ParseError, ValueError, TypeError, AttributeError, OverflowError):
        # ParseDict meets JSON of another shape with whichever of these comes first.
        raise UnreadableBodyError("it is not an ExportTraceServiceRequest in OTLP's JSON") from None


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def _convert_ids(document: dict[str, Any]) -> None:
    """Rewrite the ids of all spans and links, in place, as protobuf's JSON wants bytes."""
    for resource_spans in _items(document, "resourceSpans", "resource_spans"):
        for scope_spans in _items(resource_spans, "scopeSpans", "scope_spans"):
            for span in _items(scope_spans, "spans"):
                _convert(span)
                for link in _items(span, "links"):
                    _convert(link)


def _items(holder: dict[str, Any], *names: str) -> list[dict[str, Any]]:
    return [item for name in names for item in holder.get(name) or ()]


def _convert(span: dict[str, Any]) -> None:
    for name in SPAN_IDS:
        if span.get(name):
            span[name] = base64.b64encode(bytes.fromhex(span[name])).decode("ascii")
