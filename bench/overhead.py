"""What observing costs a request: the app at each step, and peers' agents on the bare app."""

import contextlib
import functools
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bench import environments
from bench.measuring import take_turns
from workshop import course
from workshop.sandbox.server import Sandbox, running_sandbox

DRIVER = Path(__file__).with_name("driver.py")
BARE = "bare"
# A rate limit of the sandbox's would make an app do less than it does.
RATE_LIMIT = 10_000_000
WARM_UP = 50


@dataclass(frozen=True)
class Variant:
    """One way to observe the app.

    Args:
        name: as the table has it.
        app: the folder that holds its `app/`.
        words: what comes before the driver, such as `opentelemetry-instrument`.
        python: the Python of its environment.
        env: its variables besides those of all; an empty one is not set.
    """

    name: str
    app: Path
    words: tuple[str, ...] = ()
    python: Path = Path(sys.executable)
    env: dict[str, str] = field(default_factory=dict)


def list_steps() -> list[Variant]:
    """Return the bare app, the bare app again, each step's checkpoint, and the last as deployed."""
    folders = {step.number: step.folder for step in course.steps()}
    steps = [Variant(f"step {number:02d}", folder) for number, folder in folders.items() if number]
    last = max(folders)
    deployed = Variant(
        f"step {last:02d}, one trace in four", folders[last], env={"KEEP_ONE_TRACE_IN": ""}
    )
    return [Variant(BARE, folders[0]), Variant("bare again", folders[0]), *steps, deployed]


def list_peers(bare: Path, sink: str, otlp: str) -> tuple[list[Variant], list[str]]:
    """Return the peers that can be installed here, and why others cannot."""
    otel = {"OTEL_EXPORTER_OTLP_ENDPOINT": otlp, "OTEL_METRICS_EXPORTER": "none"}
    otel |= {"OTEL_LOGS_EXPORTER": "none", "OTEL_EXPORTER_OTLP_PROTOCOL": "http/protobuf"}
    aws = {
        **otel,
        "OTEL_PYTHON_DISTRO": "aws_distro",
        "OTEL_PYTHON_CONFIGURATOR": "aws_configurator",
    }
    aws["OTEL_AWS_APPLICATION_SIGNALS_ENABLED"] = "false"
    aws["OTEL_TRACES_SAMPLER"] = "parentbased_always_on"
    dog = {"DD_TRACE_AGENT_URL": sink, "DD_INSTRUMENTATION_TELEMETRY_ENABLED": "false"}
    wanted: dict[str, tuple[str, tuple[str, ...], dict[str, str]]] = {
        "OpenTelemetry, zero code": ("opentelemetry", ("opentelemetry-instrument",), otel),
        "AWS distro, zero code": ("aws", ("opentelemetry-instrument",), aws),
        "Sentry": ("sentry", (), {"BENCH_PRELUDE": "sentry_prelude"}),
        "Datadog": ("ddtrace", ("ddtrace-run",), dog),
        "Elastic": ("elastic", (), {"BENCH_PRELUDE": "elastic_prelude"}),
    }
    peers, absent = [], []
    for name, (peer, words, env) in wanted.items():
        try:
            python = environments.make(peer)
        except environments.CannotInstallError as error:
            absent.append(str(error))
            continue
        programs = tuple(str(python.parent / word) for word in words)
        peers.append(Variant(name, bare, programs, python, env))
    return peers, absent


def make_environment(variant: Variant, sandbox: Sandbox, sink: str, folder: Path) -> dict[str, str]:
    """Return the variables with which a variant's app sends to the sandbox, or its agent to a sink.

    Args:
        variant: what is measured.
        sandbox: the stand-in for the vendors.
        sink: the address that swallows what other agents send.
        folder: where the app keeps its database.
    """
    env = {
        **{name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ},
        "BENCH_APP": str(variant.app),
        "BENCH_SINK": sink,
        "DATABASE": str(folder / f"{variant.name.replace(' ', '-')}.db"),
        "ENVIRONMENT": "production",
        # All traces, so that the steps are compared with peers that keep all; left to itself, the
        # app keeps one in four in production.
        "KEEP_ONE_TRACE_IN": "1",
        "OTEL_BSP_SCHEDULE_DELAY": "200",
        "OTEL_SERVICE_NAME": "backend",
        "OTEL_EXPORTER_OTLP_ENDPOINT": sandbox.url,
        "OTEL_EXPORTER_OTLP_HEADERS": "x-honeycomb-team=sandbox",
        "OTEL_SEMCONV_STABILITY_OPT_IN": "http",
        "AWS_XRAY_DAEMON_ADDRESS": f"127.0.0.1:{sandbox.daemon_port}",
        "AWS_ENDPOINT_URL_XRAY": sandbox.url,
        "AWS_ENDPOINT_URL_CLOUDWATCH_LOGS": sandbox.url,
        "AWS_ACCESS_KEY_ID": "sandbox",
        "AWS_SECRET_ACCESS_KEY": "sandbox",
        "AWS_REGION": "us-east-1",
        "ROLLBAR_ACCESS_TOKEN": "sandbox",
        "ROLLBAR_ENDPOINT": f"{sandbox.url}/api/1/",
        **variant.env,
    }
    return {name: value for name, value in env.items() if value}


class Driven:
    """An app's process that answers how much a request costs."""

    def __init__(self, variant: Variant, sandbox: Sandbox, sink: str, folder: Path) -> None:
        env = make_environment(variant, sandbox, sink, folder)
        words = [*variant.words, str(variant.python), str(DRIVER)]
        self._process = subprocess.Popen(
            words, env=env, cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, text=True,
        )  # fmt: skip
        self.start = self._read()["start"]

    def measure(self, what: str, count: int) -> dict[str, Any]:
        """Return what one of `count` requests costs, as the driver tells it."""
        assert self._process.stdin is not None  # noqa: S101
        self._process.stdin.write(f"{what} {count}\n")
        self._process.stdin.flush()
        return self._read()

    def end(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.communicate()

    def _read(self) -> dict[str, Any]:
        assert self._process.stdout is not None  # noqa: S101
        line = self._process.stdout.readline()
        if not line:
            self.end()
            raise RuntimeError("it ended instead of answering")
        answer: dict[str, Any] = json.loads(line)
        return answer


def measure(rounds: int, requests: int, with_peers: bool) -> dict[str, Any]:
    """Return what each variant's request costs, with an error in it and without.

    Args:
        rounds: how many turns.
        requests: how many requests a turn; a tenth of it with an error.
        with_peers: whether peers are installed and measured, too.

    Returns:
        `variants`: by name, lists of measurements by turn; `absent`: peers that are left out.
    """
    found: dict[str, dict[str, list[float]]] = {}
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="workshop-bench-")))
        sandbox = stack.enter_context(
            # Step 10 sends X-Ray spans, which it takes with Transaction Search alone.
            running_sandbox(folder / "sandbox", rollbar_limit=RATE_LIMIT, searching=True)
        )
        sink = stack.enter_context(_running_sink())
        variants = list_steps()
        absent: list[str] = []
        if with_peers:
            peers, absent = list_peers(variants[0].app, sink, sandbox.url)
            variants += peers
        driven: dict[str, Driven] = {}
        for variant in variants:
            try:
                one = Driven(variant, sandbox, sink, folder)
                stack.callback(one.end)
                one.measure("page", WARM_UP)
                one.measure("error", 5)
            except (OSError, RuntimeError) as error:
                absent.append(f"{variant.name}: {error}")
            else:
                driven[variant.name] = one

        def measure_one(name: str) -> dict[str, float]:
            one = driven[name]
            page = one.measure("page", requests)
            error = one.measure("error", max(requests // 10, 5))
            return {
                **{f"page {key}": page[key] for key in ("own", "whole")},
                **{f"error {key}": error[key] for key in ("own", "whole")},
                "memory": error["memory"],
                "start": one.start,
            }

        doing = {name: functools.partial(measure_one, name) for name in driven}
        for name, measured in take_turns(rounds, doing, "overhead"):
            for key, value in measured.items():
                found.setdefault(name, {}).setdefault(key, []).append(value)
    return {"variants": found, "absent": absent}


@contextlib.contextmanager
def _running_sink() -> Iterator[str]:
    words = [sys.executable, str(Path(__file__).with_name("sink.py"))]
    process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None  # noqa: S101
    try:
        yield f"http://127.0.0.1:{int(process.stdout.readline())}"
    finally:
        process.kill()
        process.communicate()
