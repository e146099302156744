"""Runs of an app, as real clients leave them in a sandbox, and checks of it."""

import json
import time
from contextlib import contextmanager

import boto3
import requests
from botocore.config import Config
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.trace import SpanKind, set_span_in_context

from workshop.checks import memory
from workshop.checks.findings import Finding, Verdict
from workshop.sandbox.server import running_sandbox

HOME = "/api/activities/home"
NAMES = {
    1: "honeycomb",
    2: "xray",
    3: "subsegments",
    4: "cloudwatch",
    5: "rollbar",
    8: "correlation",
    10: "opentelemetry-only",
}


def remember(step=1, good=("every request became a trace",), findings=(), at=None, app=()):
    """Remember a check, as `workshop check` does."""
    found = [Finding(id_, "this", "that") for id_ in findings]
    state = "broken" if found else "works"
    arrived = "14 traces: 24 spans from backend, 7 spans from profiles"
    verdict = Verdict(step, NAMES[step], state, list(good), found, arrived=arrived)
    memory.remember([verdict], [Finding(id_, "this", "that") for id_ in app], 14)
    if at:
        known = memory.recall()
        known["runs"][str(step)]["at"] = at
        memory.write(known)


def send_request(data, path=HOME, name=None, to_xray=False):
    """Send the spans of one request that both services answer; return its trace id."""
    with running_sandbox(data, searching=to_xray) as sandbox:
        providers = [
            _provider(sandbox.url, service, to_xray) for service in ("backend", "profiles")
        ]
        backend, profiles = [each.get_tracer("tests") for each in providers]
        answered = {"url.path": path}
        root = backend.start_span(name or f"GET {path}", kind=SpanKind.SERVER, attributes=answered)
        call = backend.start_span("GET", set_span_in_context(root), kind=SpanKind.CLIENT)
        other = profiles.start_span(
            "GET /profiles", set_span_in_context(call), kind=SpanKind.SERVER
        )
        for span in (other, call, root):
            span.end()
        for provider in providers:
            provider.shutdown()
    return f"{root.get_span_context().trace_id:032x}"


def _provider(url, service, to_xray):
    provider = TracerProvider(resource=Resource.create({"service.name": service}))
    keys = [{"x-honeycomb-team": "sandbox"}]
    if to_xray:
        keys.append({"authorization": "Bearer sandbox"})
    for headers in keys:
        exporter = OTLPSpanExporter(f"{url}/v1/traces", headers=headers)
        provider.add_span_processor(SimpleSpanProcessor(exporter))
    return provider


def send_segments(data, number=2, parts=(), ago=60):
    """Send that many X-Ray traces of one segment each; return their ids, oldest first."""
    began = time.time() - ago
    ids = [f"1-{int(began) + each:08x}-{each:024x}" for each in range(number)]
    documents = [
        {
            "trace_id": id_,
            "id": f"{each + 1:016x}",
            "name": "backend",
            "start_time": began + each,
            "end_time": began + each + 0.2,
            "http": {"request": {"method": "GET", "url": f"http://x{HOME}"}},
            "subsegments": list(parts),
        }
        for each, id_ in enumerate(ids)
    ]
    with running_sandbox(data) as sandbox, _aws("xray", sandbox) as xray:
        xray.put_trace_segments(TraceSegmentDocuments=[json.dumps(each) for each in documents])
    return ids


@contextmanager
def _aws(service, sandbox):
    client = boto3.client(
        service,
        endpoint_url=sandbox.url,
        region_name="us-east-1",
        aws_access_key_id="sandbox",
        aws_secret_access_key="sandbox",
        config=Config(retries={"total_max_attempts": 1}),
    )
    try:
        yield client
    finally:
        client.close()


def send_lines(data, *messages, group="workshop/app", ago=60):
    """Send log lines, a second apart, to a new stream, the first from so many seconds ago."""
    began = time.time_ns() // 1_000_000 - 1000 * ago
    events = [
        {"timestamp": began + 1000 * each, "message": message}
        for each, message in enumerate(messages)
    ]
    with running_sandbox(data) as sandbox, _aws("logs", sandbox) as logs:
        names = {"logGroupName": group, "logStreamName": f"stream-{time.time_ns()}"}
        if not logs.describe_log_groups(logGroupNamePrefix=group)["logGroups"]:
            logs.create_log_group(logGroupName=group)
        logs.create_log_stream(**names)
        logs.put_log_events(**names, logEvents=events)


def send_errors(data, *titles):
    """Send messages and exceptions to Rollbar's API; an exception's title has a colon."""
    with running_sandbox(data) as sandbox:
        for title in titles:
            kind, is_exception, message = title.partition(": ")
            raised = {"frames": [], "exception": {"class": kind, "message": message}}
            body = {"trace": raised} if is_exception else {"message": {"body": title}}
            answer = requests.post(
                f"{sandbox.url}/api/1/item/",
                json={"data": {"environment": "test", "body": body}},
                headers={"X-Rollbar-Access-Token": "sandbox"},
                timeout=20,
            )
            assert answer.status_code == 200, answer.text


def send_correlated(data, trace_id, to=("xray", "cloudwatch", "rollbar")):
    """Send what tells of a trace to the tools that are named: a segment, two lines, a report."""
    now = time.time()
    known = f"1-{trace_id[:8]}-{trace_id[8:]}"
    document = {"trace_id": known, "id": "b" * 16, "name": "backend"}
    document |= {"start_time": now, "end_time": now + 0.1}
    with running_sandbox(data) as sandbox, _aws("xray", sandbox) as xray:
        if "xray" in to:
            xray.put_trace_segments(TraceSegmentDocuments=[json.dumps(document)])
        if "rollbar" in to:
            message = {"message": {"body": "otto@example.com"}}
            report = {"environment": "test", "body": message, "custom": {"trace_id": trace_id}}
            requests.post(
                f"{sandbox.url}/api/1/item/",
                json={"data": report},
                headers={"X-Rollbar-Access-Token": "sandbox"},
                timeout=20,
            ).raise_for_status()
    if "cloudwatch" in to:
        send_lines(data, *[json.dumps({"trace_id": trace_id})] * 2, ago=0)


def part(began, name="search.rank", **more):
    """Make a subsegment of the app's own."""
    return {"id": "a" * 16, "name": name, "start_time": began, "end_time": began + 0.1, **more}
