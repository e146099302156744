"""Each line that step 10 adds is missed if it is gone: the check fails, and says why."""

import mutants
import pytest

STEP = 10
NO_START = "app/does-not-start"
FAILS = "app/answers-500"
SILENT = "honeycomb/nothing-arrived"
RAISES = "opentelemetry-only/export-fails"
UNSIGNED = "opentelemetry-only/not-signed"
UNINDEXED = "opentelemetry-only/nothing-indexed"
ENDPOINT = "opentelemetry-only/compose-endpoint"

# What the check finds first where each of these is gone: file → what is gone → finding.
CAUGHT = {
    "app/backend.py": {
        'tracing.start(app, service_name="backend")': "honeycomb/never-called",
    },
    "app/db.py": {
        "return [dict(row) for row in _execute(sql, values)]": FAILS,
        "with tracer.start_as_current_span(verb, kind=SpanKind.CLIENT, attributes=attributes):": (
            "opentelemetry-only/no-queries"
        ),
        "return _connect().execute(sql, values).fetchall()": FAILS,
    },
    "app/profiles.py": {
        'tracing.start(app, service_name="profiles")': "honeycomb/profiles-silent",
    },
    "app/services/search_activities.py": {
        'with tracer.start_as_current_span("search.rank") as span:': UNINDEXED,
        'span.set_attributes({"hits": len(hits), "app.search.term": term, INDEXED: ["hits"]})': (
            UNINDEXED
        ),
    },
    "app/telemetry/honeycomb.py": {
        "return OTLPSpanExporter(compression=Compression.Gzip)": "opentelemetry-only/not-the-same",
    },
    "app/telemetry/thrift.py": {
        "class ThriftyProcessor(SynchronousMultiSpanProcessor):": NO_START,
        "super().on_end(clean_span(span))": SILENT,
    },
    "app/telemetry/tracing.py": {
        "for exporter in [honeycomb.make_exporter(), xray.make_exporter()]:": (
            "honeycomb/no-exporter"
        ),
        "processor.add_span_processor(queue)": SILENT,
        "provider.add_span_processor(processor)": "honeycomb/no-processor",
        "trace.set_tracer_provider(provider)": "honeycomb/provider-not-set",
        'FlaskInstrumentor().instrument_app(app, excluded_urls="health-check")': (
            "honeycomb/flask-not-instrumented"
        ),
        'RequestsInstrumentor().instrument(excluded_urls="/api/1/item")': (
            "honeycomb/requests-not-instrumented"
        ),
    },
    "app/telemetry/xray.py": {
        'INDEXED = "aws.xray.annotations"': NO_START,
        "self.region = region": RAISES,
        "self.credentials = boto3.Session().get_credentials()": RAISES,
        'request.headers.pop("x-honeycomb-team", None)': "opentelemetry-only/key-sent-along",
        'SigV4Auth(self.credentials, "xray", self.region).add_auth(signed)': UNSIGNED,
        "request.headers.update(signed.headers)": UNSIGNED,
        "return request": RAISES,
        "session.auth = Signature(region)": UNSIGNED,
        "return OTLPSpanExporter(": "opentelemetry-only/no-exporter",
    },
    "docker-compose.yml": {
        "AWS_ENDPOINT_URL_XRAY: ${XRAY_ENDPOINT-http://sandbox:4318}": ENDPOINT,
        "AWS_ENDPOINT_URL_XRAY: ${XRAY_ENDPOINT-http://sandbox:4318} #2": ENDPOINT,
    },
}
EXPECTED = mutants.label_each(CAUGHT)
NOT_WRITTEN = "what the app then does not write is no matter of its telemetry"
OF_CHECK_1 = "check 1 finds it: its own spans without attributes"
# Each queue loses what it still holds at the end; on a busy machine one has sent more by then.
RACES = {
    "app/telemetry/tracing.py: lifecycle.at_the_end(queue.shutdown)": {
        None,
        "opentelemetry-only/not-the-same",
    },
}
SURVIVORS = {
    "app/db.py: _execute(sql, values)": NOT_WRITTEN,
    "app/db.py: _connect().commit()": NOT_WRITTEN,
    'app/services/create_activity.py: @tracer.start_as_current_span("parse-ttl")': (
        "check 3 remarks on it: the error is in no part of its own"
    ),
    'app/services/create_activity.py: trace.get_current_span().set_attribute("app.ttl", ttl)': (
        OF_CHECK_1
    ),
    'app/services/search_activities.py: span.set_attribute("app.search.hits", len(hits))': (
        OF_CHECK_1
    ),
    'app/telemetry/correlation.py: return ["honeycomb", "xray"] if span.is_recording() and '
    "is_kept(span) else []": "who keeps a trace is told for people, in lines and reports",
    "app/telemetry/redaction.py: @functools.lru_cache(maxsize=1024)": (
        "it saves time: what is cleaned is the same without it"
    ),
    "app/telemetry/tracing.py: set_global_textmap(TraceContextTextMapPropagator())": (
        "the boundary takes baggage off as well, as in step 07"
    ),
    'docker-compose.yml: command: ["python", "-m", "workshop", "sandbox", "--data", "/data", '
    '"--transaction-search"]': "it is the sandbox's, and a check has one of its own",
}

MUTANTS = mutants.leave_to_python(mutants.mutants(STEP))


@pytest.fixture(scope="module")
def found(request, tmp_path_factory):
    yield from mutants.check_each_in_advance(request, tmp_path_factory, STEP, MUTANTS)


def test_each_mutant_is_listed_once():
    mutants.assert_each_is_listed_once(MUTANTS, EXPECTED | RACES, SURVIVORS)


@pytest.mark.parametrize("label", MUTANTS)
def test_mutant(label, found):
    mutants.assert_caught(label, found, EXPECTED, SURVIVORS, RACES)
