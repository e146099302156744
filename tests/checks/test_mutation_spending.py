"""Each line that step 06 adds is missed if it is gone: the check fails, and says why."""

import mutants
import pytest

STEP = 6
NO_START = "app/does-not-start"
SILENT = "spending/loses-occurrences"
LOGGED = "spending/health-checks-logged"

# What the check finds first where each of these is gone: file → what is gone → finding.
CAUGHT = {
    "app/telemetry/cloudwatch.py": {
        "from app.telemetry.thrift import QUIET_PATHS": "app/no-traffic-succeeds",
        "if request.path in QUIET_PATHS and g.status < 400:": LOGGED,
        "return": LOGGED,
    },
    "app/telemetry/honeycomb.py": {
        "from app.telemetry.thrift import ThriftyProcessor": NO_START,
        "provider.add_span_processor(ThriftyProcessor(OTLPSpanExporter()))": "spending/no-traces",
        'FlaskInstrumentor().instrument_app(app, excluded_urls="health-check")': (
            "spending/loses-errors"
        ),
        'RequestsInstrumentor().instrument(excluded_urls="/api/1/item")': "spending/traces-torn",
    },
    "app/telemetry/rollbar.py": {
        "from app.telemetry.thrift import Cap": NO_START,
        "rollbar.events.add_payload_handler(Cap().let_through)": "spending/no-cap",
    },
    "app/telemetry/thrift.py": {
        "import os": NO_START,
        'USUAL = "4" if os.environ.get("ENVIRONMENT") == "production" else "1"': NO_START,
        'ONE_IN = int(os.environ.get("KEEP_ONE_TRACE_IN", USUAL))': "app/answers-500",
        "ALIKE_A_MINUTE = 10": SILENT,
        'QUIET_PATHS = ["/api/health-check", "/health-check"]': NO_START,
        "class ThriftyProcessor(BatchSpanProcessor):": NO_START,
        "if is_kept(span):": "spending/sample-rate-missing",
        'span.set_attribute("SampleRate", ONE_IN)': "spending/sample-rate-missing",
        "if is_kept(span) or span.status.status_code is StatusCode.ERROR:": "spending/no-traces",
        "super().on_end(span)": "spending/no-traces",
        "return span.get_span_context().trace_id % ONE_IN == 0": "spending/nothing-kept",
        "class Cap:": NO_START,
        "self._lock = threading.Lock()": SILENT,
        "self._minute = 0.0": SILENT,
        "self._seen: Counter[Any] = Counter()": SILENT,
        'kind = name_kind(payload["data"])': SILENT,
        "minute = time.monotonic() // 60": SILENT,
        "self._minute = minute": "spending/no-cap",
        "self._seen[kind] += 1": "spending/no-cap",
        "return payload if self._seen[kind] <= ALIKE_A_MINUTE else False": SILENT,
        'body = data["body"]': SILENT,
        'traces = body.get("trace_chain") or [body.get("trace") or {}]': SILENT,
        'last = (traces[0].get("frames") or [{}])[-1]': SILENT,
    },
}
EXPECTED = mutants.label_each(CAUGHT)
LATER = "the minute after the loop would tell, and the check does not wait for it"
SAME_KIND = "another way to tell errors apart, which is as good for those of the check"
SURVIVORS = {
    "app/telemetry/thrift.py: super().on_start(span, parent_context)": (
        "what it extends does nothing there"
    ),
    "app/telemetry/thrift.py: with self._lock:": "the check's errors come one after another",
    "app/telemetry/thrift.py: if minute != self._minute:": LATER,
    "app/telemetry/thrift.py: self._seen.clear()": LATER,
    'app/telemetry/thrift.py: if "fingerprint" in data:': SAME_KIND,
    'app/telemetry/thrift.py: return data["fingerprint"]': SAME_KIND,
    'app/telemetry/thrift.py: return data["level"], last.get("filename"), last.get("lineno")': (
        "all errors without a fingerprint are one kind then, and the check's other error has one"
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
