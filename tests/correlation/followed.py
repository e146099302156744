"""Sends a thousand mixed requests to the app of step 08, and reads back what each tool has.

Each request carries a mark of its own in its User-Agent, which Honeycomb, X-Ray and Rollbar keep
beside its id: so it is known without any id which request a record is of.
"""

import json
import re
import secrets
import shutil
import threading
import time
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import requests

from workshop import course, learner_app, real
from workshop.checks.traffic import COURSE
from workshop.sandbox.cloudwatch.logs import read_events as read_log_events
from workshop.sandbox.honeycomb.traces import read_events
from workshop.sandbox.rollbar.items import read_occurrences

AT_ONCE = 6
DEADLINE = 20
CAP = "ALIKE_A_MINUTE = 10\n"
# The app's planted slowness, which a thousand requests need not wait for.
SLOW = (
    ("app/avatars.py", "ITERATIONS = 60_000", "ITERATIONS = 1"),
    ("app/services/search_activities.py", "RECENT = 50", "RECENT = 1"),
)
NO_CAP = ("app/telemetry/thrift.py", CAP, CAP.replace("10", "10_000"))
POST = "/api/activities"
SELDOM = 20


@dataclass(frozen=True)
class Sent:
    """One request with what its answer told.

    Args:
        mark: what its User-Agent was, and nobody else's.
        method: the HTTP method.
        path: without a query.
        said: the ids that its caller said, as W3C writes them, by the header.
        status: of its answer.
        header_id: the trace id in its answer's header, as X-Ray writes it.
        body_id: the one in its answer's body, as W3C writes it; None where there is none.
    """

    mark: str
    method: str
    path: str
    said: dict[str, str]
    status: int
    header_id: str
    body_id: str | None

    @property
    def id(self):
        """The id in its header, as W3C writes it."""
        return plain(self.header_id)


@dataclass
class Records:
    """What the four tools have after a run; ids are as W3C writes them.

    Args:
        sent: each request.
        seconds: how long it took to send them.
        spans: Honeycomb's events of spans, by trace id.
        segments: X-Ray's segments of services, by trace id.
        lines: log lines, by trace id; those without one under None.
        reports: what was reported to Rollbar, by trace id.
    """

    sent: list[Sent]
    seconds: float
    spans: dict[str, list[dict]] = field(default_factory=lambda: defaultdict(list))
    segments: dict[str, list[dict]] = field(default_factory=lambda: defaultdict(list))
    lines: dict[str | None, list[dict]] = field(default_factory=lambda: defaultdict(list))
    reports: dict[str, list[dict]] = field(default_factory=lambda: defaultdict(list))


def plain(xray_id):
    """Return an id of X-Ray's form as W3C writes it."""
    version, first, rest = xray_id.split("-")
    assert (version, len(first), len(rest)) == ("1", 8, 24)
    return first + rest


def mix(number):
    """Return the method, path, query and body of one request of the mix."""
    post = {"message": "hello", "ttl": "7-days"}
    if number % SELDOM == 6:
        # profiles fails for one of the ten whom this page shows.
        return "GET", "/api/activities/notifications", "", None
    return [
        ("GET", f"/api/activities/@nobody-{number}", "", None),
        ("GET", "/api/activities/search", f"term=bread{number}", None),
        ("GET", f"/api/activities/@{COURSE.person}", "", None),
        ("POST", POST, "", post),
        # The app accepts this time to live, and fails on it.
        ("POST", POST, "", {**post, "ttl": "1-day"}),
        ("GET", f"/api/no-such-page/{number}", "", None),
        ("GET", "/api/activities/@ravi", "", None),
        ("POST", "/api/messages", "", {"message": "hello", "user_receiver_handle": COURSE.friend}),
        ("GET", f"/api/activities/{secrets.token_hex(16)}", "", None),
        ("GET", "/api/message_groups", "", None),
    ][number % 10]


def say(number):
    """Return what a caller says of the trace, in one of four ways; each asks to be recorded."""
    root = f"1-{int(time.time()):08x}-{secrets.token_hex(12)}"
    traceparent = f"00-{secrets.token_hex(15)}a0-{secrets.token_hex(7)}a0-01"
    return [
        {"X-Amzn-Trace-Id": "Sampled=1"},
        {"X-Amzn-Trace-Id": f"Root={root};Parent={secrets.token_hex(8)};Sampled=1"},
        {"X-Amzn-Trace-Id": "Sampled=1", "traceparent": traceparent},
        {"X-Amzn-Trace-Id": f"Root={root};Sampled=1", "traceparent": traceparent},
    ][number // 10 % 4]


def read_said(headers):
    """Return the trace ids that a caller's headers say, as W3C writes them, by the header."""
    found = {
        name: re.search(r"\b(?:00|Root=1)-([0-9a-f]{8})-?([0-9a-f]{24})\b", value)
        for name, value in headers.items()
    }
    return {name: match[1] + match[2] for name, match in found.items() if match}


def copy_app(folder, *edits):
    """Make a copy of the app of step 08 with some texts replaced, and return its folder."""
    leave_out = shutil.ignore_patterns("__pycache__", "instance", "step.patch")
    app = shutil.copytree(course.step(8).folder, folder, ignore=leave_out)
    for file, old, new in edits:
        text = (app / file).read_text("utf-8")
        assert text.count(old) == 1, f"{file} has changed: {old} is not there"
        (app / file).write_text(text.replace(old, new), "utf-8")
    return app


def follow(folder, sandbox, scratch, count, **variables):
    """Run an app, send it requests, a few at once, stop it, and return what the tools have.

    Args:
        folder: the folder that holds `app/`.
        sandbox: a running one, of which nothing else makes use.
        scratch: a folder for what the app writes.
        count: how many requests.
        variables: for both services.
    """
    env = {
        **real.clean_environment(scratch),
        **real.app_variables({}, sandbox.url, sandbox.daemon_port),
        **variables,
    }
    app = learner_app.start(folder, env, scratch)
    local = threading.local()

    def send(number):
        if not hasattr(local, "session"):
            local.session = requests.Session()
            local.session.trust_env = False
        method, path, query, body = mix(number)
        mark = f"proof/{number:04d}"
        said = say(number)
        answer = local.session.request(
            method,
            app.url + path,
            params=query,
            json=body,
            headers={"User-Agent": mark, **said},
            timeout=DEADLINE,
        )
        header_id = answer.headers["X-Amzn-Trace-Id"].removeprefix("Root=")
        told = answer.json()
        body_id = told.get("trace_id") if isinstance(told, dict) else None
        return Sent(mark, method, path, read_said(said), answer.status_code, header_id, body_id)

    try:
        began = time.monotonic()
        with ThreadPoolExecutor(AT_ONCE) as pool:
            sent = list(pool.map(send, range(count)))
        seconds = time.monotonic() - began
    finally:
        # What its SDKs still hold is sent while it ends.
        app.stop()
    sandbox.end_daemon()
    records = Records(sent, seconds)
    with sandbox.reader() as reader:
        _read(records, reader)
    return records


def _read(records, reader):
    for event in read_events(reader):
        if "meta.annotation_type" not in event:
            records.spans[event["trace.trace_id"]].append(event)
    documents = reader.execute("SELECT trace_id, document FROM xray_segment_documents")
    for trace_id, document in documents:
        records.segments[plain(trace_id)].append(json.loads(document))
    for event in read_log_events(reader, "microblog", limit=1_000_000):
        line = json.loads(event.message)
        records.lines[line.get("trace_id")].append(line)
    for occurrence in read_occurrences(reader):
        records.reports[occurrence.custom.get("trace_id")].append(occurrence.data)
