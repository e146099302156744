"""Each line that step 01 adds is missed if it is gone: the check fails, and says why."""

import mutants
import pytest

STEP = 1
NO_START = "app/does-not-start"
FAILS = "app/answers-500"
UNNAMED = "honeycomb/not-in-requirements"
ENDPOINT = "OTEL_EXPORTER_OTLP_ENDPOINT: ${OTEL_EXPORTER_OTLP_ENDPOINT:-https://api.honeycomb.io}"
HEADERS = (
    "OTEL_EXPORTER_OTLP_HEADERS: x-honeycomb-team=${HONEYCOMB_API_KEY:?put your key into .env}"
)
OPT_IN = "OTEL_SEMCONV_STABILITY_OPT_IN: http"

# What the check finds first where each of these is gone: file → what is gone → finding.
CAUGHT = {
    "app/backend.py": {
        "from app.telemetry import honeycomb": NO_START,
        'honeycomb.start(app, service_name="backend")': "honeycomb/never-called",
    },
    "app/profiles.py": {
        "from app.telemetry import honeycomb": "app/profiles-does-not-start",
        'honeycomb.start(app, service_name="profiles")': "honeycomb/profiles-silent",
    },
    "app/requirements.txt": {
        "opentelemetry-exporter-otlp-proto-http>=1.45,<2": UNNAMED,
        "opentelemetry-instrumentation-flask>=0.66b1,<1": UNNAMED,
        "opentelemetry-instrumentation-requests>=0.66b1,<1": UNNAMED,
    },
    "app/services/home_activities.py": {
        "from opentelemetry import trace": NO_START,
        "tracer = trace.get_tracer(__name__)": FAILS,
        'with tracer.start_as_current_span("home-feed.add-authors") as span:': FAILS,
        'span.set_attribute("app.posts.count", len(posts))': "honeycomb/no-attributes",
        "return add_authors(posts)": FAILS,
    },
    "app/services/search_activities.py": {
        "from opentelemetry import trace": NO_START,
        "tracer = trace.get_tracer(__name__)": NO_START,
        '@tracer.start_as_current_span("search.find-and-rank")': "honeycomb/no-own-span",
        'trace.get_current_span().set_attribute("app.search.hits", len(hits))': (
            "honeycomb/no-attributes"
        ),
    },
    "app/telemetry/honeycomb.py": {
        "from flask import Flask": NO_START,
        'resource = Resource.create({"service.name": service_name})': NO_START,
        "provider = TracerProvider(resource=resource)": NO_START,
        "provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))": (
            "honeycomb/no-processor"
        ),
        "trace.set_tracer_provider(provider)": "honeycomb/provider-not-set",
        "FlaskInstrumentor().instrument_app(app)": "honeycomb/flask-not-instrumented",
        "RequestsInstrumentor().instrument()": "honeycomb/requests-not-instrumented",
    },
    "docker-compose.yml": {
        ENDPOINT: "honeycomb/compose-settings",
        HEADERS: "honeycomb/key-missing",
        OPT_IN: "honeycomb/mixed-conventions",
        "environment:": "honeycomb/compose-unreadable",
        f"{ENDPOINT} #2": "honeycomb/compose-settings",
        f"{HEADERS} #2": "honeycomb/key-missing",
        f"{OPT_IN} #2": "honeycomb/mixed-conventions",
    },
}
EXPECTED = mutants.label_each(CAUGHT)
SURVIVORS = {
    "app/requirements.txt: opentelemetry-sdk>=1.45,<2": (
        "the exporter's package requires the SDK, so that it is installed all the same"
    ),
}

MUTANTS = mutants.mutants(STEP)


@pytest.fixture(scope="module")
def found(request, tmp_path_factory):
    yield from mutants.check_each_in_advance(request, tmp_path_factory, STEP, MUTANTS)


def test_each_mutant_is_listed_once():
    mutants.assert_each_is_listed_once(MUTANTS, EXPECTED, SURVIVORS)


@pytest.mark.parametrize("label", MUTANTS)
def test_mutant(label, found):
    mutants.assert_caught(label, found, EXPECTED, SURVIVORS)
