"""Runs the app once more, as in production: many light requests, and an error in a loop."""

import json
import time
import uuid
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from workshop import process_tree
from workshop.checks import interrupts, services, traffic, watchdog
from workshop.checks.evidence import Evidence, Ran
from workshop.checks.target import Target
from workshop.checks.traffic import Asked, Cast
from workshop.errors import WorkshopError, command
from workshop.hurry import Hurry
from workshop.processes import Service
from workshop.sandbox.cloudwatch.logs import Event, read_events, read_groups
from workshop.sandbox.honeycomb import traces as honeycomb
from workshop.sandbox.honeycomb.traces import Trace, read_traces
from workshop.sandbox.rollbar.items import Occurrence, read_occurrences
from workshop.sandbox.server import Sandbox, running_sandbox

ENVIRONMENT = "production"
# If one trace in four is kept, more than three quarters of 80 are kept once in 10²⁰ runs, and none
# once in 10¹⁰; if one in two is, more than three quarters in 10⁶. Of four requests one has to call
# profiles, which takes its time: where each decides for itself, none of 20 is torn once in 10⁴.
ROUNDS = 20
SEARCHES = 3
FAILING = 30
# If one in four of them is traced, none of 50 is once in 10⁶ runs.
HEALTH_CHECKS = 50
HEALTH = "/api/health-check"
POST = "/api/activities"
# What answers at once, as nothing is found.
SEARCH = "/api/activities/search?term=nobody-has-written-this"
# Here profiles fails, in another way than the loop does, and backend answers all the same.
OTHER_FAILURE = "/api/activities/notifications"
# For telemetry to leave, in seconds: the SDKs send each second.
ARRIVAL_DEADLINE = 2.5
MOST_LOG_EVENTS = 100_000


@dataclass
class Production:
    """What a run in production left behind.

    Args:
        services: how each service fared, by name.
        light: the requests that should go well, and came of them.
        failing: the same request, which fails, again and again.
        health: what a load balancer asks.
        other: a request in which another error happens.
        traces: what arrived at Honeycomb.
        rates: the sample rate of each span, by trace and span.
        log_events: what arrived at CloudWatch Logs, by log group.
        lines: the same, as fields.
        occurrences: what arrived at Rollbar.
    """

    services: dict[str, Ran] = field(default_factory=dict)
    light: list[Asked] = field(default_factory=list)
    failing: list[Asked] = field(default_factory=list)
    health: list[Asked] = field(default_factory=list)
    other: Asked | None = None
    traces: list[Trace] = field(default_factory=list)
    rates: dict[tuple[str, str], int] = field(default_factory=dict)
    log_events: dict[str, list[Event]] = field(default_factory=dict)
    lines: list[dict[str, Any]] = field(default_factory=list)
    occurrences: list[Occurrence] = field(default_factory=list)

    @property
    def asked(self) -> list[Asked]:
        """All requests, in order."""
        return [*self.light, *self.health, *self.failing, *([self.other] if self.other else [])]


def run(target: Target) -> Production:
    """Run an app with ENVIRONMENT=production, send it requests, and return what arrived.

    Args:
        target: the app.

    Raises:
        WorkshopError: it was stopped by a signal.
    """
    with interrupts.wish_to_stop() as hurry:
        found = _run(target, hurry)
    if hurry.is_set():
        raise WorkshopError(
            "The check was stopped before it could judge; what it had started is ended.",
            f"`{command('check 6')}` starts it again.",
        )
    return found


def _run(target: Target, hurry: Hurry) -> Production:
    target = replace(target, environment=ENVIRONMENT)
    mark = uuid.uuid4().hex
    found = Production()
    with (
        TemporaryDirectory(prefix="workshop-check-", ignore_cleanup_errors=True) as name,
        watchdog.watching(mark, Path(name)),
        running_sandbox(Path(name) / "sandbox", searching=True) as sandbox,
    ):
        evidence = Evidence(target, sandbox.url)
        try:
            with services.running(evidence, sandbox, Path(name), mark, hurry) as backend:
                if backend is not None:
                    cast = traffic.COURSE if target.ours else traffic.BOOTCAMP
                    _drive(found, backend, cast, hurry)
                    _wait_for_arrival(found, backend, sandbox, hurry)
        finally:
            process_tree.kill_marked(mark)
        found.services = evidence.services
        sandbox.end_daemon()
        _read_arrivals(found, sandbox)
    return found


def _drive(found: Production, backend: Service, cast: Cast, hurry: Hurry) -> None:
    """Send all requests, one after another, without a word on sampling."""

    def ask(method: str, path: str, body: dict[str, Any] | None = None) -> Asked:
        return traffic.ask(backend.url, method, path, body, hurry=hurry, sampled=None)

    bad = {"handle": cast.person, "message": "hello", "ttl": "1-day"}
    for _ in range(ROUNDS):
        found.light += [ask("GET", SEARCH) for _ in range(SEARCHES)]
        found.light.append(ask("GET", f"/api/activities/@{cast.person}"))
        # One that does not answer would keep the check waiting for each of them.
        if hurry.is_set() or not all(each.status for each in found.light):
            return
    found.health = [ask("GET", HEALTH) for _ in range(HEALTH_CHECKS)]
    found.failing = [ask("POST", POST, bad) for _ in range(FAILING)]
    # After the loop, so that it is seen whether there is still a place for another error.
    found.other = ask("GET", OTHER_FAILURE)


def _wait_for_arrival(found: Production, backend: Service, sandbox: Sandbox, hurry: Hurry) -> None:
    """Wait until every failing request can be seen, or there is no more to wait for."""
    wanted = sum(each.status >= 500 for each in found.failing)
    deadline = time.monotonic() + ARRIVAL_DEADLINE
    seen = -1
    while time.monotonic() < deadline and not hurry.is_set() and backend.process.poll() is None:
        if sandbox.store.changes != seen:
            seen = sandbox.store.changes
            _read_arrivals(found, sandbox)
            failed = sum(any(span.error for span in trace.roots) for trace in found.traces)
            if failed >= wanted and len(error_lines(found)) >= wanted:
                return
        time.sleep(0.1)


def _read_arrivals(found: Production, sandbox: Sandbox) -> None:
    with sandbox.reader() as reader:
        found.traces = read_traces(reader)
        found.rates = {
            (event["trace.trace_id"], event.get("trace.span_id", "")): event["SampleRate"]
            for event in honeycomb.read_events(reader)
        }
        found.log_events = {
            group.name: read_events(reader, group.name, limit=MOST_LOG_EVENTS)
            for group in read_groups(reader)
        }
        found.occurrences = read_occurrences(reader)
    found.lines = [_read_line(each) for events in found.log_events.values() for each in events]


def _read_line(event: Event) -> dict[str, Any]:
    """Return a log line's fields; a line of plain text has only its `message`."""
    try:
        said = json.loads(event.message)
    except ValueError:
        said = None
    return said if isinstance(said, dict) else {"message": event.message}


def error_lines(found: Production) -> list[dict[str, Any]]:
    """Return the log lines that tell of a failing request, one for each of those."""
    told: dict[Any, dict[str, Any]] = {}
    for place, line in enumerate(found.lines):
        level = str(line.get("level", ""))
        text = str(line.get("message", ""))
        if level in ("ERROR", "CRITICAL") or (not level and ("ERROR" in text or " 500" in text)):
            # Of one request there may be two: that it failed, and with which exception.
            told.setdefault(line.get("trace_id", place), line)
    return list(told.values())
