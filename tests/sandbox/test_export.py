"""Spans from the real SDK arrive as the trees that were made."""

import json
import logging
import threading

import pytest
import requests
from google.rpc.status_pb2 import Status
from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http import Compression
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)
from otlp_clients import JSON, PROTOBUF, message, post, tracing

from workshop.sandbox.honeycomb.traces import read_events, read_trace, read_traces


@pytest.mark.parametrize("compression", [Compression.NoCompression, Compression.Gzip])
def test_a_trace_across_two_services_is_one_tree(sandbox, compression):
    with (
        tracing(sandbox.url, "backend", compression=compression) as backend,
        tracing(sandbox.url, "profiles", compression=compression) as profiles,
        backend.start_as_current_span("GET /home", kind=trace.SpanKind.SERVER) as root,
    ):
        root.set_attributes({"count": 3, "ratio": 0.5, "ok": True, "tags": ["a", "b"]})
        with (
            backend.start_as_current_span("GET", kind=trace.SpanKind.CLIENT),
            profiles.start_as_current_span("GET /profiles", kind=trace.SpanKind.SERVER),
        ):
            pass
        with backend.start_as_current_span("render"):
            pass
    with sandbox.reader() as reader:
        (found,) = read_traces(reader)
    assert found.services == ["backend", "profiles"]
    assert [span.name for span in found.spans] == ["GET /home", "GET", "GET /profiles", "render"]
    (home,) = found.roots
    assert home.parent_id is None
    assert not home.missing_parent
    assert (home.kind, home.service, home.library) == ("server", "backend", "tests.tracer")
    assert [child.name for child in home.children] == ["GET", "render"]
    assert home.children[0].children[0].service == "profiles"
    assert home.attributes["count"] == 3
    assert home.attributes["ratio"] == 0.5
    assert home.attributes["ok"] is True
    assert home.attributes["tags"] == '["a","b"]\n'
    assert home.attributes["service.name"] == "backend"
    assert home.attributes["library.version"] == "1.2"
    assert home.duration_ms >= home.children[0].duration_ms > 0
    assert found.start_ns == home.start_ns
    assert found.duration_ms == pytest.approx(home.duration_ms)


def test_an_exception_is_an_event_of_its_span_and_is_copied_onto_it(sandbox):
    with (
        tracing(sandbox.url) as tracer,
        pytest.raises(ValueError, match="boom"),
        tracer.start_as_current_span("fails"),
    ):
        raise ValueError("boom")
    with sandbox.reader() as reader:
        (found,) = read_traces(reader)
        rows = read_events(reader)
    (span,) = found.spans
    assert span.error
    assert span.status_message == "ValueError: boom"
    assert span.attributes["exception.type"] == "ValueError"
    (event,) = span.events
    assert event.name == "exception"
    assert 0 <= event.offset_ms <= span.duration_ms
    assert event.attributes["exception.message"] == "boom"
    assert "service.name" not in event.attributes
    # Two events: that is what Honeycomb counts.
    assert [row.get("meta.annotation_type") for row in rows] == [None, "span_event"]


def test_json_with_hexadecimal_ids_is_read(sandbox):
    trace_id, span_id, other = "5b8efff798038103d269b633813fc60c", "eee19b7ec3c1b174", "11" * 8
    span = {
        "traceId": trace_id,
        "spanId": span_id,
        "parentSpanId": other.upper().lower(),
        "name": "json",
        "kind": 2,
        "startTimeUnixNano": "1544712660000000000",
        "endTimeUnixNano": 1544712660001500000,
        "attributes": [
            {"key": "n", "value": {"intValue": "9007199254740993"}},
            {"key": "traceId", "value": {"stringValue": "not an id"}},
        ],
        "links": [{"traceId": trace_id.upper(), "spanId": other}],
        "status": {"code": "STATUS_CODE_ERROR", "message": "no"},
        "someFutureField": {"a": [1]},
    }
    resource = {"attributes": [{"key": "service.name", "value": {"stringValue": "web"}}]}
    body = {"resourceSpans": [{"resource": resource, "scopeSpans": [{"spans": [span]}]}]}
    answer = requests.post(
        f"{sandbox.url}/v1/traces",
        json=body,
        headers={"x-honeycomb-team": "sandbox"},
        timeout=10,
    )
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == JSON
    assert answer.json() == {}
    with sandbox.reader() as reader:
        found = read_trace(reader, trace_id).roots[0]
        rows = read_events(reader, dataset="web")
    assert (found.span_id, found.parent_id, found.missing_parent) == (span_id, other, True)
    assert (found.kind, found.error, found.duration_ms) == ("server", True, 1.5)
    assert found.attributes["n"] == 9007199254740993
    assert found.attributes["traceId"] == "not an id"
    (link,) = [row for row in rows if row.get("meta.annotation_type") == "link"]
    assert (link["trace.link.trace_id"], link["trace.link.span_id"]) == (trace_id, other)
    assert link["Timestamp"] == "2018-12-13T14:51:00.000000000Z"


@pytest.mark.parametrize("content_type", ["application/protobuf", PROTOBUF])
def test_success_is_an_empty_message_in_the_content_type_of_the_request(sandbox, content_type):
    answer = post(sandbox.url, message("a").SerializeToString(), content_type)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == content_type
    assert ExportTraceServiceResponse.FromString(answer.content) == ExportTraceServiceResponse()


@pytest.mark.parametrize(("body", "content_type"), [(b"", PROTOBUF), (b"{}", JSON)])
def test_an_empty_export_is_a_success(sandbox, body, content_type):
    assert post(sandbox.url, body, content_type).status_code == 200


def test_a_wrong_key_is_told_by_the_real_exporter(sandbox, caplog):
    with caplog.at_level(logging.ERROR), tracing(sandbox.url, key="wrong") as tracer:
        tracer.start_span("lost").end()
    assert "401" in caplog.text
    with sandbox.reader() as reader:
        assert read_traces(reader) == []


def test_a_wrong_key_gets_a_status_in_protobuf_and_in_json(sandbox):
    body = message("a").SerializeToString()
    answer = post(sandbox.url, body, key="wrong")
    assert answer.status_code == 401
    said = Status.FromString(answer.content)
    assert said == Status(message="unknown API key - check your credentials")
    answer = post(sandbox.url, b"{}", JSON, key="wrong")
    assert json.loads(answer.content) == {"message": "unknown API key - check your credentials"}


def test_eight_threads_at_once_lose_nothing(sandbox):
    exports, each = 20, 25

    def send(number):
        for export in range(exports):
            trace_id = bytes([number + 1, export]) * 8
            names = [f"{number}.{export}.{span}" for span in range(each)]
            body = message(*names, trace_id=trace_id).SerializeToString()
            statuses.append(post(sandbox.url, body).status_code)

    statuses = []
    threads = [threading.Thread(target=send, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert statuses == [200] * 8 * exports
    with sandbox.reader() as reader:
        traces = read_traces(reader)
    assert len(traces) == 8 * exports
    names = {span.name for found in traces for span in found.spans}
    assert len(names) == 8 * exports * each


def test_what_is_sent_twice_is_kept_twice_and_hangs_in_one_tree(sandbox):
    body = message("root", "child").SerializeToString()
    assert [post(sandbox.url, body).status_code for _ in range(2)] == [200, 200]
    with sandbox.reader() as reader:
        (found,) = read_traces(reader)
    assert sorted(span.name for span in found.spans) == ["child", "child", "root", "root"]


def test_an_export_is_a_request_that_protobuf_itself_can_read(sandbox):
    """The tests' own message is what the SDK sends, not something only we understand."""
    body = message("a").SerializeToString()
    assert ExportTraceServiceRequest.FromString(body).resource_spans[0].scope_spans
