"""Each line that step 05 adds is missed if it is gone: the check fails, and says why."""

import mutants
import pytest

STEP = 5
NO_START = "app/does-not-start"
SETTINGS = "rollbar/compose-settings"
TOKEN = "ROLLBAR_ACCESS_TOKEN: ${ROLLBAR_ACCESS_TOKEN:-sandbox}"
ENDPOINT = "ROLLBAR_ENDPOINT: ${ROLLBAR_ENDPOINT:-http://sandbox:4318/api/1/}"
ENVIRONMENT = "ENVIRONMENT: ${ENVIRONMENT:-production}"

# What the check finds first where each of these is gone: file → what is gone → finding.
CAUGHT = {
    "app/backend.py": {
        "from app.telemetry import cloudwatch, honeycomb, rollbar, xray": NO_START,
        'rollbar.start(app, service_name="backend")': "rollbar/never-called",
    },
    "app/profiles.py": {
        "from app.telemetry import cloudwatch, honeycomb, rollbar, xray": (
            "app/profiles-does-not-start"
        ),
        'rollbar.start(app, service_name="profiles")': "rollbar/profiles-silent",
    },
    "app/requirements.txt": {"rollbar>=1.5,<2": "rollbar/not-in-requirements"},
    "app/services/profiles_client.py": {"import rollbar": "app/answers-500"},
    "app/telemetry/rollbar.py": {
        "import logging": NO_START,
        "ROOT = Path(__file__).parents[1]": NO_START,
        "class RequestOfPerson(Request):": NO_START,
        'return {"id": session.current_handle()}': "rollbar/no-person",
        'token = os.environ.get("ROLLBAR_ACCESS_TOKEN")': NO_START,
        'environment = os.environ.get("ENVIRONMENT", "development")': NO_START,
        "app.request_class = RequestOfPerson": "rollbar/no-person",
        "rollbar.contrib.flask.init(": "rollbar/no-init",
    },
    "docker-compose.yml": {
        TOKEN: SETTINGS,
        ENDPOINT: SETTINGS,
        ENVIRONMENT: SETTINGS,
        f"{TOKEN} #2": SETTINGS,
        f"{ENDPOINT} #2": SETTINGS,
        f"{ENVIRONMENT} #2": SETTINGS,
    },
}
EXPECTED = mutants.label_each(CAUGHT)
WITHOUT_TOKEN = "it is only met without a token, and the check gives one"
IN_PRODUCTION = "the check runs as in production, where this route is not to be"
OF_RANGE = "it is only met by a time to live that is not on the list, which the check never sends"
SURVIVORS = {
    "app/services/create_activity.py: import rollbar": OF_RANGE,
    (
        "app/services/create_activity.py: rollbar.report_message("
        '"a time to live that is not on the list", "info")'
    ): OF_RANGE,
    "app/services/profiles_client.py: rollbar.report_exc_info(": (
        "to report what is caught is for the app to decide: it gets a note"
    ),
    "app/telemetry/rollbar.py: logger = logging.getLogger(__name__)": WITHOUT_TOKEN,
    "app/telemetry/rollbar.py: @property": "the SDK calls a method as well as it reads a property",
    "app/telemetry/rollbar.py: if not token:": WITHOUT_TOKEN,
    (
        "app/telemetry/rollbar.py: "
        'logger.warning("ROLLBAR_ACCESS_TOKEN is not set: errors are in the log alone")'
    ): WITHOUT_TOKEN,
    "app/telemetry/rollbar.py: return": WITHOUT_TOKEN,
    'app/telemetry/rollbar.py: if environment == "development":': IN_PRODUCTION,
    (
        "app/telemetry/rollbar.py: "
        'app.add_url_rule("/api/rollbar-test", view_func=raise_on_purpose)'
    ): IN_PRODUCTION,
    'app/telemetry/rollbar.py: raise RuntimeError("a test of Rollbar")': IN_PRODUCTION,
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
