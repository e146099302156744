"""Turns OTLP spans into the segment documents that X-Ray makes of them.

AWS documents the outline: a server's span becomes a segment and any other a subsegment, attributes
become metadata, and annotations those that `aws.xray.annotations` lists. The rest is that of the
OpenTelemetry Collector's exporter for X-Ray, which AWS maintains; what the endpoint itself does
where the two differ is not published.

Sources: https://docs.aws.amazon.com/xray/latest/devguide/xray-sdk-migration.html and
https://github.com/open-telemetry/opentelemetry-collector-contrib/tree/main/exporter/awsxrayexporter/internal/translator
"""

from collections.abc import Iterator
from typing import Any

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from workshop.sandbox.otlp.values import read_attributes
from workshop.sandbox.xray.otlp import aws, causes, http, names, sql
from workshop.sandbox.xray.otlp.attributes import split_attributes

Document = dict[str, Any]


def make_documents(request: ExportTraceServiceRequest) -> Iterator[Document]:
    """Yield the document of each span of one export.

    Args:
        request: the export, whose spans all have been checked.
    """
    for resource_spans in request.resource_spans:
        resource = read_attributes(resource_spans.resource.attributes)
        for scope_spans in resource_spans.scope_spans:
            for span in scope_spans.spans:
                yield make_document(span, resource)


def make_document(span: Span, resource: dict[str, Any]) -> Document:
    """Return the segment or subsegment that one span becomes.

    Args:
        span: the span.
        resource: the attributes of its resource.
    """
    attributes = read_attributes(span.attributes)
    is_segment = span.kind == Span.SPAN_KIND_SERVER or not span.parent_span_id
    document: Document = {
        "id": span.span_id.hex(),
        "trace_id": format_trace_id(span.trace_id),
        "name": names.find_name(span, attributes, resource),
        "start_time": span.start_time_unix_nano / 10**9,
        "end_time": max(span.end_time_unix_nano, span.start_time_unix_nano) / 10**9,
    }
    if span.parent_span_id:
        document["parent_id"] = span.parent_span_id.hex()
    if not is_segment:
        document["type"] = "subsegment"
    namespace = names.find_namespace(span, attributes)
    outcome = causes.judge(span, attributes)
    blocks = {
        "namespace": namespace,
        "http": http.take_http(span, attributes),
        "cause": causes.make_cause(span, resource),
        "aws": aws.take_aws(attributes, resource),
        "sql": sql.take_sql(span, attributes),
        "service": _describe_version(resource),
        "origin": aws.find_origin(resource),
        "user": _take_user(attributes),
        "links": _list_links(span),
        **split_attributes(attributes, resource if is_segment else {}),
    }
    document |= {name: value for name, value in blocks.items() if value}
    return document | {name: True for name, value in outcome.items() if value}


def format_trace_id(trace_id: bytes) -> str:
    """Return a W3C trace id as X-Ray writes it: `1-8 digits-24 digits`, and no time in it."""
    digits = trace_id.hex()
    return f"1-{digits[:8]}-{digits[8:]}"


def _describe_version(resource: dict[str, Any]) -> dict[str, str]:
    version = resource.get("service.version", resource.get("container.image.tag"))
    return {"version": version} if isinstance(version, str) and version else {}


def _take_user(attributes: dict[str, Any]) -> str:
    user = attributes.pop("enduser.id", "")
    return user if isinstance(user, str) else ""


def _list_links(span: Span) -> list[Document]:
    return [
        {
            "trace_id": format_trace_id(link.trace_id),
            "id": link.span_id.hex(),
            **({"attributes": read_attributes(link.attributes)} if link.attributes else {}),
        }
        for link in span.links
        if len(link.trace_id) == 16 and any(link.trace_id)
    ]
