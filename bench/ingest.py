"""How much telemetry a sandbox takes in: ours, and peers, each fresh and in turns.

What is counted is what was acknowledged. Wall time is what a client sees; processor time of the
server's process is what a busy machine disturbs less.
"""

import contextlib
import functools
import http.client
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psutil

from bench import environments, telemetry
from bench.measuring import take_turns
from workshop.sandbox import running

Server = tuple[str, int]
Call = tuple[str, bytes, dict[str, str]]
OTLP = {"Content-Type": "application/x-protobuf", "x-honeycomb-team": "sandbox"}
DEADLINE = 60.0
SPANS_AN_EXPORT = 512
LINES_A_BATCH = 5_000
SEGMENTS_A_CALL = 25


@contextlib.contextmanager
def running_ours(folder: Path) -> Iterator[Server]:
    """Run the sandbox as a program; its address and its process."""
    words = [sys.executable, "-m", "workshop", "sandbox", "--port", "0", "--daemon-port", "0"]
    with _ended(
        subprocess.Popen([*words, "--data", str(folder)], stdout=subprocess.DEVNULL)
    ) as pid:
        deadline = time.monotonic() + DEADLINE
        while (found := running.find(folder)) is None:
            if time.monotonic() > deadline:
                raise RuntimeError("the sandbox did not start")
            time.sleep(0.02)
        yield found.url, pid


@contextlib.contextmanager
def running_straightforward(folder: Path) -> Iterator[Server]:
    """Run the straightforward way as a program."""
    program = str(Path(__file__).with_name("straightforward.py"))
    process = subprocess.Popen(
        [sys.executable, program, str(folder / "spans.db")], stdout=subprocess.PIPE, text=True
    )
    with _ended(process) as pid:
        assert process.stdout is not None  # noqa: S101
        yield f"http://127.0.0.1:{int(process.stdout.readline())}", pid


def make_moto_runner(python: Path) -> Callable[[Path], Any]:
    """Return what runs moto's server from an environment of its own."""

    @contextlib.contextmanager
    def running_moto(_folder: Path) -> Iterator[Server]:
        from workshop.processes import free_port

        port = free_port()
        words = [str(python.parent / "moto_server"), "-H", "127.0.0.1", "-p", str(port)]
        quiet = subprocess.DEVNULL
        with _ended(subprocess.Popen(words, stdout=quiet, stderr=quiet)) as pid:
            url = f"http://127.0.0.1:{port}"
            deadline = time.monotonic() + DEADLINE
            while True:
                with contextlib.suppress(OSError):
                    _post(url, "/moto-api/reset", b"", {})
                    break
                if time.monotonic() > deadline:
                    raise RuntimeError("moto did not start")
                time.sleep(0.05)
            yield url, pid

    return running_moto


def make_spans(_url: str, amount: int) -> list[Call]:
    """Return calls that each export spans."""
    exports = [telemetry.make_export(SPANS_AN_EXPORT, seed) for seed in range(amount)]
    return [("/v1/traces", body, OTLP) for body in exports]


def make_lines(url: str, amount: int) -> list[Call]:
    """Return calls that each put log events, into a stream that is there then."""
    names = {"logGroupName": "bench", "logStreamName": "bench"}
    _send(url, [_log_call(url, "CreateLogGroup", {"logGroupName": "bench"})])
    _send(url, [_log_call(url, "CreateLogStream", names)])
    events = telemetry.make_lines(LINES_A_BATCH)
    call = _log_call(url, "PutLogEvents", {**names, "logEvents": events})
    return [call] * amount


def make_segments(url: str, amount: int) -> list[Call]:
    """Return calls that each put segment documents by PutTraceSegments."""
    calls = []
    for number in range(amount):
        seeds = range(number * SEGMENTS_A_CALL, (number + 1) * SEGMENTS_A_CALL)
        documents = [telemetry.make_segment(seed) for seed in seeds]
        body = json.dumps({"TraceSegmentDocuments": documents}).encode()
        headers = {"Content-Type": "application/json"}
        signed = telemetry.sign("xray", f"{url}/TraceSegments", body, headers)
        calls.append(("/TraceSegments", body, signed))
    return calls


def measure(rounds: int, scale: int) -> dict[str, Any]:
    """Return how much each takes in a second, by what is sent.

    Args:
        rounds: how many turns.
        scale: how much a turn sends: 1 for a short look, 10 for the table.

    Returns:
        `rates`: by kind and name, a list of `wall` and `cpu` rates; `absent`: who is left out.
    """
    absent: list[str] = []
    aws: dict[str, Callable[[Path], Any]] = {"sandbox": running_ours}
    try:
        aws["moto"] = make_moto_runner(environments.make("moto"))
    except environments.CannotInstallError as error:
        absent.append(str(error))
    spans = {"sandbox": running_ours, "straightforward": running_straightforward}
    kinds = {
        "spans": (make_spans, SPANS_AN_EXPORT, 40 * scale, spans),
        "log events": (make_lines, LINES_A_BATCH, 4 * scale, aws),
        "segments": (make_segments, SEGMENTS_A_CALL, 40 * scale, aws),
    }
    rates: dict[str, dict[str, list[dict[str, float]]]] = {}
    for kind, (make, size, amount, servers) in kinds.items():
        found = rates.setdefault(kind, {name: [] for name in servers})
        doing = {
            name: functools.partial(_measure_one, run, make, size, amount)
            for name, run in servers.items()
        }
        for name, measured in take_turns(rounds, doing, kind):
            found[name].append(measured)
    return {"rates": rates, "absent": absent}


def _measure_one(run: Any, make: Any, size: int, amount: int) -> dict[str, float]:
    with tempfile.TemporaryDirectory(prefix="workshop-bench-") as folder, run(Path(folder)) as at:
        url, pid = at
        process = psutil.Process(pid)
        calls = make(url, amount)
        # What only the first request costs, such as reading a service's model.
        _send(url, calls[:1])
        before, began = _processor_time(process), time.perf_counter()
        count = _send(url, calls) * size
        took, used = time.perf_counter() - began, _processor_time(process) - before
        memory = process.memory_info().rss / 1e6
    return {"wall": count / took, "cpu": count / used, "memory": memory}


def _send(url: str, calls: list[Call]) -> int:
    """Send requests over one connection; return how many were acknowledged."""
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=DEADLINE)
    acknowledged = 0
    for path, body, headers in calls:
        connection.request("POST", path, body, headers)
        answer = connection.getresponse()
        answer.read()
        acknowledged += answer.status == 200
    connection.close()
    return acknowledged


def _post(url: str, path: str, body: bytes, headers: dict[str, str]) -> None:
    _send(url, [(path, body, headers)])


def _log_call(url: str, target: str, params: dict[str, Any]) -> Call:
    body = json.dumps(params).encode()
    headers = {
        "Content-Type": "application/x-amz-json-1.1",
        "X-Amz-Target": f"Logs_20140328.{target}",
    }
    return "/", body, telemetry.sign("logs", f"{url}/", body, headers)


def _processor_time(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


@contextlib.contextmanager
def _ended(process: "subprocess.Popen[Any]") -> Iterator[int]:
    try:
        yield process.pid
    finally:
        process.kill()
        process.communicate()
