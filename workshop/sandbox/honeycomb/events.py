"""Turns OTLP spans into the events that Honeycomb stores.

A span is one event, and so is each of its span events and links: that is what is counted, and
paid for. Source: `TranslateTraceRequest` in
https://github.com/honeycombio/husky/blob/main/otlp/traces.go
"""

import base64
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import InstrumentationScope
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from workshop.sandbox.honeycomb.attributes import Fields, add_attributes
from workshop.sandbox.honeycomb.sampling import read_threshold, take_sample_rate

SPAN_EVENT = "span_event"
LINK = "link"
UNKNOWN_SERVICE = "unknown_service"

KINDS = ("unspecified", "internal", "server", "client", "producer", "consumer")
ERROR_CODE = 2
LATEST_NS = 2**63 - 1

# How the instrumentation libraries of each language begin their names.
INSTRUMENTATION_PREFIXES = (
    "io.opentelemetry",
    "opentelemetry.instrumentation",
    "OpenTelemetry.Instrumentation",
    "OpenTelemetry::Instrumentation",
    "go.opentelemetry.io/contrib/instrumentation",
    "@opentelemetry/instrumentation",
)
COPIED_TEXTS = ("exception.message", "exception.type", "exception.stacktrace")
COPIED_FLAG = "exception.escaped"

# The fields that are set before those of resource and scope, and so give way to them.
_GIVES_WAY = {
    "trace.trace_id",
    "trace.span_id",
    "trace.parent_id",
    "trace.trace_state",
    "trace.link.trace_id",
    "trace.link.span_id",
    "type",
    "span.kind",
    "name",
    "parent_name",
    "status_code",
    "status_message",
    "error",
    "duration_ms",
    "span.num_links",
    "span.num_events",
    "meta.signal_type",
    "meta.annotation_type",
    "meta.invalid_duration",
    "meta.time_since_span_start_ms",
    "meta.invalid_time_since_span_start",
}


class Event(NamedTuple):
    """One event of Honeycomb's.

    Args:
        dataset: where it is kept: the service's name.
        trace_id: the trace that it belongs to.
        time_ns: its time, for a span its start, in nanoseconds since 1970.
        sample_rate: how many events it stands for.
        context: the fields of its resource and scope; all events of a scope share one dictionary.
        own: its other fields, which override the context's.
    """

    dataset: str
    trace_id: str
    time_ns: int
    sample_rate: int
    context: Fields
    own: Fields

    @property
    def fields(self) -> Fields:
        """All fields, as Honeycomb shows them."""
        return {**self.context, **self.own}

    @property
    def is_span(self) -> bool:
        """Whether it is a span, not one of a span's events or links."""
        return "meta.annotation_type" not in self.own


def translate(request: ExportTraceServiceRequest) -> list[Event]:
    """Return the events of one export, in the order in which Honeycomb gets them."""
    events: list[Event] = []
    for scope in read_scopes(request):
        for span in scope.spans:
            scope.add_span(events, span)
    return events


def read_scopes(request: ExportTraceServiceRequest) -> Iterator["Scope"]:
    """Yield the scopes of one export, each with its spans as they were sent."""
    for resource_spans in request.resource_spans:
        of_resource: Fields = {}
        add_attributes(of_resource, resource_spans.resource.attributes)
        dataset = name_dataset(of_resource)
        for scope_spans in resource_spans.scope_spans:
            context = {**of_resource, **_describe_scope(scope_spans.scope)}
            yield Scope(dataset, context, scope_spans.spans)


def name_dataset(of_resource: Fields) -> str:
    """Return the dataset for a resource: its service's name, without spaces around it."""
    name = of_resource.get("service.name")
    if not isinstance(name, str) or name.startswith(UNKNOWN_SERVICE):
        return UNKNOWN_SERVICE
    return name.strip() or UNKNOWN_SERVICE


def format_trace_id(raw: bytes) -> str:
    """Return a trace id as Honeycomb writes it: a short id padded with zeros loses them."""
    if len(raw) == 16 and not any(raw[:8]):
        raw = raw[8:]
    return _format_id(raw, 24)


def format_span_id(raw: bytes) -> str:
    """Return a span id as Honeycomb writes it."""
    return _format_id(raw, 12)


def _format_id(raw: bytes, length_when_misread: int) -> str:
    # Some senders of JSON have their hexadecimal ids read as base64 on the way, which makes them
    # half as long again; Honeycomb reads them back.
    if len(raw) == length_when_misread:
        return base64.b64encode(raw).decode("ascii")
    return raw.hex()


def _describe_scope(scope: InstrumentationScope) -> Fields:
    fields: Fields = {}
    if scope.name:
        fields["library.name"] = scope.name
        if scope.name.startswith(INSTRUMENTATION_PREFIXES):
            fields["telemetry.instrumentation_library"] = True
    if scope.version:
        fields["library.version"] = scope.version
    add_attributes(fields, scope.attributes)
    return fields


class Scope:
    """The spans of one scope, which share what their resource and scope say.

    Args:
        dataset: where their events are kept.
        context: the fields that they share.
        spans: as they were sent.
    """

    def __init__(self, dataset: str, context: Fields, spans: Iterable[Span]) -> None:
        self.dataset = dataset
        self.spans = spans
        self.sample_rate = take_sample_rate(context)
        self.context = context
        self._clashing = _GIVES_WAY & context.keys()

    def add_span(self, events: list[Event], span: Span) -> None:
        """Add the events of one of its spans."""
        trace_id = format_trace_id(span.trace_id)
        span_id = format_span_id(span.span_id)
        kind = KINDS[span.kind] if 0 <= span.kind < len(KINDS) else KINDS[0]
        status = span.status.code
        is_error = status == ERROR_CODE
        own: Fields = {
            "trace.trace_id": trace_id,
            "trace.span_id": span_id,
            "type": kind,
            "span.kind": kind,
            "name": span.name,
            "status_code": status,
            "span.num_links": len(span.links),
            "span.num_events": len(span.events),
            "meta.signal_type": "trace",
        }
        start, end = span.start_time_unix_nano, span.end_time_unix_nano
        _add_elapsed(own, start, end, "duration_ms", "meta.invalid_duration")
        if span.parent_span_id:
            own["trace.parent_id"] = format_span_id(span.parent_span_id)
        if is_error:
            own["error"] = True
        if span.status.message:
            own["status_message"] = span.status.message
        if span.trace_state:
            own["trace.trace_state"] = span.trace_state
        self._yield_to_context(own)
        add_attributes(own, span.attributes)
        rate = take_sample_rate(own) or self.sample_rate or read_threshold(span.trace_state) or 1

        common: Fields = {
            "trace.trace_id": trace_id,
            "trace.parent_id": span_id,
            "parent_name": span.name,
            "meta.signal_type": "trace",
        }
        for event in span.events:
            if event.name == "exception":
                self._copy_exception(own, event)
            fields = {**common, "name": event.name, "meta.annotation_type": SPAN_EVENT}
            _add_elapsed(
                fields,
                start,
                event.time_unix_nano,
                "meta.time_since_span_start_ms",
                "meta.invalid_time_since_span_start",
            )
            self._add(events, fields, event.attributes, is_error, event.time_unix_nano, rate)
        for link in span.links:
            fields = {
                **common,
                "trace.link.trace_id": format_trace_id(link.trace_id),
                "trace.link.span_id": format_span_id(link.span_id),
                "meta.annotation_type": LINK,
            }
            self._add(events, fields, link.attributes, is_error, start, rate)
        events.append(Event(self.dataset, trace_id, min(start, LATEST_NS), rate, self.context, own))

    def _add(
        self,
        events: list[Event],
        own: Fields,
        attributes: Any,
        is_error: bool,
        time_ns: int,
        rate: int,
    ) -> None:
        """Add the event of a span event or link."""
        trace_id = own["trace.trace_id"]
        self._yield_to_context(own)
        add_attributes(own, attributes)
        if is_error:
            own["error"] = True
        events.append(
            Event(self.dataset, trace_id, min(time_ns, LATEST_NS), rate, self.context, own)
        )

    def _yield_to_context(self, own: Fields) -> None:
        """Drop what resource or scope also name: theirs count, as they are copied later."""
        for name in self._clashing:
            own.pop(name, None)

    def _copy_exception(self, own: Fields, event: Span.Event) -> None:
        """Copy what an exception says onto its span, where the span does not say it itself."""
        for attribute in event.attributes:
            key, value = attribute.key, attribute.value
            if key in own or key in self.context:
                continue
            if key in COPIED_TEXTS and value.HasField("string_value"):
                own[key] = value.string_value
            elif key == COPIED_FLAG and value.HasField("bool_value"):
                own[key] = value.bool_value


def _add_elapsed(own: Fields, start_ns: int, end_ns: int, name: str, mark: str) -> None:
    """Add the milliseconds between two times; where one is unset, 0; where they are swapped, 0."""
    own[name] = 0.0
    if start_ns and end_ns:
        if end_ns >= start_ns:
            own[name] = (end_ns - start_ns) / 1e6
        else:
            own[mark] = True
