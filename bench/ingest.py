"""How much telemetry a sandbox takes in: ours, and peers, each fresh and in turns.

What is counted is what was acknowledged. Wall time is what a client sees; processor time of the
server's process is what a busy machine disturbs less.
"""

import functools
import http.client
import json
import socket
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psutil

from bench import servers, telemetry
from bench.measuring import take_turns
from bench.servers import Kind, Server
from workshop.sandbox import running
from workshop.sandbox.store import open_reader
from workshop.sandbox.xray.daemon_counts import read_counts

Call = tuple[str, bytes, dict[str, str]]
OTLP = {"Content-Type": "application/x-protobuf", "x-honeycomb-team": "sandbox"}
DEADLINE = 60.0
SPANS_AN_EXPORT = 512
LINES_A_BATCH = 5_000
SEGMENTS_A_CALL = 25
DATAGRAM_HEADER = '{"format": "json", "version": 1}\n'
# Of segments by UDP, in a second: each pace is kept up for a second, until one loses any.
PACES = (1_000, 2_000, 4_000, 8_000, 16_000, 32_000)
TICK = 0.01


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


def make_items(_url: str, amount: int) -> list[Call]:
    """Return calls that each report an error to Rollbar."""
    headers = {"Content-Type": "application/json", "X-Rollbar-Access-Token": "sandbox"}
    return [("/api/1/item/", telemetry.make_item(seed), headers) for seed in range(amount)]


def measure(rounds: int, scale: int, *, peers: bool = True) -> dict[str, Any]:
    """Return how much each takes in a second, by what is sent.

    Args:
        rounds: how many turns.
        scale: how much a turn sends: 1 for a short look, 5 for the table.
        peers: whether other servers are installed and measured as well.

    Returns:
        `rates`: by kind and name, a list of `wall` and `cpu` rates; `absent`: who is left out.
    """
    absent: list[str] = []
    ours = {"sandbox": Kind(servers.run_sandbox)}
    spans = {**ours, "straightforward": Kind(servers.run_straightforward)}
    others = servers.find_peers(tuple(servers.PEERS), absent) if peers else {}

    def of(*names: str) -> dict[str, Kind]:
        return {name: others[name] for name in names if name in others}

    kinds = {
        "spans": (make_spans, SPANS_AN_EXPORT, 40 * scale, spans | of("oteltap", "phoenix")),
        "log events": (make_lines, LINES_A_BATCH, 4 * scale, ours | of("moto", "ministack")),
        "segments": (make_segments, SEGMENTS_A_CALL, 40 * scale, ours | of("moto")),
        "Rollbar items": (make_items, 1, 200 * scale, ours),
    }
    rates: dict[str, dict[str, list[dict[str, float]]]] = {}
    for kind, (make, size, amount, by_name) in kinds.items():
        doing = {
            name: functools.partial(_measure_one, server, make, size, amount)
            for name, server in by_name.items()
        }
        rates[kind] = _take_turns(rounds, doing, kind)
    rates["segments by UDP"] = _take_turns(rounds, {"sandbox": _measure_udp}, "segments by UDP")
    return {"rates": rates, "absent": absent}


def _take_turns(
    rounds: int, doing: dict[str, Callable[[], dict[str, float]]], title: str
) -> dict[str, list[dict[str, float]]]:
    found: dict[str, list[dict[str, float]]] = {name: [] for name in doing}
    for name, measured in take_turns(rounds, doing, title):
        found[name].append(measured)
    return found


def _measure_one(kind: Kind, make: Any, size: int, amount: int) -> dict[str, float]:
    with (
        tempfile.TemporaryDirectory(prefix="workshop-bench-") as folder,
        kind.run(Path(folder)) as server,
    ):
        calls = make(server.url, max(1, round(amount * kind.share)) + 1)
        # What only the first request costs, such as reading a service's model.
        first = _send(server.url, calls[:1]) * size
        kind.wait(server, first)
        process = psutil.Process(server.pid)
        before, began = _processor_time(process), time.perf_counter()
        count = _send(server.url, calls[1:]) * size
        kind.wait(server, first + count)
        return _rate(process, count, time.perf_counter() - began, before)


def _measure_udp() -> dict[str, float]:
    """Return at which pace the daemon loses nothing, in segments a second."""
    with (
        tempfile.TemporaryDirectory(prefix="workshop-bench-") as folder,
        servers.run_sandbox(Path(folder)) as server,
    ):
        process = psutil.Process(server.pid)
        fastest, kept, sent = 0, 0, 0
        before = _processor_time(process)
        for pace in PACES:
            _send_datagrams(server, range(sent, sent + pace), pace)
            sent += pace
            if not _are_all_kept(server, sent):
                break
            fastest, kept = pace, sent
        told = _rate(process, kept, 1.0, before)
        return {**told, "wall": float(fastest)}


def _send_datagrams(server: Server, seeds: range, pace: int) -> None:
    found = running.find(server.folder)
    assert found is not None  # noqa: S101
    made = [(DATAGRAM_HEADER + telemetry.make_segment(seed)).encode() for seed in seeds]
    a_tick = max(1, round(pace * TICK))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as out:
        out.connect(("127.0.0.1", found.daemon_port))
        began = time.perf_counter()
        for start in range(0, len(made), a_tick):
            for each in made[start : start + a_tick]:
                out.send(each)
            time.sleep(max(0.0, began + (start + a_tick) / pace - time.perf_counter()))


def _are_all_kept(server: Server, sent: int) -> bool:
    """Wait until the daemon has seen to what it was sent; tell whether it has kept all."""
    deadline = time.monotonic() + DEADLINE
    while time.monotonic() < deadline:
        with open_reader(server.folder, with_index=False) as reader:
            counts = read_counts(reader)
        if counts.received + counts.lost >= sent:
            return not counts.dropped
        time.sleep(0.05)
    return False


def _rate(process: psutil.Process, count: int, took: float, before: float) -> dict[str, float]:
    used = _processor_time(process) - before
    return {"wall": count / took, "cpu": count / used, "memory": process.memory_info().rss / 1e6}


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
