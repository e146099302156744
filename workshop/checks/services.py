"""Runs the services of an app for one check, and ends them whatever they do."""

import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from workshop import process_tree, processes
from workshop.checks import environment, notes, stacks
from workshop.checks.evidence import Evidence, Ran
from workshop.hurry import Hurry
from workshop.processes import DidNotStartError, Service
from workshop.sandbox.server import Sandbox

START_DEADLINE = 15.0
STOP_DEADLINE = 5.0
# A machine on which an app takes longer than that to start needs longer for its end, too.
USUAL_START = 2.0
END_DEADLINE = 1.0
LARGEST_OUTPUT = 10_000_000


@contextmanager
def running(
    evidence: Evidence, sandbox: Sandbox, folder: Path, mark: str, hurry: Hurry
) -> Iterator[Service | None]:
    """Run all services of an app; lend the backend, or nothing where it did not start.

    Args:
        evidence: holds the app; how each service fared is added to it.
        sandbox: where their SDKs shall send.
        folder: the check's temporary folder.
        mark: the value of `process_tree.MARK` for all that is started.
        hurry: once it is set, nothing is waited for.

    Raises:
        WorkshopError: the app's command cannot be run.
    """
    services: list[Service] = []
    launched, started_in = time.monotonic(), 0.0
    watchman = _Watchman(services, mark)
    try:
        _launch(evidence, sandbox, folder, mark, services)
        watchman.start()
        deadline = time.monotonic() + START_DEADLINE
        # backend is the last: where it is not there, nothing else is worth waiting for.
        for service in reversed(services):
            try:
                processes.wait_until_listening(service, deadline - time.monotonic(), hurry)
            except DidNotStartError as error:
                evidence.services[service.name].failure = error.reason
                if service is services[-1]:
                    break
        started_in = time.monotonic() - launched
        yield None if evidence.backend.failure else services[-1]
    finally:
        seconds = STOP_DEADLINE + max(0.0, started_in - USUAL_START)
        try:
            for service in reversed(services):
                _end(evidence, service, folder, mark, seconds, hurry)
        finally:
            # It looks at files that are gone soon.
            watchman.end()
        for service in watchman.flooded:
            ran = evidence.services[service.name]
            ran.failure = "flooded"
            # It was killed while it wrote: what follows the last whole line is a piece of one.
            ran.output = ran.output[: ran.output.rfind("\n") + 1]


def _launch(
    evidence: Evidence, sandbox: Sandbox, folder: Path, mark: str, services: list[Service]
) -> None:
    """Start all services side by side, what backend calls first; each is added once it runs."""
    target = evidence.target
    ports = {program.name: processes.free_port() for program in target.programs}
    for program in reversed(target.programs):
        env = environment.make(target, program, ports, sandbox, folder, mark)
        port = ports[program.name]
        words = program.command(port)
        evidence.services[program.name] = Ran(program.name)
        services.append(
            processes.launch(
                program.name, words, 0 if program.own_port else port, target.folder, env, folder
            )
        )


class _Watchman:
    """Ends a service that floods its output, which would fill the learner's disk."""

    def __init__(self, services: list[Service], mark: str) -> None:
        self.flooded: list[Service] = []
        self._services = services
        self._mark = mark
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def end(self) -> None:
        self._done.set()
        if self._thread.is_alive():
            self._thread.join()

    def _watch(self) -> None:
        while not self._done.wait(0.02):
            for service in self._services:
                if service not in self.flooded and service.log.stat().st_size > LARGEST_OUTPUT:
                    self.flooded.append(service)
                    process_tree.kill(service.process, f"{self._mark}/{service.name}")


def _end(
    evidence: Evidence, service: Service, folder: Path, mark: str, seconds: float, hurry: Hurry
) -> None:
    """Stop one service, within some seconds, and note what it said and left behind."""
    ran = evidence.services[service.name]
    # One that no longer answers may be about to end.
    patience = END_DEADLINE if _is_gone(evidence, ran) else 0
    has_ended = process_tree.wait(service.process, patience, hurry)
    own_mark = f"{mark}/{service.name}"
    noted = folder / f"{service.name}.notes"
    if _is_silent(evidence, ran) and not has_ended and not hurry.is_set():
        ran.stuck_at = stacks.find_line(noted, own_mark, evidence.folder)
    willing, ran.left_behind = process_tree.end(
        service.process, signal.SIGINT, seconds, own_mark, hurry
    )
    ran.willing = willing or has_ended
    ran.exit_code = service.process.returncode
    if has_ended and not ran.failure:
        ran.failure = "died"
    ran.output = service.output()
    ran.notes = notes.read(noted)


def _is_gone(evidence: Evidence, ran: Ran) -> bool:
    """Tell whether the last thing heard of a service is that a connection failed."""
    return ran is evidence.backend and any(
        asked.problem in ("broke off", "refused") for asked in evidence.asked[-1:]
    )


def _is_silent(evidence: Evidence, ran: Ran) -> bool:
    """Tell whether something was asked of a service that it never answered."""
    timed_out = any(asked.problem == "timed out" for asked in evidence.asked)
    return ran.failure == "silent" or (timed_out and ran is evidence.backend)
