"""How many learners one machine holds: each with a sandbox and both services, all at once."""

import contextlib
import http.client
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from bench import servers
from workshop import course, processes, real
from workshop.processes import Service
from workshop.sandbox import running
from workshop.sandbox.honeycomb.storage import count_traces
from workshop.sandbox.store import open_reader

REQUESTS = 10
PAGE = "/api/activities/home"
DEADLINE = 240.0
ARRIVAL_DEADLINE = 40.0


@dataclass
class Learner:
    """What one learner runs.

    Args:
        folder: of the sandbox's data.
        services: profiles and backend.
        pids: of all processes.
    """

    folder: Path
    services: list[Service]
    pids: list[int]


def measure(numbers: tuple[int, ...]) -> dict[str, Any]:
    """Return what so many learners take together, by their number.

    Args:
        numbers: how many learners there are at once, one measurement after the other.

    Returns:
        `learners`: by number, `memory` in megabytes, `ready` in seconds until the last one's app
        answers, `page` in seconds of processor time, `own`: the learners whose sandbox has exactly
        their own traces; `absent`: nothing.
    """
    found = {}
    with contextlib.suppress(KeyboardInterrupt):
        for number in numbers:
            print(f"learners: {number}", flush=True)
            found[str(number)] = _measure(number)
    return {"learners": found, "absent": []}


def _measure(number: int) -> dict[str, float]:
    with contextlib.ExitStack() as stack:
        root = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="workshop-bench-")))
        began = time.perf_counter()
        learners = [_start(stack, root / str(each)) for each in range(number)]
        for learner in learners:
            for service in learner.services:
                processes.wait_until_listening(service, DEADLINE)
        ready = time.perf_counter() - began
        for learner in learners:
            _ask(learner.services[-1].port)
        memory = sum(_read_memory(pid) for learner in learners for pid in learner.pids)
        before = sum(_read_time(pid) for learner in learners for pid in learner.pids)
        for learner in learners:
            for _ in range(REQUESTS - 1):
                _ask(learner.services[-1].port)
        deadline = time.monotonic() + ARRIVAL_DEADLINE
        while (own := sum(map(_has_its_own, learners))) < number and time.monotonic() < deadline:
            time.sleep(0.1)
        used = sum(_read_time(pid) for learner in learners for pid in learner.pids) - before
    return {
        "memory": memory / number,
        "ready": ready,
        "page": used / number / (REQUESTS - 1),
        "own": own,
    }


def _start(stack: contextlib.ExitStack, folder: Path) -> Learner:
    sandbox_pid = stack.enter_context(servers.run_sandbox(folder)).pid
    sandbox = running.find(folder)
    assert sandbox is not None  # noqa: S101
    app = course.steps()[-1].folder
    ports = {name: processes.free_port() for name in ("profiles", "backend")}
    services = []
    for name, port in ports.items():
        env = {
            **real.clean_environment(folder),
            **real.app_variables({}, sandbox.url, sandbox.daemon_port),
            "PROFILES_URL": f"http://{processes.LOCALHOST}:{ports['profiles']}",
            "DATABASE": str(folder / f"{name}.db"),
            "OTEL_BSP_SCHEDULE_DELAY": "200",
        }
        words = processes.flask_words(f"app.{name}", port)
        service = processes.launch(name, words, port, app, env, folder / "logs")
        stack.callback(processes.stop, service)
        services.append(service)
    return Learner(folder, services, [sandbox_pid, *(each.process.pid for each in services)])


def _ask(port: int) -> None:
    connection = http.client.HTTPConnection(processes.LOCALHOST, port, timeout=DEADLINE)
    connection.request("GET", PAGE)
    connection.getresponse().read()
    connection.close()


def _has_its_own(learner: Learner) -> bool:
    with open_reader(learner.folder) as reader:
        return count_traces(reader) == REQUESTS


def _read_memory(pid: int) -> float:
    """Return a process's share of memory in megabytes: what several share counts in parts."""
    told = psutil.Process(pid).memory_full_info()
    return float(getattr(told, "pss", told.rss)) / 1e6


def _read_time(pid: int) -> float:
    times = psutil.Process(pid).cpu_times()
    return float(times.user + times.system)
