"""The real services are asked only when told to, and what they say is told without keys."""

import http.server
import json
import threading
import time
from email.utils import formatdate

import pytest

from workshop.doctor import online
from workshop.doctor.remarks import FINE, NOTE, PROBLEM, UNKNOWN
from workshop.processes import free_port
from workshop.sandbox.server import running_sandbox

# Built from parts: nothing in this repository should look like a key.
KEY = "hcaik_" + "b2" * 29
TOKEN = "0a" * 16
AWS = {"AWS_ACCESS_KEY_ID": "AKIA" + "Q" * 16, "AWS_SECRET_ACCESS_KEY": "s" * 40}
STS = """<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
<GetCallerIdentityResult><Arn>{arn}</Arn><UserId>U</UserId><Account>123456789012</Account>
</GetCallerIdentityResult></GetCallerIdentityResponse>"""


class Vendor:
    """A vendor that gives one answer, and notes what it was asked."""

    def __init__(self):
        self.status, self.body, self.date, self.asked = 200, b"", None, []
        vendor = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                vendor.asked.append((self.path, self.headers.get("X-Honeycomb-Team")))
                self.send_response_only(vendor.status)
                self.send_header("Date", vendor.date or formatdate(usegmt=True))
                self.send_header("Content-Length", str(len(vendor.body)))
                self.end_headers()
                self.wfile.write(vendor.body)

            def do_POST(self):
                self.rfile.read(int(self.headers["Content-Length"]))
                self.do_GET()

            def log_message(self, *words):
                pass

        self.server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"


@pytest.fixture
def vendor():
    made = Vendor()
    thread = threading.Thread(target=made.server.serve_forever, args=(0.02,))
    thread.start()
    yield made
    made.server.shutdown()
    thread.join()
    made.server.server_close()


def auth(**rights):
    said = {"api_key_access": rights, "environment": {"name": "course", "slug": "course"}}
    return json.dumps(said).encode()


def honeycomb(vendor):
    return {"HONEYCOMB_API_KEY": KEY, "HONEYCOMB_API_ENDPOINT": vendor.url}


def test_without_keys_and_without_being_told_to_nobody_is_asked(vendor):
    (remark,) = online.examine({}, True)
    assert remark.state == UNKNOWN
    (remark,) = online.examine(honeycomb(vendor), False)
    assert (remark.state, remark.mend.endswith("doctor --online")) == (UNKNOWN, True)
    assert vendor.asked == []


@pytest.mark.parametrize(
    ("status", "rights", "state", "words"),
    [
        (200, {"events": True, "createDatasets": True, "queries": False}, FINE, "sending only"),
        (200, {"events": True, "queries": True, "boards": True}, NOTE, "may also boards, queries"),
        (200, {"events": False}, PROBLEM, "may not send"),
        (401, {}, PROBLEM, "refuses the key: status 401"),
    ],
)
def test_honeycomb_tells_what_a_key_may_do(vendor, status, rights, state, words):
    vendor.status, vendor.body = status, auth(**rights)
    remark, clock = online.examine(honeycomb(vendor), True)
    assert remark.state == state
    assert words in remark.what
    assert vendor.asked == [("/1/auth", KEY)]
    assert clock.state == FINE
    assert KEY not in remark.what + remark.mend


def test_the_sandbox_refuses_a_real_key_as_honeycomb_would(tmp_path):
    with running_sandbox(tmp_path / "sandbox") as sandbox:
        variables = {"HONEYCOMB_API_KEY": KEY, "HONEYCOMB_API_ENDPOINT": sandbox.url}
        remark = online.examine(variables, True)[0]
    assert (remark.state, "status 401" in remark.what) == (PROBLEM, True)


@pytest.mark.parametrize(
    ("arn", "state", "words"),
    [
        ("arn:aws:iam::123456789012:user/course", FINE, "user/course, account …9012"),
        ("arn:aws:iam::123456789012:root", PROBLEM, "the root user's"),
    ],
)
def test_aws_tells_whose_key_it_is(vendor, monkeypatch, arn, state, words):
    monkeypatch.setenv("AWS_ENDPOINT_URL_STS", vendor.url)
    vendor.body = STS.format(arn=arn).encode()
    remark, clock = online.examine(AWS, True)
    assert (remark.state, words in remark.what) == (state, True)
    assert clock.state == FINE


def test_aws_refuses(vendor, monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL_STS", vendor.url)
    vendor.status = 403
    vendor.body = (
        b"<ErrorResponse><Error><Code>InvalidClientTokenId</Code>"
        b"<Message>The security token is invalid</Message></Error></ErrorResponse>"
    )
    remark = online.examine(AWS, True)[0]
    assert (remark.state, remark.what) == (PROBLEM, "refuses the key: InvalidClientTokenId")


def test_rollbar_is_asked_without_the_token(vendor):
    vendor.body = b"pong"
    variables = {"ROLLBAR_ACCESS_TOKEN": TOKEN, "ROLLBAR_ENDPOINT": f"{vendor.url}/api/1/"}
    remark = online.examine(variables, True)[0]
    assert (remark.state, vendor.asked) == (UNKNOWN, [("/api/1/status/ping", None)])
    assert TOKEN not in remark.what


def test_a_service_out_of_reach_is_told_without_its_address():
    endpoint = f"http://me:secret@127.0.0.1:{free_port()}"
    variables = {"HONEYCOMB_API_KEY": KEY, "HONEYCOMB_API_ENDPOINT": endpoint}
    remark, clock = online.examine(variables, True)
    assert (remark.state, remark.what) == (PROBLEM, "cannot be reached: ConnectionError")
    assert clock.state == UNKNOWN


def test_a_key_that_cannot_be_sent_at_all_is_told_as_well():
    variables = {
        "HONEYCOMB_API_KEY": "“curly”",
        "HONEYCOMB_API_ENDPOINT": f"http://127.0.0.1:{free_port()}",
    }
    remark, _ = online.examine(variables, True)
    assert remark.state == PROBLEM


@pytest.mark.parametrize(
    ("away", "state"), [(0, FINE), (29, FINE), (-45, NOTE), (299, NOTE), (300, PROBLEM)]
)
def test_a_clock_that_is_wrong(away, state):
    now = 1_790_000_000.0
    remark = online.tell_clock(formatdate(now + away, usegmt=True), now)
    assert remark.state == state


def test_no_date_no_verdict():
    assert online.tell_clock("", time.time()).state == UNKNOWN
    assert online.tell_clock("yesterday", time.time()).state == UNKNOWN
