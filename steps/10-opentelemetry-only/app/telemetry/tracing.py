"""Traces this service with OpenTelemetry: one pipeline, for Honeycomb and X-Ray."""

from flask import Flask
from opentelemetry import trace
from opentelemetry.instrumentation.flask import FlaskInstrumentor
from opentelemetry.instrumentation.requests import RequestsInstrumentor
from opentelemetry.propagate import set_global_textmap
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from app.telemetry import honeycomb, lifecycle, xray
from app.telemetry.thrift import ThriftyProcessor


def start(app: Flask, service_name: str) -> None:
    """Trace every request to this app, and every call that it makes to another service."""
    resource = Resource.create({"service.name": service_name})
    processor = ThriftyProcessor()
    for exporter in [honeycomb.make_exporter(), xray.make_exporter()]:
        # A queue of its own for each: one that does not answer holds up no other.
        queue = BatchSpanProcessor(exporter)
        processor.add_span_processor(queue)
        lifecycle.at_the_end(queue.shutdown)
    # Left to itself, it would wait half a minute at its end for a tool that does not answer.
    provider = TracerProvider(resource=resource, shutdown_on_exit=False)
    provider.add_span_processor(processor)
    trace.set_tracer_provider(provider)
    # The trace's own header, and no baggage: that would be sent on to everybody whom we call.
    set_global_textmap(TraceContextTextMapPropagator())

    FlaskInstrumentor().instrument_app(app, excluded_urls="health-check")
    # A report to Rollbar is no part of a request.
    RequestsInstrumentor().instrument(excluded_urls="/api/1/item")
