"""What one log line says: its level, its status, who wrote it; and whether an error is caught."""

import json
from dataclasses import replace

import pytest

from workshop.checks import compose
from workshop.checks.cloudwatch import fields, leaving, lines, per_request, starting, trace_ids
from workshop.checks.cloudwatch.requests_told import tell
from workshop.checks.evidence import Evidence, Ran
from workshop.checks.target import learner_app
from workshop.checks.traffic import Asked
from workshop.sandbox.cloudwatch.logs import Event

TRACE = "4b9a20793d9776eff10662b0c4381fae"


def line(text):
    return lines.Line("group", "stream", text if isinstance(text, str) else json.dumps(text), "")


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ({"level": "INFO"}, 20),
        ({"severity": "warn"}, 30),
        ({"record": {"levelname": "ERROR"}}, 40),
        ({"message": "an ERROR somewhere"}, None),
        ("2026-01-05 12:00:00,000 INFO app: GET / 200", 20),
        ("[ERROR] GET / 200", 40),
        ("127.0.0.1 GET /api 500 INTERNAL SERVER ERROR", None),
        ("GET /api/activities/home 200", None),
    ],
)
def test_level(text, level):
    assert line(text).level == level


@pytest.mark.parametrize(
    ("text", "statuses"),
    [
        ({"status": 404, "duration_ms": 200}, [404]),
        ({"http": {"status_code": 422}}, [422]),
        ({"status": "500 INTERNAL SERVER ERROR"}, [500]),
        ({"message": "GET /api/activities/home 200"}, [200]),
        ("GET /api/activities/home 500 INTERNAL SERVER ERROR", [500]),
        ("GET /api/activities/home took 200 ms", []),
        ("GET /api/activities/home took 200.5", []),
        ("port 4567, 120 posts", []),
        ({"trace_id": f"500{TRACE[3:]}"}, []),
    ],
)
def test_statuses(text, statuses):
    assert line(text).statuses == statuses


@pytest.mark.parametrize(
    ("text", "is_access", "is_exception", "is_noise"),
    [
        ('127.0.0.1 - - [05/Jan/2026 12:00:00] "GET /api HTTP/1.1" 200 -', True, False, False),
        ({"message": '127.0.0.1 - - [x] "GET /api HTTP/1.1" 200 -'}, True, False, False),
        ({"message": "Exception on /api [GET]"}, False, True, False),
        ({"logger": "app", "exception": "Traceback (most recent call last):\n  botocore"},
         False, True, False),
        ({"logger": "botocore.hooks", "message": "Event x"}, False, False, True),
        ("2026-01-05 12:00:00,000 DEBUG urllib3.connectionpool: \"GET /a HTTP/1.1\" 200",
         True, False, True),
        ({"message": "GET /api 200"}, False, False, False),
    ],
)  # fmt: skip
def test_writer(text, is_access, is_exception, is_noise):
    found = line(text)
    assert (found.is_access, found.is_exception, found.is_noise) == (
        is_access,
        is_exception,
        is_noise,
    )


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ({"trace_id": TRACE}, [TRACE]),
        ({"trace_id": int(TRACE, 16)}, [str(int(TRACE, 16))]),
        ({"xray": f"1-{TRACE[:8]}-{TRACE[8:]}"}, [f"1-{TRACE[:8]}-{TRACE[8:]}"]),
        (f"GET /api 200 trace={TRACE}", [TRACE]),
        ({"uuid": "93d20470-b766-4f10-b437-bdb5a51149bb"}, []),
    ],
)
def test_trace_ids(text, ids):
    assert trace_ids.ID.findall(line(text).text) == ids


def test_quote_is_the_same_in_each_run():
    text = f"2026-01-05 12:00:00,123 INFO app: GET / 200 {TRACE} 12.5\nmore"
    assert fields._quote(text) == "… INFO app: GET / 200 … …"


@pytest.mark.parametrize(
    ("around", "by_config", "is_caught"),
    [
        ("try:\n    CALL\nexcept ClientError:\n    pass", False, False),
        ("try:\n    CALL\nexcept client.exceptions.ClientError:\n    pass", False, False),
        ("try:\n    CALL\nexcept (BotoCoreError, ClientError):\n    pass", False, True),
        ("try:\n    CALL\nexcept botocore.exceptions.BotoCoreError:\n    pass", False, True),
        ("try:\n    CALL\nexcept Exception as error:\n    print(error)", False, True),
        ("try:\n    CALL\nexcept:\n    pass", False, True),
        ("try:\n    pass\nexcept Exception:\n    CALL", False, False),
        ("with suppress(Exception):\n    CALL", False, True),
        ("with contextlib.suppress(exists):\n    CALL", False, False),
        ("with open('x'):\n    CALL", False, False),
        ("try:\n    CALL\nexcept ValueError:\n    pass", False, False),
        ("try:\n    CALL\nexcept ValueError:\n    pass", True, True),
        ("CALL", False, False),
    ],
)
def test_what_catches_the_error_of_a_start(tmp_path, around, by_config, is_caught):
    (tmp_path / "logs.py").write_text(around, "utf-8")
    number = 1 + around.splitlines().index(next(x for x in around.splitlines() if "CALL" in x))
    note = {"lines": [f"logs.py:{number}", "<frozen runpy>:88"], "by_config": by_config}
    evidence = Evidence(learner_app(tmp_path), "http://127.0.0.1:1")
    assert starting._is_caught(evidence, note) == is_caught


@pytest.mark.parametrize(
    ("text", "known", "value"),
    [
        ("${NAME-http://sandbox:4318}", {}, "http://sandbox:4318"),
        ("${NAME-http://sandbox:4318}", {"NAME": ""}, ""),
        ("${NAME:-http://sandbox:4318}", {"NAME": ""}, "http://sandbox:4318"),
        ("${NAME:-default}", {"NAME": "given"}, "given"),
        ("${NAME:?put it into .env}", {}, ""),
        ("key=${NAME}", {"NAME": "given"}, "key=given"),
    ],
)
def test_compose_interpolates_as_docker_does(tmp_path, text, known, value):
    file = tmp_path / "docker-compose.yml"
    file.write_text(f"services: {{web: {{environment: {{X: '{text}'}}}}}}", "utf-8")
    assert compose.read_variables(file, "web", known) == {"X": value}


ASKED = [
    Asked("GET", "/api/health-check", 200),
    Asked("GET", "/api/activities/home", 200),
    Asked("GET", "/api/activities/search?term=bread", 200),
    Asked("GET", "/api/no-such-page", 404),
    Asked("POST", "/api/activities", 201),
    Asked("POST", "/api/activities", 500),
]
LAST = Asked("GET", "/api/activities/search", 422)


def lines_about(*asked):
    return [f"INFO {each.method} {each.path} {each.status}" for each in asked]


def findings_of(folder, texts, notes=(), last=LAST):
    """Judge an app that sent these lines, without running one."""
    events = [Event(n, "backend/1", n, n, text) for n, text in enumerate(texts)]
    evidence = Evidence(learner_app(folder), "http://127.0.0.1:1", asked=ASKED, last=last)
    evidence.services = {"backend": Ran("backend", notes=list(notes)), "profiles": Ran("profiles")}
    evidence.log_events = {"group": events}
    found = lines.read_lines(evidence)
    story = tell(evidence, found)
    judged = [per_request.judge(evidence, story, found), leaving.judge_exit(evidence, story)]
    return [each.id.partition("/")[2] for finding in judged for each in finding or []]


@pytest.mark.parametrize(
    ("texts", "ids"),
    [
        (lines_about(*ASKED, LAST), []),
        (lines_about(*ASKED[1:], LAST), []),
        (lines_about(*ASKED), ["lost-at-exit"]),
        (lines_about(*ASKED[:4]), ["lost-at-exit"]),
        (lines_about(*ASKED[:5], LAST), ["no-line-for-500"]),
        (lines_about(*ASKED[:3], *ASKED[4:]), ["not-every-request"]),
        (lines_about(ASKED[3], ASKED[5], LAST), ["errors-only"]),
        (lines_about(ASKED[5]), ["errors-only"]),
        (lines_about(*ASKED, *ASKED, LAST), ["request-line-twice"]),
        (["INFO app.db: /api/other 200"], ["no-request-line"]),
        (["INFO GET /api/activities/home? 200 OK"], ["not-every-request"]),
        (lines_about(*ASKED[:2]), ["not-every-request"]),
        ([], []),
    ],
)
def test_which_requests_have_a_line(tmp_path, texts, ids):
    assert findings_of(tmp_path, texts) == ids


@pytest.mark.parametrize(
    ("ms", "ids"), [(500, ["lost-at-exit"]), (1500, []), (3000, ["lost-at-exit"])]
)
def test_a_line_that_was_dropped_was_not_lost_at_the_stop(tmp_path, ms, ids):
    last = replace(LAST, began_ns=1_000_000_000, ended_ns=2_000_000_000)
    call = {"what": "logs-call", "operation": "CreateLogStream", "at_start": False, "lines": []}
    notes = [{"what": "log-handler", "where": ""}, {**call, "ms": ms}]
    assert findings_of(tmp_path, lines_about(*ASKED), notes, last) == ids
