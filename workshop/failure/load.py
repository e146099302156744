"""Sends the same requests to two running copies of an app in turn, and takes their times.

A machine that is busy with other things slows both alike, so that their ratio still holds.

It runs as a process of its own, `python -m workshop.failure.load`: beside a sandbox in the same
process it would measure how those two share it. So it imports nothing but what comes with Python.
"""

import contextlib
import http.client
import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
REQUEST_DEADLINE = 5.0
TIMED_OUT = "timed out"
LOOK_SECONDS = 0.2
# X-Ray's SDK records a request that says so, whatever its rules.
HEADERS = {"X-Amzn-Trace-Id": "Sampled=1", "Content-Type": "application/json"}


@dataclass(frozen=True)
class Shot:
    """One kind of request.

    Args:
        method: the HTTP method.
        path: the path with its query.
        body: what to send as JSON, or none.
        status: the status that a well app answers.
    """

    method: str
    path: str
    body: dict[str, Any] | None = None
    status: int = 200


FOUND = Shot("GET", "/api/activities/search?term=nobody-has-written-this")
"""A page that is answered at once, as nothing is found."""
RAISES = Shot("POST", "/api/activities", {"handle": "tilda", "message": "hi", "ttl": "1-day"}, 500)
"""The app accepts this time to live, and fails on it."""


@dataclass(frozen=True)
class Plan:
    """What to send.

    Args:
        ports: of the copies; each gets the same.
        shots: sent in this order.
        threads: how many send at once.
        seconds: after so long it ends, finished or not.
        patience: after so many time-outs it ends, too.
    """

    ports: tuple[int, ...]
    shots: tuple[Shot, ...]
    threads: int = 2
    seconds: float = 20.0
    patience: int = 1_000


@dataclass
class Times:
    """What came of the requests to one copy.

    Args:
        seconds: how long each answer took, in the order in which they came.
        failed: what came in place of the status that a well app answers.
        answered: the places in the plan of the shots that were answered at all; one that should
            fail, and does not, is neither answered nor failed.
    """

    seconds: list[float] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    answered: list[int] = field(default_factory=list)


def start(plan: Plan) -> subprocess.Popen[bytes]:
    """Begin to send, in a process of its own; `collect` awaits it.

    Args:
        plan: what to send.
    """
    words = [sys.executable, "-m", "workshop.failure.load"]
    process = subprocess.Popen(
        words, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True
    )
    if process.stdin is not None:
        process.stdin.write(_write(plan))
        process.stdin.close()
        process.stdin = None
    return process


def collect(
    process: subprocess.Popen[bytes], is_over: Callable[[], bool] = lambda: False
) -> list[Times]:
    """Return what came of each copy's requests; nothing where the process was ended.

    Args:
        process: from `start`.
        is_over: asked again and again; once it is true, the process is ended.
    """
    said = None
    while said is None:
        try:
            said, _ = process.communicate(timeout=LOOK_SECONDS)
        except subprocess.TimeoutExpired:
            if is_over():
                process.kill()
    return [Times(**each) for each in json.loads(said)] if said else []


def drive(plan: Plan) -> list[Times]:
    """Send everything, and return what came of it, a copy each.

    Args:
        plan: what to send.
    """
    times = [Times() for _ in plan.ports]
    left = list(enumerate(plan.shots))[::-1]
    lock = threading.Lock()
    deadline = time.monotonic() + plan.seconds

    def send() -> None:
        clients = [_Client(port) for port in plan.ports]
        while time.monotonic() < deadline:
            with lock:
                silent = sum(each.endswith(TIMED_OUT) for one in times for each in one.failed)
                if not left or silent >= plan.patience:
                    break
                number, shot = left.pop()
            # Who comes second may find the machine warmer, or busier with what the first left.
            order = range(len(clients)) if number % 2 else range(len(clients))[::-1]
            for place in order:
                took, status = clients[place].ask(shot)
                # The fault that the request is about may have been mended by the learner.
                is_mended = isinstance(status, int) and status < 500 <= shot.status
                with lock:
                    times[place].seconds.append(took)
                    if is_mended:
                        continue
                    if status != shot.status:
                        times[place].failed.append(f"{shot.method} {shot.path} → {status}")
                    if isinstance(status, int):
                        times[place].answered.append(number)
        for client in clients:
            client.close()

    threads = [threading.Thread(target=send, daemon=True) for _ in range(plan.threads)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return times


class _Client:
    """A connection to one copy, opened anew where it was lost.

    Args:
        port: where it answers.
    """

    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=REQUEST_DEADLINE)

    def ask(self, shot: Shot) -> tuple[float, int | str]:
        """Send one request; return how long it took, and the status or what came instead."""
        body = json.dumps(shot.body) if shot.body is not None else None
        is_kept = self._connection.sock is not None
        began = time.perf_counter()
        try:
            try:
                status = self._send(shot, body)
            except (ConnectionError, http.client.BadStatusLine):
                # A server may close a connection that it has kept, even while it is written to:
                # https://www.rfc-editor.org/rfc/rfc9112#section-9.3.1
                self._connection.close()
                if not is_kept:
                    raise
                status = self._send(shot, body)
        except (OSError, http.client.HTTPException) as error:
            self._connection.close()
            took = time.perf_counter() - began
            return took, TIMED_OUT if isinstance(error, TimeoutError) else type(error).__name__
        return time.perf_counter() - began, status

    def _send(self, shot: Shot, body: str | None) -> int:
        self._connection.request(shot.method, shot.path, body, HEADERS)
        answer = self._connection.getresponse()
        answer.read()
        return answer.status

    def close(self) -> None:
        self._connection.close()


def _write(plan: Plan) -> bytes:
    shots = [[each.method, each.path, each.body, each.status] for each in plan.shots]
    return json.dumps([plan.ports, shots, plan.threads, plan.seconds, plan.patience]).encode()


def _read(said: bytes) -> Plan:
    ports, shots, *rest = json.loads(said)
    return Plan(tuple(ports), tuple(Shot(*each) for each in shots), *rest)


def percentile(values: Iterable[float], share: float) -> float:
    """Return the value below which a share of all values is, by the nearest rank.

    Args:
        values: at least one.
        share: from 0 to 1, such as 0.99.
    """
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


if __name__ == "__main__":
    told = drive(_read(sys.stdin.buffer.read()))
    with contextlib.suppress(BrokenPipeError):
        sys.stdout.write(json.dumps([each.__dict__ for each in told]))
