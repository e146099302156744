"""X-Ray's own OTLP endpoint: who may send, in which form, what is refused, by the real exporter."""

import gzip
import json
import logging
import time

import pytest
import requests
from google.protobuf import json_format
from google.rpc.status_pb2 import Status
from opentelemetry.exporter.otlp.proto.http import Compression
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceResponse
from opentelemetry.trace import SpanKind
from otlp_clients import JSON, PROTOBUF, SigV4, message, tracing, xray_tracing

from workshop.sandbox import refusals
from workshop.sandbox.honeycomb.traces import read_traces
from workshop.sandbox.refusals import read_refusals
from workshop.sandbox.xray.otlp.limits import BODY_LIMIT, SPAN_LIMIT, SPANS_LIMIT
from workshop.sandbox.xray.search.settings import switch_on
from workshop.sandbox.xray.traces import read_xray_traces

# Put together here, so that no scanner takes it for a real one.
REAL_KEY = "AK" + "IAIOSFODNN7" + "EXAMPLE"
HOUR_NS = 60 * 60 * 10**9


@pytest.fixture
def searching(sandbox):
    """A sandbox in which Transaction Search is on."""
    switch_on(sandbox.store)
    return sandbox


def post(sandbox, body, content_type=PROTOBUF, auth=None, path="/v1/traces", **headers):
    sent = {"Content-Type": content_type, **headers}
    return requests.post(
        sandbox.url + path, data=body, headers=sent, auth=auth or SigV4(), timeout=20
    )


def fresh(*names, **options):
    return message(*names, start_ns=time.time_ns(), **options)


def segments(sandbox):
    with sandbox.reader() as reader:
        traces = read_xray_traces(reader)
    return [segment for trace in traces for segment in trace.segments if not segment.is_inferred]


def recorded(sandbox):
    with sandbox.reader() as reader:
        return [(each.vendor, each.kind, each.status) for each in read_refusals(reader)]


def status_of(answer):
    return Status.FromString(answer.content).message


@pytest.mark.parametrize("compression", [Compression.NoCompression, Compression.Gzip])
def test_the_real_exporter_sends_what_becomes_a_segment(searching, compression):
    with (
        xray_tracing(searching.url, compression=compression) as tracer,
        tracer.start_as_current_span("GET /", kind=SpanKind.SERVER) as span,
    ):
        trace_id = f"{span.get_span_context().trace_id:032x}"
    (segment,) = segments(searching)
    assert (segment.name, segment.is_subsegment) == ("backend", False)
    assert segment.trace_id == f"1-{trace_id[:8]}-{trace_id[8:]}"
    assert recorded(searching) == []


def test_a_bearer_token_is_as_good_as_a_signature(searching):
    headers = {"Authorization": "Bearer sandbox"}
    for body, form in ((fresh("a").SerializeToString(), PROTOBUF), (b"{}", JSON)):
        answer = requests.post(
            f"{searching.url}/v1/traces",
            data=body,
            headers={"Content-Type": form, **headers},
            timeout=20,
        )
        assert (answer.status_code, answer.headers["Content-Type"]) == (200, form)
    assert len(segments(searching)) == 1


def test_json_is_taken_and_answered_in_json(searching):
    document = json_format.MessageToDict(fresh("a"))
    span = document["resourceSpans"][0]["scopeSpans"][0]["spans"][0]
    span |= {"traceId": "ab" * 16, "spanId": "cd" * 8}
    span.pop("parentSpanId", None)
    answer = post(searching, gzip.compress(json.dumps(document).encode()), JSON, **GZIP)
    assert (answer.status_code, answer.json()) == (200, {})
    (segment,) = segments(searching)
    assert (segment.trace_id, segment.id) == (f"1-{'ab' * 4}-{'ab' * 12}", "cd" * 8)


GZIP = {"Content-Encoding": "gzip"}


def test_honeycomb_and_xray_are_told_apart_on_one_path(searching):
    with tracing(searching.url) as tracer, tracer.start_as_current_span("for honeycomb"):
        pass
    with xray_tracing(searching.url) as tracer, tracer.start_as_current_span("for xray"):
        pass
    # A key of Honeycomb's that goes along does not make it Honeycomb's.
    both = post(searching, fresh("both").SerializeToString(), **{"x-honeycomb-team": "sandbox"})
    assert both.status_code == 200
    with searching.reader() as reader:
        names = [span.name for trace in read_traces(reader) for span in trace.spans]
    assert names == ["for honeycomb"]
    assert sorted(segment.name for segment in segments(searching)) == ["both", "for xray"]
    neither = requests.post(
        f"{searching.url}/v1/traces", headers={"Content-Type": PROTOBUF}, timeout=20
    )
    assert "x-honeycomb-team" in status_of(neither)


@pytest.mark.parametrize(
    ("auth", "code", "kind"),
    [
        (SigV4(key=REAL_KEY), "UnrecognizedClientException", refusals.UNKNOWN_KEY),
        (SigV4(token="t" * 40), "UnrecognizedClientException", refusals.UNKNOWN_KEY),
        (SigV4(secret="wrong"), "InvalidSignatureException", refusals.SIGNATURE),
        (SigV4(service="logs"), "InvalidSignatureException", refusals.SIGNATURE),
    ],
)
def test_another_key_is_refused_as_aws_does(searching, auth, code, kind):
    answer = post(searching, fresh("a").SerializeToString(), auth=auth)
    assert (answer.status_code, answer.headers["x-amzn-ErrorType"]) == (403, code)
    assert answer.headers["Content-Type"] == PROTOBUF
    assert status_of(answer)
    assert len(answer.headers["x-amzn-RequestId"]) == 36
    assert recorded(searching) == [("xray", kind, 403)]
    assert segments(searching) == []


def test_the_words_are_those_that_the_collector_prints(searching):
    unknown = post(searching, b"", auth=SigV4(key=REAL_KEY))
    assert status_of(unknown) == "The security token included in the request is invalid."
    wrong = requests.post(
        f"{searching.url}/v1/traces",
        data=b"{}",
        headers={"Content-Type": JSON, "Authorization": f"Bearer {REAL_KEY}"},
        timeout=20,
    )
    assert wrong.json() == {"message": "The security token included in the request is invalid."}


@pytest.mark.parametrize(
    "authorization", ["AWS4-HMAC-SHA256 what", "AWS4-HMAC-SHA256", "Bearer", "Bearer "]
)
def test_half_an_authorization_is_refused(searching, authorization):
    answer = requests.post(
        f"{searching.url}/v1/traces",
        headers={"Content-Type": PROTOBUF, "Authorization": authorization},
        timeout=20,
    )
    assert answer.status_code == 403
    assert segments(searching) == []


def test_no_part_of_a_key_is_kept_or_printed(searching, capfd, caplog):
    post(searching, b"", auth=SigV4(key=REAL_KEY, token="FwoGZXIvYXdzEBYaDH"))
    post(searching, b"", **{"User-Agent": REAL_KEY, "x-honeycomb-team": "hcaik_" + "0" * 58})
    files = [file for file in searching.data_dir.rglob("*") if file.is_file()]
    kept = b"".join(file.read_bytes() for file in files)
    said = "".join(capfd.readouterr()) + caplog.text
    for secret in (REAL_KEY, "FwoGZXIvYXdz", "hcaik_0"):
        assert secret.encode() not in kept
        assert secret not in said


def test_without_transaction_search_nothing_is_taken(sandbox, caplog):
    with caplog.at_level(logging.ERROR), xray_tracing(sandbox.url) as tracer:
        tracer.start_span("lost").end()
    assert "400" in caplog.text
    answer = post(sandbox, fresh("lost").SerializeToString())
    assert status_of(answer).startswith(
        "The OTLP API is supported with CloudWatch Logs as a Trace Segment Destination."
    )
    assert set(recorded(sandbox)) == {("xray", refusals.NOT_SEARCHING, 400)}
    assert segments(sandbox) == []


@pytest.mark.parametrize("path", ["/v1/logs", "/v1/metrics"])
def test_the_other_signals_are_refused_by_name(searching, path):
    service = {"/v1/logs": "logs", "/v1/metrics": "monitoring"}[path]
    answer = post(searching, b"", auth=SigV4(service=service), path=path)
    assert answer.status_code == 501
    assert f"The OTLP endpoint {path} is not emulated" in status_of(answer)


@pytest.mark.parametrize(
    ("body", "content_type", "headers", "status"),
    [
        pytest.param(b"\xff" * 100, PROTOBUF, {}, 400, id="garbage"),
        pytest.param(b"{", JSON, {}, 400, id="json cut off"),
        pytest.param(b"x", PROTOBUF, GZIP, 400, id="not gzip"),
        pytest.param(b"", PROTOBUF, {"Content-Encoding": "deflate"}, 400, id="deflate"),
        pytest.param(b"", "text/plain", {}, 415, id="another form"),
        pytest.param(gzip.compress(bytes(BODY_LIMIT + 1)), PROTOBUF, GZIP, 400, id="too long"),
        pytest.param(
            fresh(*["a"] * (SPANS_LIMIT + 1)).SerializeToString(), PROTOBUF, {}, 400, id="too many"
        ),
        pytest.param(
            message("new", start_ns=time.time_ns() + 3 * HOUR_NS).SerializeToString(),
            *(PROTOBUF, {}, 400),
            id="too new",
        ),
        pytest.param(
            message("old", start_ns=time.time_ns() - 15 * 24 * HOUR_NS).SerializeToString(),
            *(PROTOBUF, {}, 400),
            id="too old",
        ),
    ],
)
def test_what_the_endpoint_does_not_take_is_refused_as_a_whole(
    searching, body, content_type, headers, status
):
    answer = post(searching, body, content_type, **headers)
    assert answer.status_code == status
    assert recorded(searching)[0][0] == "xray"
    assert segments(searching) == []


def test_spans_a_day_apart_are_not_taken_together(searching):
    export = fresh("now")
    export.MergeFrom(message("before", start_ns=time.time_ns() - 25 * HOUR_NS))
    assert "24 hours" in status_of(post(searching, export.SerializeToString()))


def test_a_span_that_is_refused_alone_is_told_in_a_partial_success(searching):
    export = fresh("good", "no id", "too large", "no trace", "odd parent")
    spans = export.resource_spans[0].scope_spans[0].spans
    spans[1].span_id = b""
    spans[2].attributes.add(key="large").value.string_value = "x" * SPAN_LIMIT
    spans[3].trace_id = bytes(16)
    spans[4].parent_span_id = b"abc"
    answer = post(searching, export.SerializeToString())
    partial = ExportTraceServiceResponse.FromString(answer.content).partial_success
    assert (answer.status_code, partial.rejected_spans) == (200, 4)
    assert partial.error_message == "A span has no valid id."
    assert [segment.name for segment in segments(searching)] == ["good"]


def test_an_empty_export_is_a_success(searching):
    assert post(searching, b"").status_code == 200
    assert segments(searching) == []
