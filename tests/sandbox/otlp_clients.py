"""The real clients that the sandbox's tests send with, and messages made by hand."""

import contextlib
import socket
import subprocess
import sys
import time

import requests
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor

PROTOBUF = "application/x-protobuf"
JSON = "application/json"
DEADLINE = 20.0


@contextlib.contextmanager
def tracing(url, service="backend", key="sandbox", **options):
    """A tracer of the real SDK that exports each span as it ends."""
    provider = TracerProvider(resource=Resource.create({"service.name": service}))
    exporter = OTLPSpanExporter(f"{url}/v1/traces", headers={"x-honeycomb-team": key}, **options)
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    try:
        yield provider.get_tracer("tests.tracer", "1.2")
    finally:
        provider.shutdown()


def post(url, body, content_type=PROTOBUF, key="sandbox", path="/v1/traces", **headers):
    sent = {"Content-Type": content_type, "x-honeycomb-team": key, **headers}
    wanted = {name: value for name, value in sent.items() if value is not None}
    return requests.post(url + path, data=body, headers=wanted, timeout=DEADLINE)


def message(*names, trace_id=b"t" * 16, service="backend", start_ns=1_000_000_000):
    """One export: a span a name, each the parent of the next."""
    request = ExportTraceServiceRequest()
    resource_spans = request.resource_spans.add()
    attribute = resource_spans.resource.attributes.add(key="service.name")
    attribute.value.string_value = service
    spans = resource_spans.scope_spans.add().spans
    parent = b""
    for number, name in enumerate(names, start=1):
        span = spans.add(trace_id=trace_id, span_id=number.to_bytes(8, "big"), name=name)
        span.parent_span_id = parent
        span.start_time_unix_nano = start_ns + number * 1_000_000
        span.end_time_unix_nano = span.start_time_unix_nano + 2_000_000
        parent = span.span_id
    return request


def wait_until(condition, what, seconds=DEADLINE):
    """Poll until a condition holds; return what it returned."""
    deadline = time.monotonic() + seconds
    pause = socket.socketpair()
    try:
        while time.monotonic() < deadline:
            found = condition()
            if found:
                return found
            pause[0].settimeout(0.01)
            with contextlib.suppress(TimeoutError):
                pause[0].recv(1)
    finally:
        for each in pause:
            each.close()
    raise AssertionError(f"waited {seconds} s for {what}")


@contextlib.contextmanager
def sandbox_process(data, *options):
    """`workshop sandbox` as a real process on free ports; killed at the end if it still lives."""
    words = [sys.executable, "-m", "workshop", "sandbox", "--port", "0", "--daemon-port", "0"]
    process = subprocess.Popen(
        [*words, "--data", str(data), *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


class SigV4(requests.auth.AuthBase):
    """Signs each request for a service of AWS's, with botocore's own signer."""

    def __init__(self, service="xray", key="sandbox", secret="sandbox", token=None):
        self.signer = SigV4Auth(Credentials(key, secret, token), service, "us-east-1")

    def __call__(self, request):
        signed = AWSRequest(request.method, request.url, data=request.body)
        signed.headers["Content-Type"] = request.headers["Content-Type"]
        self.signer.add_auth(signed)
        request.headers.update(dict(signed.headers))
        return request


@contextlib.contextmanager
def xray_tracing(url, service="backend", auth=None, **options):
    """A tracer of the real SDK that exports each span to X-Ray's own endpoint, as it ends."""
    provider = TracerProvider(resource=Resource.create({"service.name": service}))
    session = requests.Session()
    session.auth = auth or SigV4()
    exporter = OTLPSpanExporter(f"{url}/v1/traces", session=session, **options)
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    try:
        yield provider.get_tracer("tests.tracer", "1.2")
    finally:
        provider.shutdown()
