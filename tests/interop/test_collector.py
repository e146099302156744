"""App → the real Collector, with the gateway's own configuration → the sandbox as Honeycomb."""

import contextlib
import json
import os
import subprocess
from pathlib import Path

import pytest
import requests
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import Status, StatusCode, set_span_in_context
from otlp_clients import wait_until
from programs import COLLECTOR, COLLECTOR_VERSION

from workshop.processes import free_port
from workshop.sandbox.honeycomb.storage import count_traces
from workshop.sandbox.honeycomb.traces import read_events, read_traces

GATEWAY = Path(__file__).parents[2] / "deploy" / "collector" / "gateway.yaml"
TRACES = 1_000
MS = 1_000_000
START = 1_790_000_000_000_000_000

# Built from parts: nothing in this repository should look like a key.
CARD = "4" + "1" * 15
AWS_KEY = "AKIA" + "Q" * 16
MAIL = "ada@example.org"


class Gateway:
    """A Collector that runs with the gateway's configuration."""

    def __init__(self, port, log):
        self.url = f"http://127.0.0.1:{port}"
        self.log = log


@pytest.fixture
def start_gateway(sandbox, tmp_path):
    program = COLLECTOR.find()
    with contextlib.ExitStack() as stack:

        def start(**settings):
            port, health = free_port(), free_port()
            log = tmp_path / "otelcol.log"
            sink = stack.enter_context(log.open("wb"))
            process = subprocess.Popen(
                [program, "--config", str(GATEWAY)],
                env={
                    **os.environ,
                    "HONEYCOMB_API_KEY": "sandbox",
                    "HONEYCOMB_ENDPOINT": sandbox.url,
                    "GATEWAY_LISTEN": f"127.0.0.1:{port}",
                    "GATEWAY_HEALTH": f"127.0.0.1:{health}",
                    "GATEWAY_WAIT": "1s",
                    **settings,
                },
                stdout=sink,
                stderr=subprocess.STDOUT,
            )
            stack.callback(process.wait)
            stack.callback(process.terminate)

            def is_ready():
                assert process.poll() is None, log.read_text()
                with contextlib.suppress(requests.RequestException):
                    return requests.get(f"http://127.0.0.1:{health}", timeout=1).ok

            wait_until(is_ready, "the Collector to be ready")
            return Gateway(port, log)

        yield start


@contextlib.contextmanager
def tracing(url):
    """The real SDK, with room for all spans of a test."""
    provider = TracerProvider(resource=Resource.create({"service.name": "backend"}))
    exporter = OTLPSpanExporter(f"{url}/v1/traces")
    provider.add_span_processor(BatchSpanProcessor(exporter, max_queue_size=4 * TRACES))
    try:
        yield provider.get_tracer("tests.interop")
    finally:
        provider.shutdown()


def send(tracer, number, milliseconds=20, failed=False, **attributes):
    """One trace of two spans."""
    root = tracer.start_span(
        "GET /", start_time=START + number * MS, attributes={"number": number, **attributes}
    )
    child = tracer.start_span("work", set_span_in_context(root), start_time=START + number * MS)
    if failed:
        child.set_status(Status(StatusCode.ERROR, "it failed"))
    end = START + (number + milliseconds) * MS
    child.end(end)
    root.end(end)


def arrived(sandbox):
    with sandbox.reader() as reader:
        return count_traces(reader)


def test_a_thousand_traces_in_and_a_thousand_out(sandbox, start_gateway):
    gateway = start_gateway(GATEWAY_KEEP_PERCENT="100")
    with tracing(gateway.url) as tracer:
        for number in range(TRACES):
            send(tracer, number)
    wait_until(lambda: arrived(sandbox) == TRACES, f"{TRACES} traces, {gateway.log.read_text()}")
    with sandbox.reader() as reader:
        traces = read_traces(reader)
    assert {len(trace.spans) for trace in traces} == {2}
    assert all(trace.is_whole for trace in traces)
    numbers = {trace.roots[0].attributes["number"] for trace in traces}
    assert numbers == set(range(TRACES))


def test_failed_and_slow_traces_are_kept_and_a_share_of_the_rest(sandbox, start_gateway):
    gateway = start_gateway()
    failed, slow = range(0, 100), range(100, 150)
    with tracing(gateway.url) as tracer:
        for number in range(TRACES):
            send(tracer, number, 800 if number in slow else 20, failed=number in failed)
        # A last, failed one of its own: once it is out, all before it are decided.
        send(tracer, TRACES, failed=True)

    def numbers():
        with sandbox.reader() as reader:
            return {trace.roots[0].attributes["number"] for trace in read_traces(reader)}

    wait_until(lambda: TRACES in numbers(), "the last trace")
    wait_until(lambda: {*failed, *slow} <= numbers(), "every failed and every slow trace")
    others = numbers() - {*failed, *slow, TRACES}
    # 850 draws of one in ten, by ids that are drawn anew in each run: six standard deviations.
    assert 85 - 53 < len(others) < 85 + 53


def test_what_must_not_leave_is_masked(sandbox, start_gateway):
    gateway = start_gateway(GATEWAY_KEEP_PERCENT="100")
    with tracing(gateway.url) as tracer:
        send(
            tracer,
            1,
            **{
                "user.email": MAIL,
                "note": f"{MAIL} paid with {CARD}",
                "url.query": "term=tea&token=abc123",
                "http.request.header.authorization": "Basic abc123",
                "db_password": "abc123",
                "cloud.key": AWS_KEY,
                "user.handle": "ada",
                "http.route": "/api/activities/home",
            },
        )
    wait_until(lambda: arrived(sandbox) == 1, "the trace")
    with sandbox.reader() as reader:
        (trace,) = read_traces(reader)
        said = json.dumps(read_events(reader))
    for secret in (CARD, AWS_KEY, MAIL, "abc123"):
        assert secret not in said
    attributes = trace.roots[0].attributes
    assert attributes["user.handle"] == "ada"
    assert attributes["http.route"] == "/api/activities/home"
    assert attributes["number"] == 1
    assert "term=tea" in attributes["url.query"]
    assert attributes["redaction.masked.count"] == 6


def test_every_component_of_the_gateway_is_in_the_manifest():
    manifest = Path(__file__).with_name("otelcol.yaml").read_text("utf-8")
    for component in (
        "otlpreceiver",
        "memorylimiterprocessor",
        "redactionprocessor",
        "tailsamplingprocessor",
        "batchprocessor",
        "otlphttpexporter",
        "healthcheckextension",
    ):
        assert f"/{component} {COLLECTOR_VERSION}" in manifest
