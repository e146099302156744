"""The real clients: boto3, and the AWS command line, against a running sandbox."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from example_documents import START, make_documents, trace_id

from workshop.sandbox.xray.segments import store_documents

AWS = Path(sys.executable).with_name("aws")
TIMES = ["--start-time", str(START), "--end-time", str(START + 60)]


@pytest.fixture
def examples(sandbox):
    store_documents(sandbox.store, make_documents())
    return sandbox


@pytest.fixture
def aws(examples, tmp_path):
    """Run `aws xray …` and return what it prints."""
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "AWS_ENDPOINT_URL_XRAY": examples.url,
        "AWS_ACCESS_KEY_ID": "sandbox",
        "AWS_SECRET_ACCESS_KEY": "sandbox",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_EC2_METADATA_DISABLED": "true",
    }

    def run(*words, status=0):
        done = subprocess.run(
            [sys.executable, AWS, "xray", *words],
            env=environment,
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert done.returncode == status, done.stderr
        return json.loads(done.stdout) if status == 0 else done.stderr

    return run


def test_the_command_line_puts_and_finds_traces(aws):
    now = int(time.time())
    identity = f"1-{now:08x}-{'a' * 24}"
    document = {
        "name": "backend",
        "id": "1" * 16,
        "trace_id": identity,
        "start_time": now,
        "end_time": now + 1,
        "annotations": {"page": "home"},
    }
    put = aws("put-trace-segments", "--trace-segment-documents", json.dumps(document), "{}")
    assert [each["ErrorCode"] for each in put["UnprocessedTraceSegments"]] == ["MissingId"]
    found = aws(
        "get-trace-summaries",
        *("--start-time", str(now - 60), "--end-time", str(now + 60)),
        *("--filter-expression", 'annotation.page = "home"'),
    )
    assert [each["Id"] for each in found["TraceSummaries"]] == [identity]
    whole = aws("batch-get-traces", "--trace-ids", identity)
    assert json.loads(whole["Traces"][0]["Segments"][0]["Document"]) == document


def test_the_command_line_draws_graphs(aws):
    graph = aws("get-service-graph", *TIMES)
    assert {"backend", "profiles", "posts"} <= {each["Name"] for each in graph["Services"]}
    one = aws("get-trace-graph", "--trace-ids", trace_id("A"))
    assert {each["Name"] for each in one["Services"]} == {"backend", "profiles"}


def test_the_command_line_prints_why_an_expression_is_refused(aws):
    error = aws("get-trace-summaries", *TIMES, "--filter-expression", "falt", status=255)
    assert "(InvalidRequestException)" in error
    assert "unknown keyword 'falt'. Did you mean 'fault'?" in error


def test_boto3_pages_through_everything(examples, api, monkeypatch):
    monkeypatch.setattr("workshop.sandbox.xray.trace_summaries.PAGE", 2)
    store_documents(examples.store, make_documents())
    pages = list(
        api.get_paginator("get_trace_summaries").paginate(StartTime=START, EndTime=START + 60)
    )
    assert [len(page["TraceSummaries"]) for page in pages] == [2, 2, 2, 2, 1]
    summary = pages[-1]["TraceSummaries"][0]
    assert summary["StartTime"].timestamp() == START + 0.25
    for name, asked in (
        ("batch_get_traces", {"TraceIds": [trace_id("A")]}),
        ("get_trace_graph", {"TraceIds": [trace_id("A")]}),
        ("get_service_graph", {"StartTime": START, "EndTime": START + 60}),
    ):
        (page,) = list(api.get_paginator(name).paginate(**asked))
        assert page["ResponseMetadata"]["HTTPStatusCode"] == 200


def test_boto3_puts_segments_and_telemetry(examples, api):
    put = api.put_trace_segments(TraceSegmentDocuments=["[]", *make_documents()])
    assert put["UnprocessedTraceSegments"] == [
        {"ErrorCode": "MissingId", "Message": "Invalid segment. ErrorCode: MissingId"}
    ]
    record = {"Timestamp": START, "SegmentsReceivedCount": 1}
    told = api.put_telemetry_records(TelemetryRecords=[record], Hostname="here")
    assert told["ResponseMetadata"]["HTTPStatusCode"] == 200
