"""Sends this service's traces to Honeycomb."""

from opentelemetry.exporter.otlp.proto.http import Compression
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter


def make_exporter() -> OTLPSpanExporter:
    """Return what sends spans to Honeycomb.

    Where that is, and with which key, the exporter reads from the environment:
    OTEL_EXPORTER_OTLP_ENDPOINT and OTEL_EXPORTER_OTLP_HEADERS.
    """
    return OTLPSpanExporter(compression=Compression.Gzip)
