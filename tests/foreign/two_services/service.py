"""One service: `python service.py NAME PORT`. `names` says its port to `backend` in a file."""

import contextlib
import os
import sys
import time
from pathlib import Path

import requests
from flask import Flask
from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.instrumentation.flask import FlaskInstrumentor
from opentelemetry.instrumentation.requests import RequestsInstrumentor
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from werkzeug.serving import make_server

name, port = sys.argv[1:]
told = Path(os.environ["TMPDIR"]) / "names.port"

provider = TracerProvider(resource=Resource.create({"service.name": name}))
provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
trace.set_tracer_provider(provider)
tracer = trace.get_tracer(__name__)
RequestsInstrumentor().instrument()
app = Flask(name)
FlaskInstrumentor().instrument_app(app)


@app.get("/names/<handle>")
def get_name(handle):
    return {"name": handle.title()}


@app.get("/api/activities/home")
def home():
    with tracer.start_as_current_span("ask for names") as span:
        span.set_attribute("names.asked", 1)
        return requests.get(f"http://127.0.0.1:{told.read_text()}/names/worf", timeout=3).json()


if name == "backend":
    deadline = time.monotonic() + 30
    while not told.is_file():
        if time.monotonic() > deadline:
            raise SystemExit("names has not said its port")
        time.sleep(0.02)
server = make_server("127.0.0.1", int(port), app, threaded=True)
if name == "names":
    draft = told.with_suffix(".new")
    draft.write_text(str(server.server_port))
    draft.rename(told)
with contextlib.suppress(KeyboardInterrupt):
    server.serve_forever()
