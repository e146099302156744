"""Each line that step 04 adds is missed if it is gone: the check fails, and says why."""

import mutants
import pytest

STEP = 4
NO_START = "app/does-not-start"
NO_TRAFFIC = "app/no-traffic-succeeds"
NO_LINE = "cloudwatch/no-request-line"
LINE_FAILS = "cloudwatch/line-fails"
SETTINGS = "cloudwatch/compose-settings"
ENDPOINT = "AWS_ENDPOINT_URL_CLOUDWATCH_LOGS: ${CLOUDWATCH_ENDPOINT-http://sandbox:4318}"
KEY_ID = "AWS_ACCESS_KEY_ID: ${AWS_ACCESS_KEY_ID:-sandbox}"
SECRET = "AWS_SECRET_ACCESS_KEY: ${AWS_SECRET_ACCESS_KEY:-sandbox}"
REGION = "AWS_REGION: ${AWS_REGION:-us-east-1}"

# What the check finds first where each of these is gone: file → what is gone → finding.
CAUGHT = {
    "app/backend.py": {
        "from app.telemetry import cloudwatch, honeycomb, xray": NO_START,
        'logs.configure("backend")': "cloudwatch/never-called",
        "cloudwatch.log_requests(app)": NO_LINE,
    },
    "app/logs.py": {
        "import logging.config": NO_START,
        'HERE_ONLY = ["botocore", "urllib3", "werkzeug"]': NO_START,
        "logging.config.dictConfig(": "cloudwatch/never-called",
        "cloudwatch.make_group_and_stream(service_name)": "cloudwatch/no-group",
    },
    "app/profiles.py": {
        "from app.telemetry import cloudwatch, honeycomb, xray": "app/profiles-does-not-start",
        'logs.configure("profiles")': "cloudwatch/profiles-silent",
        "cloudwatch.log_requests(app)": NO_LINE,
    },
    "app/requirements.txt": {"watchtower>=3.4,<4": "cloudwatch/not-in-requirements"},
    "app/telemetry/cloudwatch.py": {
        "import contextlib": NO_START,
        'GROUP = "microblog"': NO_START,
        "SEND_SECONDS = 1": NO_START,
        "logger = logging.getLogger(__name__)": NO_TRAFFIC,
        "class JsonFormatter(logging.Formatter):": NO_START,
        "self.service_name = service_name": LINE_FAILS,
        "line = {": LINE_FAILS,
        "span = trace.get_current_span().get_span_context()": LINE_FAILS,
        "if span.is_valid:": "cloudwatch/no-trace-id",
        'line["trace_id"] = trace.format_trace_id(span.trace_id)': "cloudwatch/no-trace-id",
        'return json.dumps({**line, **getattr(record, "fields", {})})': LINE_FAILS,
        "return CloudWatchLogHandler(": NO_START,
        "return boto3.client(": NO_START,
        "client = make_client()": NO_START,
        "exists = client.exceptions.ResourceAlreadyExistsException": NO_START,
        "try:": "cloudwatch/no-group",
        "client.create_log_group(logGroupName=GROUP)": "cloudwatch/no-group",
        "client.put_retention_policy(logGroupName=GROUP, retentionInDays=RETENTION_DAYS)": (
            "cloudwatch/no-retention"
        ),
        "@app.before_request": NO_TRAFFIC,
        "g.began = time.perf_counter()": NO_TRAFFIC,
        "@app.after_request": "cloudwatch/wrong-status",
        "g.status = response.status_code": "cloudwatch/wrong-status",
        "return response": NO_TRAFFIC,
        "@app.teardown_request": NO_LINE,
        "fields = {": NO_TRAFFIC,
        "level = logging.INFO": NO_TRAFFIC,
        "if g.status >= 400:": "cloudwatch/failures-not-errors",
        "level = logging.ERROR if g.status >= 500 else logging.WARNING": (
            "cloudwatch/failures-not-errors"
        ),
        'logger.log(level, "%(method)s %(path)s %(status)s", fields, extra={"fields": fields})': (
            NO_LINE
        ),
    },
    "docker-compose.yml": {
        ENDPOINT: SETTINGS,
        KEY_ID: SETTINGS,
        SECRET: SETTINGS,
        REGION: SETTINGS,
        f"{ENDPOINT} #2": SETTINGS,
        f"{KEY_ID} #2": SETTINGS,
        f"{SECRET} #2": SETTINGS,
        f"{REGION} #2": SETTINGS,
    },
}
EXPECTED = mutants.label_each(CAUGHT)
SENDING = "app/telemetry/cloudwatch.py"
# Whichever of the two services comes first makes the group, and meets what is missing; on a busy
# machine it may have given up on the group's answer before it gets there.
RACES = {
    "app/telemetry/cloudwatch.py: RETENTION_DAYS = 7": {
        NO_START,
        "app/profiles-does-not-start",
        "cloudwatch/no-retention",
    },
    # watchtower makes the stream then, which is a note only. While it does, it may lose a line.
    f"{SENDING}: client.create_log_stream(": {None, "cloudwatch/lost-at-exit"},
}

SURVIVORS = {
    "app/requirements.txt: boto3>=1.40,<2": "watchtower brings it",
    f"{SENDING}: super().__init__()": "what it sets up is for formats with %, and none is used",
    f"{SENDING}: if record.exc_info:": "the traceback is worth having; nothing is asked of it",
    f'{SENDING}: line["exception"] = self.formatException(record.exc_info)': (
        "the traceback is worth having; nothing is asked of it"
    ),
    f"{SENDING}: with contextlib.suppress(exists):": (
        "the second service then leaves its stream to watchtower, which is a note only"
    ),
    f"{SENDING}: with contextlib.suppress(exists): #2": "a new process has no stream yet",
    f'{SENDING}: logger.warning("no log group in CloudWatch: %s", error)': (
        "it is said where CloudWatch is away, and the check has one"
    ),
    f"{SENDING}: g.status = 500": "after_request is told of a 500, but for debug mode",
}

MUTANTS = mutants.mutants(STEP)


@pytest.fixture(scope="module")
def found(request, tmp_path_factory):
    yield from mutants.check_each_in_advance(request, tmp_path_factory, STEP, MUTANTS)


def test_each_mutant_is_listed_once():
    mutants.assert_each_is_listed_once(MUTANTS, EXPECTED | RACES, SURVIVORS)


@pytest.mark.parametrize("label", MUTANTS)
def test_mutant(label, found):
    mutants.assert_caught(label, found, EXPECTED, SURVIVORS, RACES)
