"""How long reading takes as a store grows, and how soon the sandbox is ready."""

import functools
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil

from bench import servers, telemetry
from bench.measuring import take_turns
from workshop.sandbox.console import recent_traces
from workshop.sandbox.honeycomb.storage import count_events, save_export
from workshop.sandbox.honeycomb.traces import read_trace, read_traces
from workshop.sandbox.otlp.decode import parse_traces
from workshop.sandbox.store import Store
from workshop.sandbox.xray.segments import store_documents
from workshop.sandbox.xray.trace_summaries import get_trace_summaries
from workshop.sandbox.xray.traces import batch_get_traces

SPANS_AN_EXPORT = 512
# One segment for so many spans: X-Ray's index takes most of the time of filling.
SPANS_A_SEGMENT = 20
REPEATED = 10


def fill(store: Store, spans: int) -> None:
    """Put spans into a store, and a segment for every twenty of them."""
    for seed in range(max(spans // SPANS_AN_EXPORT, 1)):
        body = telemetry.make_export(SPANS_AN_EXPORT, seed)
        save_export(store, parse_traces(body, "application/x-protobuf"), body)
    segments = [telemetry.make_segment(seed) for seed in range(spans // SPANS_A_SEGMENT)]
    for start in range(0, len(segments), 500):
        store_documents(store, segments[start : start + 500])
    store.index()


def list_reads(store: Store) -> dict[str, Callable[[], object]]:
    """Return what is measured, each a function that reads."""
    with store.reader() as reader:
        trace_id = read_traces(reader, limit=1)[0].trace_id
    times = {"StartTime": time.time() - 3600, "EndTime": time.time() + 1}
    # All segments are of this hour, so that the filter has to look at each trace.
    one = {**times, "FilterExpression": "annotation.number = 7"}
    segment = str(get_trace_summaries(store, one)["TraceSummaries"][0]["Id"])

    def with_reader(read: Callable[[Any], object]) -> Callable[[], object]:
        def run() -> object:
            with store.reader() as reader:
                return read(reader)

        return run

    return {
        "one trace": with_reader(lambda reader: read_trace(reader, trace_id)),
        "the latest 50 traces": with_reader(lambda reader: recent_traces.read_rows(reader, 50)),
        "routes, of the latest events": with_reader(recent_traces.read_requests),
        "how many there are": with_reader(count_events),
        "one trace of X-Ray's": lambda: batch_get_traces(store, {"TraceIds": [segment]}),
        "X-Ray's, by a filter expression": lambda: get_trace_summaries(store, one),
    }


def measure(rounds: int, sizes: tuple[int, ...]) -> dict[str, Any]:
    """Return the processor time of reads in milliseconds, by size, and the sandbox's start.

    Args:
        rounds: how many turns.
        sizes: how many spans each store has.

    Returns:
        `reads`: by read and size, a list by turn; `start`: seconds until ready and processor
        seconds, by turn; `memory`: megabytes then.
    """
    found: dict[str, dict[str, list[float]]] = {}
    start: list[dict[str, float]] = []
    with tempfile.TemporaryDirectory(prefix="workshop-bench-") as folder:
        stores = {size: Store(Path(folder) / str(size)) for size in sizes}
        reads = {}
        for size, store in stores.items():
            fill(store, size)
            reads[str(size)] = list_reads(store)
        doing: dict[str, Callable[[], dict[str, float]]] = {
            size: functools.partial(_time_each, each) for size, each in reads.items()
        }
        doing["start"] = lambda: _start(Path(tempfile.mkdtemp(dir=folder)))
        for name, measured in take_turns(rounds, doing, "reads"):
            if name == "start":
                start.append(measured)
                continue
            for what, value in measured.items():
                found.setdefault(what, {}).setdefault(name, []).append(value)
        for store in stores.values():
            store.close()
    return {"reads": found, "start": start, "absent": []}


def _time_each(reads: dict[str, Callable[[], object]]) -> dict[str, float]:
    times = {}
    for name, read in reads.items():
        began = time.thread_time()
        for _ in range(REPEATED):
            read()
        times[name] = (time.thread_time() - began) / REPEATED * 1000
    return times


def _start(folder: Path) -> dict[str, float]:
    began = time.perf_counter()
    with servers.run_sandbox(folder) as server:
        ready = time.perf_counter() - began
        process = psutil.Process(server.pid)
        used = process.cpu_times()
        memory = process.memory_info().rss / 1e6
    return {"ready": ready, "used": used.user + used.system, "memory": memory}
