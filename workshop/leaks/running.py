"""Runs an app's backend as in production, alone in a sandbox of its own, for the survey."""

import signal
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from pathlib import Path
from tempfile import TemporaryDirectory

import requests

from workshop import process_tree, processes, real
from workshop.checks import environment, output, watchdog
from workshop.checks.target import Target
from workshop.checks.traffic import Asked
from workshop.errors import WorkshopError
from workshop.leaks.doors import Shot, encode
from workshop.leaks.recorder import Recorder, recording
from workshop.processes import DidNotStartError, Service
from workshop.sandbox.server import Sandbox, running_sandbox
from workshop.sandbox.xray import sampling_rules

START_DEADLINE = 20.0
STOP_DEADLINE = 6.0
REQUEST_DEADLINE = 5.0
# For X-Ray's SDK to learn the rules, which it asks for at its first request.
RULES_DEADLINE = 4.0
# For its first segment, which it sends at once.
SEGMENT_DEADLINE = 1.5
# The daemon keeps what has come after such a pause, and the next request comes after a longer one:
# so each is kept alone, and the first that a rule has recorded is seen at once.
DAEMON_IDLE = 0.02
NEXT_REQUEST = 0.05
# For the reports to Rollbar, each of which leaves from a thread of its own.
REPORTS_DEADLINE = 3.0
QUIET_SECONDS = 0.3
HEALTH = "/api/health-check"
RECORD_ALL = {"RuleName": sampling_rules.DEFAULT, "FixedRate": 1.0}
SCHEDULE_DELAY_MS = "200"
# Calls a minute that the sandbox's Rollbar takes: more than the doors need, and soon used up.
ROLLBAR_LIMIT = 60


@dataclass
class RunningBackend:
    """The app's backend while it runs, and what is around it.

    Args:
        sandbox: where its telemetry goes.
        recorder: the service that it calls.
        service: its process.
        database: where its database is.
        rules_known: X-Ray's SDK has learnt the sandbox's sampling rules.
        asked: the requests that were sent since it was ready, and what came of each.
    """

    sandbox: Sandbox
    recorder: Recorder
    service: Service
    database: Path
    rules_known: bool = False
    asked: list[Asked] = field(default_factory=list)

    def send(self, shot: Shot) -> int:
        """Send a request as often as it says; return the last answer's status, 0 for none.

        Args:
            shot: the request.
        """
        body, headers = encode(shot)
        status = 0
        if shot.redirect:
            # Nobody listens there.
            closed = f"http://{processes.LOCALHOST}:{processes.free_port()}"
            self.recorder.redirect = closed + shot.redirect
        with requests.Session() as session:
            # Neither a proxy nor a password of the shell's may come between.
            session.trust_env = False
            for _ in range(shot.times):
                try:
                    status = session.request(
                        shot.method,
                        self.service.url + shot.path,
                        data=body,
                        headers=headers,
                        timeout=REQUEST_DEADLINE,
                        allow_redirects=False,
                    ).status_code
                except requests.RequestException:
                    status = 0
                self.asked.append(Asked(shot.method, shot.path, status))
                if not status:
                    break
        self.recorder.redirect = ""
        return status

    def output(self) -> str:
        """Return all that it has printed so far, as it was printed."""
        return self.service.log.read_bytes().decode("utf-8", errors="replace")

    def count_rows(self, table: str) -> int:
        """Return how many rows a table of the sandbox's has.

        Args:
            table: its name, one of the sandbox's own.
        """
        with self.sandbox.reader() as reader:
            query = f"SELECT count(*) FROM {table}"  # noqa: S608 - the caller's own word
            return int(reader.execute(query).fetchone()[0])

    def wait_for_reports(self) -> None:
        """Wait until no report to Rollbar has arrived for a moment."""
        deadline = time.monotonic() + REPORTS_DEADLINE
        seen, since = -1, time.monotonic()
        while time.monotonic() < min(deadline, since + QUIET_SECONDS):
            now = self.count_rows("rollbar_occurrences")
            if now != seen:
                seen, since = now, time.monotonic()
            time.sleep(0.05)


@contextmanager
def running_backend(
    target: Target, prepare: Callable[[Sandbox], None] = lambda _: None
) -> Iterator[RunningBackend]:
    """Run the backend for as long as the `with` lasts; where it ended before, that is no matter.

    Args:
        target: the app.
        prepare: called before it starts, such as to make sampling rules.

    Raises:
        WorkshopError: it did not start, or its command cannot be run.
    """
    mark = uuid.uuid4().hex
    with (
        TemporaryDirectory(prefix="workshop-leaks-", ignore_cleanup_errors=True) as name,
        watchdog.watching(mark, Path(name)),
        running_sandbox(
            Path(name) / "sandbox",
            rollbar_limit=ROLLBAR_LIMIT,
            searching=True,
            daemon_idle=DAEMON_IDLE,
        ) as sandbox,
        recording() as recorder,
    ):
        sampling_rules.update_sampling_rule(sandbox.store, {"SamplingRuleUpdate": RECORD_ALL})
        prepare(sandbox)
        folder = Path(name)
        service = _launch(target, sandbox, recorder, folder, mark)
        running = RunningBackend(sandbox, recorder, service, folder / real.DATABASE)
        try:
            _wait_until_ready(running, target)
            running.asked.clear()
            yield running
        finally:
            process_tree.end(service.process, signal.SIGKILL, 0, mark)


def stop(running: RunningBackend) -> None:
    """End the backend as Ctrl-C does, so that all of its telemetry is sent.

    Args:
        running: the backend.
    """
    process_tree.end(running.service.process, signal.SIGINT, STOP_DEADLINE)
    running.sandbox.end_daemon()


def _launch(
    target: Target, sandbox: Sandbox, recorder: Recorder, folder: Path, mark: str
) -> Service:
    program = target.programs[0]
    port = processes.free_port()
    ports = {program.name: port, "profiles": recorder.port}
    # As strangers meet it: their headers are not trusted.
    target = replace(target, environment=environment.ENVIRONMENT)
    variables = environment.make(target, program, ports, sandbox, folder, mark)
    # What thrift drops by chance could not be looked into.
    variables["KEEP_ONE_TRACE_IN"] = "1"
    variables["OTEL_BSP_SCHEDULE_DELAY"] = SCHEDULE_DELAY_MS
    return processes.launch(
        program.name,
        program.command(port),
        0 if program.own_port else port,
        target.folder,
        variables,
        folder,
    )


def _wait_until_ready(running: RunningBackend, target: Target) -> None:
    """Wait until the backend answers, and knows X-Ray's sampling rules if it uses X-Ray."""
    began = time.monotonic()
    try:
        processes.wait_until_listening(running.service, START_DEADLINE)
    except DidNotStartError as error:
        said = output.last_error(running.service.output(), target.folder)
        raise WorkshopError(
            f"Your backend did not start ({error.reason}): {said or 'it printed nothing'}",
            "`workshop check` says more.",
        ) from None
    # A machine that is busy with other things takes longer for all.
    slowness = time.monotonic() - began
    status = running.send(Shot("GET", HEALTH))
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        raise WorkshopError(
            f"Your backend answers {status} to GET {HEALTH}.",
            f"Start it with ENVIRONMENT={environment.ENVIRONMENT}, and ask it yourself.",
        )
    if not _uses_xray(running, SEGMENT_DEADLINE + slowness):
        return
    deadline = time.monotonic() + RULES_DEADLINE + slowness
    while time.monotonic() < deadline and not running.rules_known:
        running.send(Shot("GET", HEALTH))
        time.sleep(NEXT_REQUEST)
        running.rules_known = _knows_rules(running)


def _uses_xray(running: RunningBackend, seconds: float) -> bool:
    """Tell whether the first request, which X-Ray's SDK always records, arrives there in time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if running.count_rows("xray_segment_documents"):
            return True
        time.sleep(0.02)
    return False


def _knows_rules(running: RunningBackend) -> bool:
    query = "SELECT count(*) FROM xray_segment_documents WHERE document LIKE ?"
    with running.sandbox.reader() as reader:
        found = reader.execute(query, ['%"sampling_rule_name": "Default"%']).fetchone()[0]
        return bool(found)
