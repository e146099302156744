"""Each line that step 02 adds is missed if it is gone: the check fails, and says why."""

import mutants
import pytest

STEP = 2
NO_START = "app/does-not-start"
UNREADABLE = "xray/compose-unreadable"
SETTINGS = "xray/compose-daemon-settings"
FILE = "xray/compose-daemon-file"
ENDPOINT = "OTEL_EXPORTER_OTLP_ENDPOINT: ${HONEYCOMB_API_ENDPOINT:-http://sandbox:4318}"
HEADERS = "OTEL_EXPORTER_OTLP_HEADERS: x-honeycomb-team=${HONEYCOMB_API_KEY:-sandbox}"
ADDRESS = "AWS_XRAY_DAEMON_ADDRESS: xray-daemon:2000"
CONFIGURE = 'xray_recorder.configure(service=service_name, context_missing="IGNORE_ERROR")'
HEALTH = (
    'test: ["CMD", "python", "-c", "from urllib.request import urlopen; '
    "urlopen('http://127.0.0.1:4318/health')\"]"
)

# What the check finds first where each of these is gone: file → what is gone → finding.
CAUGHT = {
    "app/backend.py": {
        "from app.telemetry import honeycomb, xray": NO_START,
        'xray.start(app, service_name="backend")': "xray/never-called",
    },
    "app/profiles.py": {
        "from app.telemetry import honeycomb, xray": "app/profiles-does-not-start",
        'xray.start(app, service_name="profiles")': "xray/profiles-silent",
    },
    "app/requirements.txt": {"aws-xray-sdk>=2.15,<3": "xray/not-in-requirements"},
    "app/telemetry/xray.py": {
        "import logging": NO_START,
        CONFIGURE: "xray/no-name",
        "XRayMiddleware(app, xray_recorder)": "xray/middleware-missing",
        'patch(["requests", "sqlite3"])': "xray/nothing-patched",
    },
    "docker-compose.yml": {
        ADDRESS: "xray/compose-address",
        f"{ADDRESS} #2": "xray/compose-address",
        "xray-daemon:": "xray/compose-daemon-missing",
        "image: amazon/aws-xray-daemon:3.x": "xray/compose-daemon-missing",
        "environment:": UNREADABLE,
        "AWS_ACCESS_KEY_ID: ${AWS_ACCESS_KEY_ID:-sandbox}": SETTINGS,
        "AWS_SECRET_ACCESS_KEY: ${AWS_SECRET_ACCESS_KEY:-sandbox}": SETTINGS,
        "AWS_REGION: ${AWS_REGION:-us-east-1}": SETTINGS,
        "configs:": UNREADABLE,
        "- source: xray-daemon": FILE,
        "target: /etc/xray-daemon.yaml": FILE,
        "xray-daemon: #2": FILE,
        "content: |": FILE,
        "build:": UNREADABLE,
        "ports:": UNREADABLE,
        "healthcheck:": UNREADABLE,
        "configs: #2": "xray/compose-daemon-missing",
    },
}
EXPECTED = mutants.label_each(CAUGHT)

# The vendor's daemon sends to AWS without them.
TO_SANDBOX = "points the daemon at the sandbox; with real keys it is right without"
STAND_IN = "belongs to the sandbox, which stands in for AWS and is no part of what X-Ray needs"
OF_STEP_1 = "tells where spans go: the check of step 01 finds it"
LEFT = {
    "app/telemetry/xray.py": {
        'logging.getLogger("aws_xray_sdk.core.recorder").setLevel(logging.ERROR)': (
            "keeps a warning out of the log; nothing is lost without it"
        ),
    },
    "docker-compose.yml": {
        ENDPOINT: OF_STEP_1,
        HEADERS: OF_STEP_1,
        f"{ENDPOINT} #2": OF_STEP_1,
        f"{HEADERS} #2": OF_STEP_1,
        'command: ["--local-mode", "--config", "/etc/xray-daemon.yaml"]': TO_SANDBOX,
        "Version: 2": "stands in the daemon's own file, which the check does not read",
        'Endpoint: "${XRAY_ENDPOINT-http://sandbox:4318}"': TO_SANDBOX,
        "sandbox:": STAND_IN,
        "context: .": STAND_IN,
        "dockerfile: workshop/sandbox/Dockerfile": STAND_IN,
        '- "127.0.0.1:4318:4318"': STAND_IN,
        "volumes:": STAND_IN,
        "- sandbox:/data": STAND_IN,
        HEALTH: STAND_IN,
        "interval: 5s": STAND_IN,
        "timeout: 3s": STAND_IN,
        "retries: 5": STAND_IN,
        "start_period: 10s": STAND_IN,
        "sandbox: #2": STAND_IN,
    },
}
SURVIVORS = mutants.label_each(LEFT)

MUTANTS = mutants.mutants(STEP)


@pytest.fixture(scope="module")
def found(request, tmp_path_factory):
    yield from mutants.check_each_in_advance(request, tmp_path_factory, STEP, MUTANTS)


def test_each_mutant_is_listed_once():
    mutants.assert_each_is_listed_once(MUTANTS, EXPECTED, SURVIVORS)


@pytest.mark.parametrize("label", MUTANTS)
def test_mutant(label, found):
    mutants.assert_caught(label, found, EXPECTED, SURVIVORS)
