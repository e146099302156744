"""Makes the telemetry that ingest is measured with, like what the app's SDKs send."""

import json
import random
import time

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

SPANS_A_TRACE = 8
TEXTS = {
    "http.request.method": "GET",
    "url.scheme": "http",
    "url.path": "/api/activities/home",
    "http.route": "/api/activities/home",
    "network.protocol.version": "1.1",
    "server.address": "127.0.0.1",
    "client.address": "127.0.0.1",
    "user_agent.original": "python-requests/2.34",
}
NUMBERS = {"server.port": 4567, "http.response.status_code": 200}


def make_export(spans: int, seed: int) -> bytes:
    """Return an export in protobuf: traces of eight spans, each with ten attributes."""
    chance = random.Random(seed)  # noqa: S311
    export = ExportTraceServiceRequest()
    resource_spans = export.resource_spans.add()
    name = resource_spans.resource.attributes.add(key="service.name")
    name.value.string_value = "backend"
    scope_spans = resource_spans.scope_spans.add()
    scope_spans.scope.name = "opentelemetry.instrumentation.flask"
    now, trace_id, parent = time.time_ns(), b"", b""
    for number in range(spans):
        is_root = number % SPANS_A_TRACE == 0
        if is_root:
            trace_id, parent = chance.randbytes(16), b""
        span = scope_spans.spans.add(
            trace_id=trace_id,
            span_id=chance.randbytes(8),
            parent_span_id=parent,
            name="GET /api/activities/home",
            kind=2 if is_root else 3,
            start_time_unix_nano=now + number * 1000,
            end_time_unix_nano=now + number * 1000 + 5_000_000,
        )
        if is_root:
            parent = span.span_id
        for key, text in TEXTS.items():
            span.attributes.add(key=key).value.string_value = text
        for key, value in NUMBERS.items():
            span.attributes.add(key=key).value.int_value = value
    return export.SerializeToString()


def make_segment(seed: int) -> str:
    """Return a segment document with three calls in it."""
    chance = random.Random(seed)  # noqa: S311
    now = time.time()
    http = {"request": {"url": "http://127.0.0.1:4567/x", "method": "GET"}}
    calls = [
        {
            "id": chance.randbytes(8).hex(),
            "name": "profiles",
            "namespace": "remote",
            "start_time": now,
            "end_time": now + 0.001,
            "http": {**http, "response": {"status": 200}},
        }
        for _ in range(3)
    ]
    return json.dumps(
        {
            "trace_id": f"1-{int(now):08x}-{chance.randbytes(12).hex()}",
            "id": chance.randbytes(8).hex(),
            "name": "backend",
            "start_time": now,
            "end_time": now + 0.02,
            "http": {**http, "response": {"status": 200}},
            "annotations": {"route": "home", "number": seed},
            "subsegments": calls,
        }
    )


def make_item(seed: int) -> bytes:
    """Return an error's payload as Rollbar's SDK sends it: twenty frames, each with its locals."""
    frames = [
        {
            "filename": f"/srv/app/layer_{depth}.py",
            "lineno": 10 + depth,
            "method": f"step_{depth}",
            "code": f"return step_{depth + 1}(request, user, seed)",
            "locals": {"request": "<Request 'GET'>", "user": "tilda", "seed": seed},
        }
        for depth in range(20)
    ]
    failed = {"class": "KeyError", "message": "'1-day'"}
    data = {
        "environment": "bench",
        "level": "error",
        "language": "python",
        "framework": "flask",
        "timestamp": int(time.time()),
        "uuid": f"{seed:032x}",
        "body": {"trace_chain": [{"frames": frames, "exception": failed}]},
        "request": {"url": "http://127.0.0.1:4567/api/activities", "method": "POST"},
        "server": {"host": "backend", "root": "/srv/app"},
        "notifier": {"name": "pyrollbar", "version": "1.3.0"},
    }
    return json.dumps({"data": data}).encode()


def make_lines(count: int) -> list[dict[str, object]]:
    """Return log events as PutLogEvents takes them: JSON of about 150 bytes each."""
    now = int(time.time() * 1000)
    line = {"level": "INFO", "message": "GET /api/activities/home 200", "status": 200}
    return [
        {"timestamp": now, "message": json.dumps({**line, "trace_id": f"{number:032x}"})}
        for number in range(count)
    ]


def sign(service: str, url: str, body: bytes, headers: dict[str, str]) -> dict[str, str]:
    """Return the headers of a request to AWS, signed with the sandbox's key."""
    request = AWSRequest("POST", url, headers, body)
    SigV4Auth(Credentials("sandbox", "sandbox"), service, "us-east-1").add_auth(request)
    return dict(request.headers)
