"""Starts copies of an app's backend, and ends them as a container is ended."""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import requests

from workshop import process_tree, processes
from workshop.checks.target import Target
from workshop.failure import load, production
from workshop.failure.load import Plan, Shot, Times
from workshop.hurry import Hurry
from workshop.processes import Service
from workshop.sandbox.server import Sandbox

HEALTH = "/api/health-check"
LOAD_DEADLINE = 15.0


@dataclass
class Copy:
    """One copy of the backend, and where it sends its telemetry.

    Args:
        sandbox: where.
        service: its process.
        mark: the value of `process_tree.MARK` in its environment.
        launched: when it was, by `time.monotonic`.
        answered: the requests that it has answered.
    """

    sandbox: Sandbox
    service: Service
    mark: str
    launched: float
    answered: list[Shot] = field(default_factory=list)

    @property
    def memory(self) -> int:
        """How many bytes of memory its processes take."""
        total = 0
        for each in process_tree.members(self.service.process):
            with contextlib.suppress(psutil.Error):
                total += each.memory_info().rss
        return total

    @property
    def threads(self) -> int:
        """How many threads its processes have."""
        total = 0
        for each in process_tree.members(self.service.process):
            with contextlib.suppress(psutil.Error):
                total += each.num_threads()
        return total

    def wait_until_answering(self, seconds: float, hurry: Hurry) -> float | None:
        """Wait for the first answer; return how long after the launch it came, None for never.

        A port that is open is no sign: gunicorn opens it before it has the app.

        Args:
            seconds: how long after the launch it may come.
            hurry: ends the wait once it is set.
        """
        deadline = self.launched + seconds
        with requests.Session() as session:
            session.trust_env = False
            while time.monotonic() < deadline and not hurry.is_set():
                if self.service.process.poll() is not None:
                    return None
                with contextlib.suppress(requests.RequestException):
                    session.get(self.service.url + HEALTH, timeout=0.5)
                    return time.monotonic() - self.launched
                time.sleep(0.02)
        return None

    def terminate(
        self,
        seconds: float,
        hurry: Hurry,
        before_force: Callable[[], float] = lambda: 0.0,
    ) -> float | None:
        """End it by SIGTERM, as a container is; return how long that took, None for by force.

        Args:
            seconds: how long it may take.
            hurry: once it is set, nothing is waited for.
            before_force: called when the time is over and it is still there; returns how many more
                seconds it may have.
        """
        began = time.monotonic()
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.service.process.pid, signal.SIGTERM)
        willing = process_tree.wait(self.service.process, seconds, hurry)
        if not willing and not hurry.is_set():
            willing = process_tree.wait(self.service.process, before_force(), hurry)
        took = time.monotonic() - began
        self.kill()
        return took if willing else None

    def kill(self) -> None:
        """End it by force."""
        process_tree.kill(self.service.process, self.mark)
        self.service.process.wait()


def launch(
    target: Target,
    sandbox: Sandbox,
    folder: Path,
    mark: str,
    *,
    through_doors: bool,
    more: Mapping[str, str] | None = None,
) -> Copy:
    """Start a copy, and do not wait for it.

    Args:
        target: the app.
        sandbox: where it sends.
        folder: for all that it writes; made if absent.
        mark: the value of `process_tree.MARK`.
        through_doors: whether it speaks to the sandbox's doors, which can be broken.
        more: variables to add or change.

    Raises:
        WorkshopError: its command cannot be run.
    """
    folder.mkdir(parents=True, exist_ok=True)
    port = processes.free_port()
    env = production.variables(target, sandbox, folder, mark, port, through_doors=through_doors)
    env.update(more or {})
    words = production.command(target, port)
    launched = time.monotonic()
    service = processes.launch("backend", words, port, target.folder, env, folder)
    return Copy(sandbox, service, mark, launched)


def send(
    receivers: Sequence[Copy],
    shots: Sequence[Shot],
    seconds: float = LOAD_DEADLINE,
    meanwhile: Callable[[subprocess.Popen[bytes]], None] = lambda _: None,
    patience: int = 1_000,
    hurry: Hurry | None = None,
) -> list[Times]:
    """Send the same requests to some copies, in turn; return what came of them, a copy each.

    Args:
        receivers: the copies.
        shots: the requests.
        seconds: after so long it ends, finished or not.
        meanwhile: called while they are being sent, with the process that sends.
        patience: after so many time-outs it ends, too.
        hurry: once it is set, it ends.
    """
    ports = tuple(each.service.port for each in receivers)
    sending = load.start(Plan(ports, tuple(shots), seconds=seconds, patience=patience))
    meanwhile(sending)
    times = load.collect(sending, lambda: bool(hurry and hurry.is_set()))
    for copy, told in zip(receivers, times, strict=False):
        copy.answered += [shots[number] for number in told.answered]
    return times or [Times() for _ in receivers]
