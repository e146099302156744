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

from workshop.sandbox.honeycomb.errors import OtlpError, unreadable_body

# husky's default, https://github.com/honeycombio/husky/blob/main/otlp/common.go. It counts the
# bytes on the wire; here what they unfold to is held to the same limit, so that a small body
# cannot fill the memory.
BODY_LIMIT = 20 * 1024 * 1024

SPAN_IDS = ("traceId", "trace_id", "spanId", "span_id", "parentSpanId", "parent_span_id")


def read_body(stream: Any, content_length: int | None, content_encoding: str) -> bytes:
    """Read a request's body and undo its compression.

    Args:
        stream: the body as it came, with a `read(size)`.
        content_length: how long it says it is, in bytes.
        content_encoding: the header's value; empty for a body as it is.

    Raises:
        OtlpError: it is too long, cut off, or compressed in another way.
    """
    if content_length is not None and content_length > BODY_LIMIT:
        raise _too_long()
    raw: bytes = stream.read(BODY_LIMIT + 1)
    if content_encoding == "gzip":
        raw = _gunzip(raw)
    elif content_encoding == "zstd":
        raise unreadable_body("the sandbox does not read zstd, which Honeycomb does; use gzip")
    elif content_encoding:
        raise unreadable_body("the content-encoding is neither gzip nor absent")
    if len(raw) > BODY_LIMIT:
        raise _too_long()
    return raw


def parse_traces(body: bytes, content_type: str) -> ExportTraceServiceRequest:
    """Parse the body of a trace export.

    Args:
        body: as `read_body` returns it.
        content_type: one of `CONTENT_TYPES`.

    Raises:
        OtlpError: it is not such a message.
    """
    if content_type == "application/json":
        return _parse_json(body)
    try:
        return ExportTraceServiceRequest.FromString(body)
    except DecodeError:
        raise unreadable_body("it is not an ExportTraceServiceRequest in protobuf") from None


def _gunzip(raw: bytes) -> bytes:
    if not raw:
        # Python's gzip takes nothing for an empty stream; Go's, which Honeycomb uses, does not.
        raise unreadable_body("the gzip stream ends too early")
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(raw)) as unfolding:
            return unfolding.read(BODY_LIMIT + 1)
    except EOFError:
        raise unreadable_body("the gzip stream ends too early") from None
    except (OSError, zlib.error):
        raise unreadable_body("it is not a gzip stream") from None


def _too_long() -> OtlpError:
    return unreadable_body(f"it is longer than {BODY_LIMIT} bytes")


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
        raise unreadable_body("its JSON is nested too deeply") from None
    except (json_format.ParseError, ValueError, TypeError, AttributeError, OverflowError):
        # ParseDict meets JSON of another shape with whichever of these comes first.
        raise unreadable_body("it is not an ExportTraceServiceRequest in OTLP's JSON") from None


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
