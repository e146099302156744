"""What the check of step 07 tries beside the doors: forged headers, a forged line, a full Rollbar.

Source of the headers' effects: https://www.w3.org/TR/trace-context/#security-considerations, and
for X-Ray https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html (tracing header).
"""

import contextlib
import re
import secrets
import time

import requests

from workshop.leaks import canaries
from workshop.leaks.doors import PAGE, POSTS, Shot, fail
from workshop.leaks.running import ROLLBAR_LIMIT, RunningBackend
from workshop.leaks.sinks import Outcome
from workshop.leaks.survey import Act
from workshop.sandbox import SANDBOX_KEY
from workshop.sandbox.cloudwatch.logs import read_events as read_log_events
from workshop.sandbox.cloudwatch.logs import read_groups
from workshop.sandbox.honeycomb.traces import read_events
from workshop.sandbox.refusals import read_refusals
from workshop.sandbox.rollbar.errors import RATE_LIMIT
from workshop.sandbox.server import Sandbox
from workshop.sandbox.store import Reader
from workshop.sandbox.xray import sampling_rules

# No rule records it, so that only a caller's word can.
UNRECORDED = "/api/activities/notifications"
NEVER = {
    "RuleName": "never",
    "Priority": 1,
    "FixedRate": 0.0,
    "ReservoirSize": 0,
    "ServiceName": "*",
    "ServiceType": "*",
    "Host": "*",
    "HTTPMethod": "*",
    "URLPath": UNRECORDED,
    "ResourceARN": "*",
    "Version": 1,
}
TOKEN = re.compile(rf"access_?token[\"'\\]*\s*[:=]\s*[\"'\\]*{SANDBOX_KEY}\b", re.IGNORECASE)
REFUSAL_DEADLINE = 2.0
POST_DEADLINE = 10.0


class CallersWord(Act):
    """Does a caller's header decide what is recorded?

    Attributes:
        recorded: `Sampled=1` had a request recorded that X-Ray's rules do not record.
        hidden: `traceparent …-00` kept a failing request out of Honeycomb, where others arrive.
    """

    def __init__(self) -> None:
        self.recorded = False
        self.hidden = False
        self._times: list[int] = []

    def prepare(self, sandbox: Sandbox) -> None:
        """Make the rule that records nothing of one page."""
        sampling_rules.create_sampling_rule(sandbox.store, {"SamplingRule": NEVER})

    def play(self, running: RunningBackend) -> None:
        """Ask for that page with the header, then fail with and without the other header."""
        root = f"1-{int(time.time()):08x}-{secrets.token_hex(12)}"
        if running.rules_known:
            header = {"X-Amzn-Trace-Id": f"Root={root};Sampled=1"}
            running.send(Shot("GET", UNRECORDED, header))
        trace_id = f"{secrets.token_hex(15)}a0"
        for headers in ({}, {"traceparent": f"00-{trace_id}-{secrets.token_hex(7)}ab-00"}):
            self._times.append(time.time_ns())
            running.send(fail(headers))
        self._times.append(time.time_ns())

    def look(self, outcome: Outcome) -> None:
        """See whether the page was recorded, and which of the failing requests arrived."""
        query = "SELECT count(*) FROM xray_segments WHERE http_url LIKE ?"
        found = outcome.reader.execute(query, [f"%{UNRECORDED}"]).fetchone()[0]
        self.recorded = bool(found)
        without, between, after = (_count_requests(outcome.reader, each) for each in self._times)
        self.hidden = without > between and between == after


def _count_requests(reader: Reader, since_ns: int) -> int:
    """Return how many requests that began since a time have a span."""
    return sum(event.get("span.kind") == "server" for event in read_events(reader, since_ns))


class ForgedLine(Act):
    """Can a caller begin a line of the log?

    Attributes:
        stands: a line of the app's output begins with what the caller sent.
    """

    def __init__(self) -> None:
        self.stands = False
        self._word = canaries.make_token().value

    def play(self, running: RunningBackend) -> None:
        """Ask for a path with a line break in it, and what looks like a log line after it."""
        path = f"/api/activities/@x%0d%0a{self._word}%20INFO%20app:%20all%20is%20well"
        running.send(Shot("GET", path))

    def look(self, outcome: Outcome) -> None:
        """See whether it has become a line."""
        self.stands = any(line.startswith(self._word) for line in outcome.output.splitlines())


class FullRollbar(Act):
    """Is Rollbar's token in a log once Rollbar refuses an error as one too many?

    Attributes:
        logged: the log that holds the token: `output` or `CloudWatch`; empty for none.
    """

    def __init__(self) -> None:
        self.logged = ""

    def play(self, running: RunningBackend) -> None:
        """Use up what Rollbar takes in a minute, then let the app fail in three ways."""
        running.wait_for_reports()
        with requests.Session() as session:
            session.trust_env = False
            # One that does not answer in time would do no better the next time.
            with contextlib.suppress(requests.RequestException):
                for _ in range(ROLLBAR_LIMIT):
                    answer = session.post(
                        f"{running.sandbox.url}/api/1/item",
                        data=b"{}",
                        headers={"X-Rollbar-Access-Token": SANDBOX_KEY},
                        timeout=POST_DEADLINE,
                    )
                    if answer.status_code == requests.codes.too_many_requests:
                        break
        before = _count_refused(running)
        # An app may report so many errors of a kind and no more: of these each is another kind.
        running.send(fail({}))
        running.send(Shot("POST", POSTS, body={"message": "hello", "ttl": "never"}))
        running.send(Shot("GET", PAGE, redirect="/gone"))
        deadline = time.monotonic() + REFUSAL_DEADLINE
        while time.monotonic() < deadline and _count_refused(running) == before:
            time.sleep(0.05)

    def look(self, outcome: Outcome) -> None:
        """Look for the token in all that was logged."""
        events = (
            event.message
            for group in read_groups(outcome.reader)
            for event in read_log_events(outcome.reader, group.name, limit=10_000)
        )
        if TOKEN.search(outcome.output):
            self.logged = "output"
        elif any(TOKEN.search(message) for message in events):
            self.logged = "CloudWatch"


def _count_refused(running: RunningBackend) -> int:
    with running.sandbox.reader() as reader:
        return sum(each.kind == RATE_LIMIT for each in read_refusals(reader))
