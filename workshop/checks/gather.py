"""Runs the learner's app once against a private sandbox, and gathers the evidence."""

import time
import uuid
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from pathlib import Path
from tempfile import TemporaryDirectory

from workshop import process_tree
from workshop.checks import notes, services, traffic, watchdog
from workshop.checks.cloudwatch import streams
from workshop.checks.evidence import Evidence
from workshop.checks.honeycomb import settings
from workshop.checks.notes import Note
from workshop.checks.target import Target
from workshop.checks.traffic import Asked
from workshop.checks.words import request_path
from workshop.hurry import Hurry
from workshop.processes import Service
from workshop.sandbox.cloudwatch.logs import read_events as read_log_events
from workshop.sandbox.cloudwatch.logs import read_groups, read_stream
from workshop.sandbox.honeycomb import receive as honeycomb
from workshop.sandbox.honeycomb.traces import Trace, read_events, read_traces
from workshop.sandbox.refusals import read_refusals
from workshop.sandbox.rollbar.items import read_items, read_occurrences
from workshop.sandbox.server import Sandbox, running_sandbox
from workshop.sandbox.xray import sampling_rules
from workshop.sandbox.xray.traces import read_xray_traces

# For the traffic's telemetry, in seconds, beside what the app took to start: a machine that is busy
# with other things takes longer for both.
ARRIVAL_DEADLINE = 3.0
# In the check's own sandbox. The known traffic asks to be recorded, too: an app that opens a second
# segment inside a request makes it ask again, and the first requests come before any rule is known.
RECORD_ALL = {"RuleName": sampling_rules.DEFAULT, "FixedRate": 1.0}
MOST_LOG_EVENTS = 100_000
NO_GROUP = "log group does not exist"
Progress = Callable[[str], None]
Trials = dict[str, Note]


def gather(
    target: Target,
    progress: Progress = lambda _: None,
    hurry: Hurry | None = None,
    *,
    with_trials: bool = True,
) -> Evidence:
    """Run an app, drive the known traffic, stop it, and return what it left behind.

    It always ends: each wait has a deadline, and what the app started is ended with it, even if
    this process is killed. The learner's files are not touched; the app's database and output live
    in a temporary folder.

    Args:
        target: the app.
        progress: called with a few words at each stage.
        hurry: once it is set, nothing is waited for, and the evidence is not worth judging.
        with_trials: docker-compose.yml's settings for OpenTelemetry are tried meanwhile.

    Raises:
        WorkshopError: the app's command cannot be run.
    """
    began = time.monotonic()
    hurry = hurry or Hurry()
    mark = uuid.uuid4().hex
    with (
        TemporaryDirectory(prefix="workshop-check-", ignore_cleanup_errors=True) as name,
        watchdog.watching(mark, Path(name)),
        running_sandbox(Path(name) / "sandbox", searching=True) as sandbox,
        ThreadPoolExecutor(max_workers=1) as pool,
    ):
        folder = Path(name)
        evidence = Evidence(target, sandbox.url)
        trials = None
        if with_trials and target.ours:
            trials = pool.submit(settings.try_each, target, mark, folder)
        sampling_rules.update_sampling_rule(sandbox.store, {"SamplingRuleUpdate": RECORD_ALL})
        progress("starting your app")
        last_began = 0
        launched = time.monotonic()
        try:
            with services.running(evidence, sandbox, folder, mark, hurry) as backend:
                if backend is not None:
                    patience = ARRIVAL_DEADLINE + time.monotonic() - launched
                    last_began = _drive(
                        evidence, backend, sandbox, folder, patience, progress, hurry
                    )
            if trials:
                evidence.trials = _await(trials, mark, hurry)
        finally:
            process_tree.kill_marked(mark)
        sandbox.end_daemon()
        _read_arrivals(evidence, sandbox, last_began)
    evidence.seconds = time.monotonic() - began
    return evidence


def _await(trials: Future[Trials], mark: str, hurry: Hurry) -> Trials:
    """Return what the trials have come to; cut them short once nothing is worth waiting for."""
    while not trials.done():
        if hurry.is_set():
            process_tree.kill_marked(mark)
        wait([trials], timeout=0.05)
    return trials.result()


def _drive(
    evidence: Evidence,
    backend: Service,
    sandbox: Sandbox,
    folder: Path,
    patience: float,
    progress: Progress,
    hurry: Hurry,
) -> int:
    """Send the known traffic, wait for its telemetry, then send one request more.

    Returns:
        When that last one began, in nanoseconds since 1970.
    """
    progress("sending it requests")
    cast = traffic.COURSE if evidence.target.ours else traffic.BOOTCAMP
    # One that opened a port of its own choice may be a reloader's, whose app is still to start.
    first_seconds = services.START_DEADLINE if backend.own_port else traffic.REQUEST_DEADLINE
    evidence.asked = traffic.drive(backend.url, cast, hurry, first_seconds)
    progress("waiting for its telemetry")
    deadline = time.monotonic() + patience
    _wait_for_arrival(evidence, backend, sandbox, folder, patience, hurry)
    _wait_for_stream(backend, sandbox, folder, deadline, hurry)
    began = time.time_ns()
    if backend.process.poll() is None and not hurry.is_set():
        if not any(asked.problem for asked in evidence.asked):
            evidence.unrecorded = traffic.ask(
                backend.url, "GET", traffic.UNRECORDED, hurry=hurry, sampled=traffic.LEAVE_OUT
            )
        # Without a word on sampling, so that the app's own rules decide.
        evidence.last = traffic.ask(backend.url, "GET", traffic.LAST, hurry=hurry, sampled=None)
    progress("stopping it")
    return began


def _may_send(folder: Path, sandbox: Sandbox) -> bool:
    """Tell whether any exporter points at the sandbox; where the probe cannot tell, one may."""
    noted = [note for file in folder.glob("*.notes") for note in notes.read(file)]
    kinds = {note["what"] for note in noted}
    if "probe" not in kinds or kinds & {"no-probe", "probe-failed"}:
        return True
    endpoints = [str(note["endpoint"]) for note in noted if note["what"] == "exporter"]
    return any(each.startswith(sandbox.url) for each in endpoints)


def _wait_for_arrival(
    evidence: Evidence,
    backend: Service,
    sandbox: Sandbox,
    folder: Path,
    patience: float,
    hurry: Hurry,
) -> None:
    """Wait until each request has become a whole trace, or there is no more to wait for.

    Spans leave in the order in which they end. Where the last request's trace is there, and all
    that are there are whole, what is missing has not been traced: a health check, perhaps.
    """
    answered = [asked for asked in evidence.asked if asked.status > 0]
    deadline = time.monotonic() + (patience if _may_send(folder, sandbox) else 0)
    seen = -1
    while time.monotonic() < deadline and not hurry.is_set() and backend.process.poll() is None:
        # Each look reads all traces anew, and the app needs the processor more.
        if sandbox.store.changes != seen:
            seen = sandbox.store.changes
            with sandbox.reader() as reader:
                traces = read_traces(reader)
                refusals = read_refusals(reader)
            refused = any(each.vendor == honeycomb.VENDOR for each in refusals)
            whole = [each for each in traces if _is_whole(each, evidence.target.ours)]
            if len(whole) >= len(answered) or (refused and not traces):
                return
            of_requests = sum(map(_is_of_request, traces))
            if len(whole) == of_requests and any(_is_of(answered[-1], each) for each in whole):
                return
        time.sleep(0.05)


def _wait_for_stream(
    backend: Service, sandbox: Sandbox, folder: Path, deadline: float, hurry: Hurry
) -> None:
    """Wait until watchtower has made the log stream, where an app leaves that to it.

    It drops what is logged meanwhile, which would look like a line that was lost at the stop.
    """
    while time.monotonic() < deadline and not hurry.is_set() and backend.process.poll() is None:
        noted = notes.read(folder / f"{backend.name}.notes")
        if not any(note["what"] == "log-line" for note in noted):
            return
        made = [note for note in noted if streams.is_making(note)]
        if any(not streams.is_late(note) for note in made):
            return
        with sandbox.reader() as reader:
            lasting = [read_stream(reader, note["group"], note["stream"]) for note in made]
            refused = any(NO_GROUP in each.reason for each in read_refusals(reader))
        # The lines that it was made for follow at once.
        if any(each and each.last_ingestion_ms for each in lasting):
            return
        if made and refused:
            return
        time.sleep(0.05)


def _is_whole(trace: Trace, both_sides: bool) -> bool:
    """Tell whether all spans are there; both sides of each call where both are instrumented."""
    return _is_of_request(trace) and not any(
        span.missing_parent or (both_sides and span.is_unanswered) for span in trace.spans
    )


def _is_of(asked: Asked, trace: Trace) -> bool:
    """Tell whether a trace is one request's, or that of the same page asked for later."""
    return any(
        span.start_ns >= asked.began_ns and request_path(span) == asked.path for span in trace.roots
    )


def _is_of_request(trace: Trace) -> bool:
    """Tell whether a trace is one of the known traffic's.

    A call outside of any request, such as Rollbar's library makes from a thread, is none.
    """
    return any(span.kind == "server" for span in trace.roots)


def _read_arrivals(evidence: Evidence, sandbox: Sandbox, last_began: int) -> None:
    """Read what arrived, once the app has ended and can send no more."""
    with sandbox.reader() as reader:
        traces = read_traces(reader)
        evidence.refused = read_refusals(reader)
        events = read_events(reader)
        segments = read_xray_traces(reader)
        evidence.log_groups = read_groups(reader)
        evidence.log_events = {
            group.name: [
                event
                for event in read_log_events(reader, group.name, limit=MOST_LOG_EVENTS)
                if traffic.UNRECORDED not in event.message
            ]
            for group in evidence.log_groups
        }
        evidence.items = read_items(reader)
        evidence.occurrences = [
            each
            for each in read_occurrences(reader)
            if not each.request or traffic.UNRECORDED not in each.request.url
        ]
    spans = [
        (event["trace.trace_id"], event["trace.span_id"])
        for event in events
        if "trace.span_id" in event and "meta.annotation_type" not in event
    ]
    evidence.repeated = len(spans) - len(set(spans))
    evidence.last_arrived = any(
        span.kind == "server" and span.start_ns >= last_began and request_path(span) == traffic.LAST
        for trace in traces
        for span in trace.roots
    )
    evidence.unrecorded_id = next(
        (
            trace.trace_id
            for trace in traces
            if any(request_path(span) == traffic.UNRECORDED for span in trace.roots)
        ),
        "",
    )
    began = last_began / 1e9
    evidence.last_chosen = any(each.start >= began for each in segments) if last_began else False
    evidence.segments = [each for each in segments if not last_began or each.start < began]
    # The last request tells what an exit loses; all else is judged by the traffic before it.
    evidence.traces = [trace for trace in traces if not last_began or trace.start_ns < last_began]
    ids = {each.trace_id for each in traces} | {each.trace_id for each in segments}
    ids -= {each.trace_id for each in evidence.traces}
    ids -= {each.trace_id for each in evidence.segments}
    evidence.later_ids = traffic.find_trace_ids("\n".join(ids))
