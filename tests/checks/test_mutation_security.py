"""Each line that step 07 adds is missed if it is gone: the check fails, and says why."""

import mutants
import pytest

STEP = 7
NO_START = "app/does-not-start"
FAILS = "security/fails-in-production"
TRUSTED = "security/headers-trusted"
SPANS = "security/secrets-in-spans"
OUTPUT = "security/secrets-in-output"
ROLLBAR = "security/secrets-in-rollbar"
SILENT = "security/nothing-arrived"

# What the check finds first where each of these is gone: file → what is gone → finding.
CAUGHT = {
    "app/backend.py": {
        "from app.telemetry import boundary, cloudwatch, honeycomb, rollbar, xray": NO_START,
        "boundary.protect(app)": TRUSTED,
    },
    "app/telemetry/boundary.py": {
        "import os": NO_START,
        'OF_THE_CALLER = ["HTTP_TRACEPARENT", "HTTP_TRACESTATE", "HTTP_BAGGAGE", '
        '"HTTP_X_AMZN_TRACE_ID"]': FAILS,
        "class TrustBoundary:": FAILS,
        "self.wsgi_app = wsgi_app": FAILS,
        "for name in OF_THE_CALLER:": TRUSTED,
        "environ.pop(name, None)": TRUSTED,
        "return self.wsgi_app(environ, start_response)": FAILS,
        'trusted = os.environ.get("TRUST_TRACE_HEADERS")': NO_START,
        'if os.environ.get("ENVIRONMENT") == "production" and not trusted:': TRUSTED,
        "app.wsgi_app = TrustBoundary(app.wsgi_app)  # type: ignore[method-assign]": TRUSTED,
    },
    "app/telemetry/cloudwatch.py": {
        "from typing import Any": NO_START,
        'return json.dumps({**line, **clean_value(getattr(record, "fields", {}))})': SILENT,
        "class PlainFormatter(logging.Formatter):": NO_START,
        r'return clean(super().formatMessage(record)).replace("\r", "\\r").replace("\n", "\\n")': (
            OUTPUT
        ),
    },
    "app/telemetry/honeycomb.py": {
        "from opentelemetry.propagate import set_global_textmap": NO_START,
        "provider.add_span_processor(ThriftyProcessor(RedactingExporter(OTLPSpanExporter())))": (
            SILENT
        ),
    },
    "app/telemetry/redaction.py": {
        "import re": NO_START,
        'REDACTED = "[redacted]"': SILENT,
        "SECRET_NAMES = [": NO_START,
        "NAMED = re.compile(": OUTPUT,
        r'EMAIL = re.compile(r"[\w.+-]+(?:@|%40)[\w-]+(?:\.[\w-]+)+")': SILENT,
        r'CARD = re.compile(r"""(?<!")\b\d(?:[ -]?\d){14,15}\b(?!")""")': SILENT,
        r'DOMAINS = [re.compile(r"@[\w-]+\."), re.compile(r"%40[\w-]+\.")]': SILENT,
        "if any(domain.search(text) for domain in DOMAINS):": SPANS,
        "text = EMAIL.sub(REDACTED, text)": SPANS,
        "text = CARD.sub(REDACTED, text)": "security/locals-in-rollbar",
        "lowered = text.casefold()": SILENT,
        "if any(name in lowered for name in SECRET_NAMES):": SPANS,
        r'text = NAMED.sub(rf"\1{REDACTED}", text)': SPANS,
        "return text": SILENT,
        "if name.lower() in SECRET_NAMES:": ROLLBAR,
        "return REDACTED": ROLLBAR,
        "if isinstance(value, str):": SPANS,
        "return clean(value)": SPANS,
        "if isinstance(value, dict):": SPANS,
        "return {clean(str(key)): clean_value(each, str(key)) for key, each in value.items()}": (
            SPANS
        ),
        "if isinstance(value, list | tuple):": ROLLBAR,
        "return [clean_value(each) for each in value]": ROLLBAR,
        "class RedactingExporter(SpanExporter):": NO_START,
        "self.exporter = exporter": SILENT,
        "return self.exporter.export([clean_span(span) for span in spans])": SILENT,
        "return ReadableSpan(": SILENT,
        "class RedactingEmitter(UDPEmitter):": NO_START,
        "super()._send_data(clean(data))": SILENT,
    },
    "app/telemetry/rollbar.py": {
        "from typing import Any": NO_START,
        "rollbar.events.add_payload_handler(clean_payload)": ROLLBAR,
        'return {**payload, "data": clean_value(payload["data"])}': SILENT,
    },
    "app/telemetry/xray.py": {
        "from app.telemetry.redaction import RedactingEmitter": NO_START,
        "xray_recorder.configure(": "xray/no-name",
    },
}
EXPECTED = mutants.label_each(CAUGHT)
NO_VALUE = "no exception that this app logs with its traceback has a caller's words in its text"
SURVIVORS = {
    'app/services/messages.py: logger.info("message from %s to %s", sender["handle"], '
    'receiver["handle"])': "a line that is not written gives nothing away",
    (
        'app/telemetry/cloudwatch.py: line["exception"] = '
        "clean(self.formatException(record.exc_info))"
    ): NO_VALUE,
    "app/telemetry/cloudwatch.py: return clean(super().formatException(ei))": NO_VALUE,
    "app/telemetry/honeycomb.py: set_global_textmap(TraceContextTextMapPropagator())": (
        "the boundary takes baggage off as well"
    ),
    "app/telemetry/redaction.py: return value": "a number that is lost gives nothing away",
    "app/telemetry/redaction.py: self.exporter.shutdown()": "all is sent before, by the processor",
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
