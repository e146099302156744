"""Once Transaction Search is on, spans are log events too, and Logs Insights knows them."""

import json
import time

import boto3
import pytest
from botocore.exceptions import ClientError
from opentelemetry.trace import SpanKind
from otlp_clients import wait_until, xray_tracing

GROUP = "aws/spans"


@pytest.fixture
def logs(sandbox):
    client = boto3.client(
        "logs",
        endpoint_url=sandbox.url,
        region_name="us-east-1",
        aws_access_key_id="sandbox",
        aws_secret_access_key="sandbox",
    )
    yield client
    client.close()


@pytest.fixture
def searching(api):
    return api.update_trace_segment_destination(Destination="CloudWatchLogs")


def send(sandbox):
    with (
        xray_tracing(sandbox.url) as tracer,
        tracer.start_as_current_span("GET /search", kind=SpanKind.SERVER) as server,
    ):
        for hits in (1, 7):
            with tracer.start_as_current_span("rank") as span:
                span.set_attribute("hits", hits)
        return f"{server.get_span_context().trace_id:032x}"


def query(logs, text):
    now = int(time.time())
    asked = {"logGroupName": GROUP, "startTime": now - 600, "endTime": now + 600}
    query_id = logs.start_query(queryString=text, **asked)["queryId"]

    def ask():
        answer = logs.get_query_results(queryId=query_id)
        return answer if answer["status"] == "Complete" else None

    rows = wait_until(ask, "the query's results")["results"]
    return [{each["field"]: each["value"] for each in row} for row in rows]


def test_each_span_is_an_event_with_all_of_its_attributes(sandbox, searching, logs):
    trace_id = send(sandbox)
    events = logs.get_log_events(logGroupName=GROUP, logStreamName="default")["events"]
    spans = [json.loads(event["message"]) for event in events]
    assert {span["traceId"] for span in spans} == {trace_id}
    assert sorted((span["name"], span["kind"]) for span in spans) == [
        ("GET /search", "SERVER"),
        ("rank", "INTERNAL"),
        ("rank", "INTERNAL"),
    ]
    server = next(span for span in spans if span["kind"] == "SERVER")
    assert "parentSpanId" not in server
    assert {span.get("parentSpanId") for span in spans} == {None, server["spanId"]}
    assert server["resource"]["attributes"]["service.name"] == "backend"
    assert server["durationNano"] == server["endTimeUnixNano"] - server["startTimeUnixNano"]
    assert server["status"] == {"code": "UNSET"}
    assert events[-1]["timestamp"] == max(span["endTimeUnixNano"] for span in spans) // 10**6


def test_an_attribute_can_be_asked_for_that_is_listed_nowhere(sandbox, searching, logs):
    trace_id = send(sandbox)
    rows = query(logs, 'fields traceId | filter name = "rank" and attributes.hits > 5')
    assert rows == [{"traceId": trace_id, "@ptr": rows[0]["@ptr"]}]


def test_a_failure_is_told_with_its_exception(sandbox, searching, logs):
    with xray_tracing(sandbox.url) as tracer, pytest.raises(ValueError, match="boom"):
        fail(tracer)
    (event,) = logs.get_log_events(logGroupName=GROUP, logStreamName="default")["events"]
    span = json.loads(event["message"])
    assert span["status"] == {"code": "ERROR", "message": "ValueError: boom"}
    assert span["events"][0]["attributes"]["exception.type"] == "ValueError"


def fail(tracer):
    with tracer.start_as_current_span("work"):
        raise ValueError("boom")


def test_what_is_stored_is_counted_as_log_bytes(sandbox, searching, logs):
    send(sandbox)
    (group,) = logs.describe_log_groups(logGroupNamePrefix=GROUP)["logGroups"]
    events = logs.get_log_events(logGroupName=GROUP, logStreamName="default")["events"]
    assert group["storedBytes"] == sum(len(event["message"].encode()) + 26 for event in events)


def test_nobody_else_puts_events_there(searching, logs):
    event = {"timestamp": int(time.time() * 1000), "message": "{}"}
    with pytest.raises(ClientError, match="takes no log events from PutLogEvents"):
        logs.put_log_events(logGroupName=GROUP, logStreamName="default", logEvents=[event])


def test_there_is_no_such_group_before_the_switch(logs):
    assert logs.describe_log_groups(logGroupNamePrefix=GROUP)["logGroups"] == []


def test_a_group_that_was_deleted_is_written_to_no_more(sandbox, searching, logs):
    logs.delete_log_group(logGroupName=GROUP)
    send(sandbox)
    assert logs.describe_log_groups(logGroupNamePrefix=GROUP)["logGroups"] == []
