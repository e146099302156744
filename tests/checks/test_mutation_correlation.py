"""Each line that step 08 adds is missed if it is gone: the check fails, and says why."""

import mutants
import pytest

STEP = 8
NO_START = "app/does-not-start"
FAILS = "app/answers-500"
NOTHING_WORKS = "app/no-traffic-succeeds"
TWO_IDS = "correlation/two-ids"
NO_ID_IN_ERROR = "correlation/error-without-id"
UNRECORDED = "correlation/unrecorded-without-id"
SILENT = "correlation/nothing-arrived"
ZEROS = "correlation/line-with-another-id"

# What the check finds first where each of these is gone: file → what is gone → finding.
CAUGHT = {
    "app/backend.py": {
        "from app.telemetry import boundary, cloudwatch, correlation, honeycomb, rollbar, xray": (
            NO_START
        ),
        "correlation.start(app)": TWO_IDS,
    },
    "app/json_api.py": {
        "from app.telemetry.correlation import find_ids": FAILS,
        'told = {"error": error.description}': FAILS,
        "ids = find_ids()": FAILS,
        "if ids:": NO_ID_IN_ERROR,
        'told["trace_id"] = ids["trace_id"]': NO_ID_IN_ERROR,
        "response.data = json.dumps(told)": NO_ID_IN_ERROR,
    },
    "app/profiles.py": {
        "from app.telemetry import cloudwatch, correlation, honeycomb, rollbar, xray": (
            "app/profiles-does-not-start"
        ),
    },
    "app/telemetry/cloudwatch.py": {
        "from app.telemetry.correlation import find_ids, find_keepers": FAILS,
    },
    "app/telemetry/correlation.py": {
        "from typing import Any": NO_START,
        'XRAY_HEADER = "X-Amzn-Trace-Id"': FAILS,
        "app.before_request(share_id)": TWO_IDS,
        "app.after_request(tell_id)": UNRECORDED,
        'root = find_ids().get("xray_trace_id")': NOTHING_WORKS,
        "told = TraceHeader.from_header_str(request.headers.get(XRAY_HEADER))": FAILS,
        "parent = told.parent if told.root == root else None": FAILS,
        "header = TraceHeader(root=root, parent=parent, sampled=told.sampled)": FAILS,
        'request.environ["HTTP_X_AMZN_TRACE_ID"] = header.to_header_str()': TWO_IDS,
        "ids = find_ids()": NOTHING_WORKS,
        "if ids:": UNRECORDED,
        "response.headers[XRAY_HEADER] = f\"Root={ids['xray_trace_id']}\"": UNRECORDED,
        "return response": NOTHING_WORKS,
        "context = trace.get_current_span().get_span_context()": NOTHING_WORKS,
        "if not context.is_valid:": ZEROS,
        "return {}": ZEROS,
        "trace_id = trace.format_trace_id(context.trace_id)": FAILS,
        'return {"trace_id": trace_id, "xray_trace_id": f"1-{trace_id[:8]}-{trace_id[8:]}"}': FAILS,
        "span = trace.get_current_span()": FAILS,
        "segment = xray_recorder.get_trace_entity()": FAILS,
        "keeps = {": FAILS,
        'data = payload["data"]': SILENT,
        (
            'custom = {**(data.get("custom") or {}), **find_ids(), "kept_by": find_keepers()}'
        ): SILENT,
        'return {**payload, "data": {**data, "custom": custom}}': SILENT,
    },
    "app/telemetry/rollbar.py": {
        "from app.telemetry.correlation import put_ids": NO_START,
        "rollbar.events.add_payload_handler(put_ids)": "correlation/report-without-id",
    },
}
EXPECTED = mutants.label_each(CAUGHT)
PRINTED = "what is printed is read by eyes: the check remarks on it, and fails nobody for it"
HEALTH = "without OpenTelemetry's id X-Ray makes one, of which nothing else has to know"
SURVIVORS = {
    "app/profiles.py: correlation.start(app)": "backend tells profiles the id, in X-Ray's header",
    "app/telemetry/cloudwatch.py: line = clean(super().formatMessage(record))"
    r'.replace("\r", "\\r").replace("\n", "\\n")': PRINTED,
    "app/telemetry/cloudwatch.py: ids = find_ids()": PRINTED,
    "app/telemetry/cloudwatch.py: return f\"{line} trace_id={ids['trace_id']}\" if ids else line": (
        PRINTED
    ),
    "app/telemetry/correlation.py: if root is None:": HEALTH,
    "app/telemetry/correlation.py: return": HEALTH,
    "app/telemetry/correlation.py: return [tool for tool, kept in keeps.items() if kept]": (
        "ids lead the same way without it; tests/correlation/ holds it to be true"
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
