"""Exports for the pages' tests: spans that have what fields they are given, odd ones too."""

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue

from workshop.sandbox.honeycomb.events import KINDS as SPAN_KINDS
from workshop.sandbox.honeycomb.storage import save_export

KINDS = {bool: "bool_value", int: "int_value", float: "double_value", str: "string_value"}


def save_spans(store, trace_id, spans, service="backend"):
    """Keep one export of a trace: fields are attributes, which override what a span says itself."""
    save_export(store, make_export([(trace_id, span) for span in spans], service))


def make_export(spans, service="backend"):
    """One export: of each span its trace's id and its fields, and `time_ns`, its start."""
    request = ExportTraceServiceRequest()
    resource_spans = request.resource_spans.add()
    resource_spans.resource.attributes.add(key="service.name").value.string_value = service
    made = resource_spans.scope_spans.add().spans
    for trace_id, fields in spans:
        span = made.add(trace_id=bytes.fromhex(trace_id))
        span.start_time_unix_nano = fields.get("time_ns", 1)
        if "span.kind" in fields:
            span.kind = SPAN_KINDS.index(fields["span.kind"])
        for key, value in fields.items():
            if key != "time_ns":
                span.attributes.add(key=key).value.CopyFrom(_any_value(value))
    return request


def _any_value(value):
    made = AnyValue()
    if isinstance(value, list):
        made.array_value.values.extend(map(_any_value, value))
    elif isinstance(value, dict):
        for key, each in value.items():
            made.kvlist_value.values.add(key=key).value.CopyFrom(_any_value(each))
    else:
        setattr(made, KINDS[type(value)], value)
    return made
