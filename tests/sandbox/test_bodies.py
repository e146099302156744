"""A body that is too long, cut off or garbage gets the vendor's answer and harms nothing."""

import gzip
import io
import json
import random
import socket
import tracemalloc
import zlib

import pytest
from google.rpc.status_pb2 import Status
from otlp_clients import JSON, PROTOBUF, message, post

from workshop.sandbox.honeycomb.body import BODY_LIMIT, read_body
from workshop.sandbox.honeycomb.errors import OtlpError
from workshop.sandbox.honeycomb.traces import read_traces
from workshop.sandbox.http_server import RAW_BODY_LIMIT
from workshop.sandbox.refusals import BODY, read_refusals

GOOD = message("kept").SerializeToString()
MIB = 1024 * 1024
GZIP = {"Content-Encoding": "gzip"}


def json_spans(**span):
    return json.dumps({"resourceSpans": [{"scopeSpans": [{"spans": [span]}]}]}).encode()


@pytest.mark.parametrize(
    ("body", "content_type", "headers"),
    [
        pytest.param(b"\xff" * 100, PROTOBUF, {}, id="garbage"),
        pytest.param(GOOD[:-1], PROTOBUF, {}, id="protobuf cut off"),
        pytest.param(b"{", JSON, {}, id="json cut off"),
        pytest.param(b"", JSON, {}, id="json empty"),
        pytest.param(b"null", JSON, {}, id="json null"),
        pytest.param(b"[]", JSON, {}, id="json list"),
        pytest.param(b"\xff\xfe", JSON, {}, id="json not text"),
        pytest.param(b'{"resourceSpans": 5}', JSON, {}, id="json another shape"),
        pytest.param(b'{"resourceSpans": ["x"]}', JSON, {}, id="json list of texts"),
        pytest.param(json_spans(traceId="zz"), JSON, {}, id="json id not hexadecimal"),
        pytest.param(json_spans(traceId=5), JSON, {}, id="json id a number"),
        pytest.param(json_spans(name="\ud800"), JSON, {}, id="json half a character"),
        pytest.param(json_spans(startTimeUnixNano=-1), JSON, {}, id="json negative time"),
        pytest.param(b'{"resourceSpans": NaN}', JSON, {}, id="json NaN"),
        pytest.param(b'{"a":' + b"[" * 100_000, JSON, {}, id="json too deep"),
        pytest.param(gzip.compress(GOOD)[:-9], PROTOBUF, GZIP, id="gzip cut off"),
        pytest.param(gzip.compress(GOOD)[:5], PROTOBUF, GZIP, id="gzip header cut off"),
        pytest.param(GOOD, PROTOBUF, GZIP, id="not gzip"),
        pytest.param(b"", PROTOBUF, GZIP, id="gzip empty"),
        pytest.param(gzip.compress(GOOD) + b"x", PROTOBUF, GZIP, id="gzip and more"),
        pytest.param(zlib.compress(GOOD), PROTOBUF, {"Content-Encoding": "deflate"}, id="deflate"),
        pytest.param(GOOD, PROTOBUF, {"Content-Encoding": "zstd"}, id="zstd"),
        pytest.param(GOOD, PROTOBUF, {"Content-Encoding": "identity"}, id="identity"),
        pytest.param(bytes(BODY_LIMIT + 1), PROTOBUF, {}, id="one byte too long"),
        pytest.param(bytes(64 * MIB), PROTOBUF, {}, id="64 MiB"),
        pytest.param(gzip.compress(bytes(BODY_LIMIT + 1)), PROTOBUF, GZIP, id="unpacks too long"),
    ],
)
def test_a_bad_body_gets_the_vendors_answer_and_harms_nothing(sandbox, body, content_type, headers):
    assert post(sandbox.url, GOOD).status_code == 200
    answer = post(sandbox.url, body, content_type, **headers)
    assert answer.status_code == 400
    assert answer.headers["Content-Type"] == content_type
    if content_type == JSON:
        said = answer.json()["message"]
    else:
        said = Status.FromString(answer.content).message
    assert said.startswith("failed to parse OTLP request body: ")
    with sandbox.reader() as reader:
        assert [refusal.kind for refusal in read_refusals(reader)] == [BODY]
        assert [span.name for trace in read_traces(reader) for span in trace.spans] == ["kept"]
    assert post(sandbox.url, GOOD).status_code == 200


def test_zstd_is_refused_in_words_that_say_why(sandbox):
    answer = post(sandbox.url, GOOD, **{"Content-Encoding": "zstd"})
    assert "does not read zstd" in Status.FromString(answer.content).message


def test_a_body_of_exactly_the_limit_is_read(sandbox):
    request = message("long")
    span = request.resource_spans[0].scope_spans[0].spans[0]
    span.name = "x" * (BODY_LIMIT - request.ByteSize() - 13)
    span.name += "x" * (BODY_LIMIT - request.ByteSize())
    body = request.SerializeToString()
    assert len(body) == BODY_LIMIT
    assert post(sandbox.url, body).status_code == 200
    assert post(sandbox.url, gzip.compress(body, 1), **GZIP).status_code == 200


def test_gzip_in_several_members_is_read_as_one(sandbox):
    body = gzip.compress(GOOD[:10]) + gzip.compress(GOOD[10:])
    assert post(sandbox.url, body, **GZIP).status_code == 200


def test_a_gzip_bomb_is_unpacked_no_further_than_the_limit():
    squeezer = zlib.compressobj(1, wbits=31)
    bomb = b"".join(squeezer.compress(bytes(MIB)) for _ in range(256)) + squeezer.flush()
    assert len(bomb) < 2 * MIB
    tracemalloc.start()
    try:
        with pytest.raises(OtlpError, match="longer than"):
            read_body(io.BytesIO(bomb), len(bomb), "gzip")
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 2 * BODY_LIMIT + 4 * MIB


def test_a_body_beyond_all_measure_is_refused_before_it_is_sent(sandbox):
    head = (
        f"POST /v1/traces HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: {PROTOBUF}\r\n"
        f"x-honeycomb-team: sandbox\r\nContent-Length: {RAW_BODY_LIMIT + 1}\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", sandbox.port), timeout=10) as client:
        client.sendall(head.encode())
        assert client.recv(100).startswith(b"HTTP/1.1 413 ")
    assert post(sandbox.url, GOOD).status_code == 200


def test_a_request_that_breaks_off_leaves_nothing_behind(sandbox):
    head = (
        f"POST /v1/traces HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: {PROTOBUF}\r\n"
        f"x-honeycomb-team: sandbox\r\nContent-Length: {len(GOOD)}\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", sandbox.port), timeout=10) as client:
        client.sendall(head.encode() + GOOD[:-5])
    assert post(sandbox.url, GOOD).status_code == 200
    with sandbox.reader() as reader:
        assert len(read_traces(reader)[0].spans) == 1


def test_random_bodies_are_never_an_error_of_ours(sandbox):
    chance = random.Random(20261122)
    seeds = [GOOD, gzip.compress(GOOD), json_spans(traceId="ab" * 16, name="x", kind=1)]
    answers = []
    for _ in range(200):
        body = bytearray(chance.choice(seeds) if chance.random() < 0.8 else chance.randbytes(200))
        for _ in range(chance.randrange(6)):
            body[chance.randrange(len(body))] = chance.randrange(256)
        if chance.random() < 0.3:
            del body[chance.randrange(len(body)) :]
        headers = GZIP if chance.random() < 0.3 else {}
        content_type = chance.choice([PROTOBUF, JSON])
        answers.append(post(sandbox.url, bytes(body), content_type, **headers).status_code)
    assert set(answers) == {200, 400}


def test_json_of_random_shapes_is_never_an_error_of_ours(sandbox):
    chance = random.Random(4318)
    names = [
        "resourceSpans", "scopeSpans", "spans", "links", "events", "attributes", "resource",
        "scope", "traceId", "spanId", "name", "kind", "status", "key", "value", "stringValue",
        "intValue", "doubleValue", "arrayValue", "kvlistValue", "values", "startTimeUnixNano",
    ]  # fmt: skip
    leaves = [None, True, 5, -1, 1e300, 10**30, "x", "ab" * 8, "1", "SPAN_KIND_SERVER", [], {}]

    def grow(depth):
        if depth == 0 or chance.random() < 0.2:
            return chance.choice(leaves)
        if chance.random() < 0.4:
            return [grow(depth - 1) for _ in range(chance.randrange(3))]
        return {chance.choice(names): grow(depth - 1) for _ in range(chance.randrange(1, 4))}

    answers = set()
    for _ in range(200):
        tree = {"resourceSpans": [{"scopeSpans": [{"spans": [grow(4)], "scope": grow(2)}]}]}
        answers.add(post(sandbox.url, json.dumps(tree).encode(), JSON).status_code)
    assert answers == {200, 400}
    with sandbox.reader() as reader:
        assert read_traces(reader)
