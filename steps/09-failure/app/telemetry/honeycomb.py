"""Sends this service's traces to Honeycomb, through OpenTelemetry."""

from flask import Flask
from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.instrumentation.flask import FlaskInstrumentor
from opentelemetry.instrumentation.requests import RequestsInstrumentor
from opentelemetry.propagate import set_global_textmap
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from app.telemetry import lifecycle
from app.telemetry.redaction import RedactingExporter
from app.telemetry.thrift import ThriftyProcessor


def start(app: Flask, service_name: str) -> None:
    """Trace every request to this app, and every call that it makes to another service.

    Where the spans go, and with which key, the exporter reads from the environment:
    OTEL_EXPORTER_OTLP_ENDPOINT and OTEL_EXPORTER_OTLP_HEADERS.
    """
    resource = Resource.create({"service.name": service_name})
    # Left to itself, it would wait half a minute at its end for a Honeycomb that does not answer.
    provider = TracerProvider(resource=resource, shutdown_on_exit=False)
    lifecycle.at_the_end(provider.shutdown)
    provider.add_span_processor(ThriftyProcessor(RedactingExporter(OTLPSpanExporter())))
    trace.set_tracer_provider(provider)
    # The trace's own header, and no baggage: that would be sent on to everybody whom we call.
    set_global_textmap(TraceContextTextMapPropagator())

    FlaskInstrumentor().instrument_app(app, excluded_urls="health-check")
    # A report to Rollbar is no part of a request.
    RequestsInstrumentor().instrument(excluded_urls="/api/1/item")
