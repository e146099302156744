from flask import Flask
from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.instrumentation.flask import FlaskInstrumentor
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor


def create_app(config):
    app = Flask(__name__)
    app.config.from_mapping(config)
    provider = TracerProvider(resource=Resource.create({"service.name": app.config["NAME"]}))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    trace.set_tracer_provider(provider)
    FlaskInstrumentor().instrument_app(app)
    tracer = trace.get_tracer("feed")

    @app.get("/api/activities/home")
    def home():
        with tracer.start_as_current_span("build feed", attributes={"feed.size": 3}):
            return ["a", "b", "c"]

    @app.get("/api/activities/notifications")
    def notifications():
        return []

    return app
