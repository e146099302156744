"""Runs the app against a private sandbox with known traffic, and measures what that sends."""

import uuid
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from workshop import process_tree
from workshop.checks import interrupts, services, traffic, watchdog
from workshop.checks.evidence import Evidence
from workshop.checks.gather import RECORD_ALL
from workshop.checks.target import Target
from workshop.cost.reading import read_measured
from workshop.cost.routes import count_requests
from workshop.cost.volumes import Measured
from workshop.errors import WorkshopError, command
from workshop.hurry import Hurry
from workshop.sandbox.server import running_sandbox
from workshop.sandbox.xray import sampling_rules
from workshop.sandbox.xray.search import span_log

ROUNDS = 3


def measure(
    target: Target,
    environment: str,
    rounds: int = ROUNDS,
    progress: Callable[[str], None] = lambda _: None,
) -> Measured:
    """Run an app, ask for each of its pages a few times, stop it, and measure what arrived.

    X-Ray records every request here, so that each kind can be measured; what the sampling rules
    would leave of a month's is arithmetic.

    Args:
        target: the app.
        environment: what ENVIRONMENT says to it, such as `production`.
        rounds: how often each page is asked for.
        progress: called with a few words at each stage.

    Raises:
        WorkshopError: the app does not start, answers nothing, or this was stopped by a signal.
    """
    with interrupts.wish_to_stop() as hurry:
        measured = _run(replace(target, environment=environment), rounds, progress, hurry)
    if hurry.is_set():
        raise WorkshopError(
            "The measurement was stopped; what it had started is ended.",
            f"`{command('cost')}` starts it again.",
        )
    if not measured.requests:
        raise WorkshopError(
            "Your app did not start, or answered no request, so that there is nothing to measure.",
            f"`{command('check')}` says why.",
        )
    return measured


def _run(target: Target, rounds: int, progress: Callable[[str], None], hurry: Hurry) -> Measured:
    mark = uuid.uuid4().hex
    with (
        TemporaryDirectory(prefix="workshop-cost-", ignore_cleanup_errors=True) as name,
        watchdog.watching(mark, Path(name)),
        running_sandbox(Path(name) / "sandbox", searching=True) as sandbox,
    ):
        evidence = Evidence(target, sandbox.url)
        sampling_rules.update_sampling_rule(sandbox.store, {"SamplingRuleUpdate": RECORD_ALL})
        with sandbox.store.transaction() as connection:
            span_log.make_group(connection)
        progress("starting your app")
        try:
            with services.running(evidence, sandbox, Path(name), mark, hurry) as backend:
                if backend is not None:
                    progress("sending it requests")
                    cast = traffic.COURSE if target.ours else traffic.BOOTCAMP
                    for _ in range(rounds):
                        evidence.asked += traffic.drive(backend.url, cast, hurry)
                # What its SDKs still hold is sent while it ends.
                progress("stopping it")
        finally:
            process_tree.kill_marked(mark)
        sandbox.end_daemon()
        requests = count_requests((each.method, each.path, each.status) for each in evidence.asked)
        with sandbox.reader() as reader:
            return read_measured(reader, requests)
