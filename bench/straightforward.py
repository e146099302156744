"""The straightforward way to take traces in: decode, one row a span, two indexes, waitress.

Run as a program, it prints its port and answers until it is killed.
"""

import json
import sqlite3
import sys
import threading

import waitress
from flask import Flask, Response, request
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)

TABLES = """
CREATE TABLE spans (
    trace_id TEXT, span_id TEXT, parent_id TEXT, service TEXT, name TEXT,
    start_ns INTEGER, end_ns INTEGER, attributes TEXT
);
CREATE INDEX spans_by_trace ON spans (trace_id);
CREATE INDEX spans_by_start ON spans (start_ns);
"""


def create_app(file: str) -> Flask:
    """Return the web app; each export is in the file before it is answered."""
    app = Flask(__name__)
    connection = sqlite3.connect(file, check_same_thread=False)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=NORMAL")
    connection.executescript(TABLES)
    lock = threading.Lock()

    @app.post("/v1/traces")
    def receive() -> Response:
        rows = list(make_rows(ExportTraceServiceRequest.FromString(request.get_data())))
        with lock, connection:
            connection.executemany("INSERT INTO spans VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows)
        body = ExportTraceServiceResponse().SerializeToString()
        return Response(body, content_type="application/x-protobuf")

    return app


def make_rows(export: ExportTraceServiceRequest):  # type: ignore[no-untyped-def]
    """Yield a row a span."""
    for resource_spans in export.resource_spans:
        told = {each.key: each.value.string_value for each in resource_spans.resource.attributes}
        for scope_spans in resource_spans.scope_spans:
            for span in scope_spans.spans:
                values = {each.key: each.value for each in span.attributes}
                attributes = {
                    key: getattr(value, value.WhichOneof("value")) for key, value in values.items()
                }
                yield (
                    span.trace_id.hex(),
                    span.span_id.hex(),
                    span.parent_span_id.hex(),
                    told.get("service.name"),
                    span.name,
                    span.start_time_unix_nano,
                    span.end_time_unix_nano,
                    json.dumps(attributes),
                )


if __name__ == "__main__":
    server = waitress.create_server(create_app(sys.argv[1]), host="127.0.0.1", port=0, threads=8)
    print(server.effective_port, flush=True)
    server.run()
