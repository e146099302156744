"""Each refusal is the vendor's own, and is remembered without the key and the body."""

import json

import pytest
import requests
from google.rpc.status_pb2 import Status
from otlp_clients import JSON, PROTOBUF, message, post

from workshop.sandbox import refusals
from workshop.sandbox.honeycomb.traces import read_traces
from workshop.sandbox.refusals import read_refusals

BODY = message("a").SerializeToString()
CLASSIC = "0123456789abcdef" * 2
CLASSIC_INGEST = "hcaic_" + "0a" * 29
# Of the forms that real keys have; made here, so that no scanner takes them for some.
REAL_KEYS = [
    "hcaik_" + "0a1b" * 14 + "wc",
    "hcblk_" + "0a1b" * 6 + "tw",
    "".join(f"{upper}{lower}" for upper, lower in zip("ACEGIKMOQSU", "bdfhjlnprtv", strict=True)),
]
UNSUPPORTED = (
    "unsupported content-type, valid types are: "
    "application/protobuf, application/x-protobuf, application/json"
)
UNKNOWN = "unknown API key - check your credentials"


def recorded(sandbox):
    with sandbox.reader() as reader:
        return read_refusals(reader)


@pytest.mark.parametrize(
    "content_type", [None, "text/plain", "application/json; charset=utf-8", "APPLICATION/JSON"]
)
@pytest.mark.parametrize("key", ["sandbox", None, "wrong"])
def test_another_content_type_is_refused_first_and_in_plain_text(sandbox, content_type, key):
    answer = post(sandbox.url, BODY, content_type, key)
    assert (answer.status_code, answer.text) == (415, UNSUPPORTED)
    assert answer.headers["Content-Type"] == "text/plain"
    (refusal,) = recorded(sandbox)
    assert refusal.kind == refusals.CONTENT_TYPE
    assert refusal.status == 415


@pytest.mark.parametrize(
    ("key", "kind", "text"),
    [
        (None, refusals.MISSING_KEY, "missing 'x-honeycomb-team' header"),
        ("", refusals.MISSING_KEY, "missing 'x-honeycomb-team' header"),
        ("wrong", refusals.UNKNOWN_KEY, UNKNOWN),
        ("Sandbox", refusals.UNKNOWN_KEY, UNKNOWN),
        ('"sandbox"', refusals.UNKNOWN_KEY, UNKNOWN),
        (CLASSIC, refusals.MISSING_DATASET, "missing 'x-honeycomb-dataset' header"),
        (CLASSIC_INGEST, refusals.MISSING_DATASET, "missing 'x-honeycomb-dataset' header"),
        *[(key, refusals.UNKNOWN_KEY, UNKNOWN) for key in REAL_KEYS],
    ],
)
def test_a_key_that_is_not_the_sandboxes_own_is_refused(sandbox, key, kind, text):
    # Told before the body is looked at: this one could not be read.
    answer = post(sandbox.url, b"\xff\xff", PROTOBUF, key)
    assert answer.status_code == 401
    assert answer.headers["Content-Type"] == PROTOBUF
    assert Status.FromString(answer.content) == Status(message=text)
    answer = post(sandbox.url, b"{", JSON, key)
    assert (answer.status_code, json.loads(answer.content)) == (401, {"message": text})
    assert [(each.kind, each.reason) for each in recorded(sandbox)] == [(kind, text)] * 2


def test_a_classic_key_with_its_dataset_is_as_unknown_as_any_other(sandbox):
    answer = post(sandbox.url, BODY, PROTOBUF, CLASSIC, **{"x-honeycomb-dataset": "d"})
    assert (answer.status_code, Status.FromString(answer.content).message) == (401, UNKNOWN)


@pytest.mark.parametrize("key", [*REAL_KEYS, CLASSIC, CLASSIC_INGEST])
def test_no_part_of_a_real_key_is_kept_or_printed(sandbox, capfd, caplog, key):
    post(sandbox.url, BODY, key=key)
    post(sandbox.url, BODY, "text/plain", key=key)
    requests.get(f"{sandbox.url}/1/auth", headers={"X-Honeycomb-Team": key}, timeout=10)
    kept = b"".join(file.read_bytes() for file in sandbox.data_dir.rglob("*") if file.is_file())
    assert b"unknown API key" in kept
    printed = "".join(capfd.readouterr()) + caplog.text
    pieces = [key[start : start + 8] for start in range(len(key) - 7)]
    assert [piece for piece in pieces if piece.encode() in kept or piece in printed] == []


@pytest.mark.parametrize("key", [*REAL_KEYS, CLASSIC])
def test_a_key_in_a_path_or_a_user_agent_is_not_kept_either(sandbox, key):
    post(sandbox.url, BODY, path=f"/{key}/v1/traces?key={key}", **{"User-Agent": f"curl {key}"})
    (refusal,) = recorded(sandbox)
    assert (refusal.path, refusal.user_agent) == ("/…/v1/traces", "curl …")


@pytest.mark.parametrize(
    "path", ["/v1/traces/v1/traces", "/v1/traces/", "/v1//traces", "/v1", "/1/batch/backend"]
)
def test_an_unknown_path_is_remembered(sandbox, path):
    answer = post(sandbox.url, BODY, path=path, **{"User-Agent": "exporter/1"})
    assert answer.status_code == 404
    (refusal,) = recorded(sandbox)
    assert refusal.kind == refusals.UNKNOWN_PATH
    assert (refusal.vendor, refusal.status) == ("honeycomb", 404)
    assert (refusal.path, refusal.user_agent) == (path, "exporter/1")


def test_a_browser_that_looks_around_is_not_a_refusal(sandbox):
    assert requests.get(f"{sandbox.url}/favicon.ico", timeout=10).status_code == 404
    assert recorded(sandbox) == []


def test_another_method_is_told_and_remembered(sandbox):
    answer = requests.get(f"{sandbox.url}/v1/traces", timeout=10)
    assert answer.status_code == 405
    assert "POST" in answer.headers["Allow"]
    assert [each.kind for each in recorded(sandbox)] == [refusals.METHOD]


@pytest.mark.parametrize("signal", ["metrics", "logs"])
def test_other_signals_are_refused_honestly(sandbox, signal):
    answer = post(sandbox.url, b"", path=f"/v1/{signal}")
    assert answer.status_code == 501
    assert "traces only" in Status.FromString(answer.content).message
    assert signal in Status.FromString(answer.content).message
    assert post(sandbox.url, b"", "text/plain", path=f"/v1/{signal}").status_code == 501
    assert [each.kind for each in recorded(sandbox)] == [refusals.NOT_EMULATED] * 2


def test_auth_tells_whose_key_it_is(sandbox):
    url = f"{sandbox.url}/1/auth"
    answer = requests.get(url, headers={"X-Honeycomb-Team": "sandbox"}, timeout=10)
    assert answer.status_code == 200
    said = answer.json()
    assert said["api_key_access"]["events"] is True
    assert said["api_key_access"]["queries"] is False
    assert set(said["environment"]) == set(said["team"]) == {"name", "slug"}


@pytest.mark.parametrize(
    ("key", "kind"), [("wrong", refusals.UNKNOWN_KEY), (None, refusals.MISSING_KEY)]
)
def test_auth_refuses_another_key_in_json(sandbox, key, kind):
    headers = {"X-Honeycomb-Team": key} if key else {}
    answer = requests.get(f"{sandbox.url}/1/auth", headers=headers, timeout=10)
    assert (answer.status_code, answer.json()) == (401, {"error": UNKNOWN})
    assert [each.kind for each in recorded(sandbox)] == [kind]


def test_refusals_are_read_from_a_time_on(sandbox):
    post(sandbox.url, BODY, key=None)
    post(sandbox.url, BODY, key="wrong")
    first, second = recorded(sandbox)
    with sandbox.reader() as reader:
        assert read_refusals(reader, since_ns=second.time_ns) == [second]
        assert read_refusals(reader, since_ns=second.time_ns + 1) == []
        assert read_traces(reader) == []
    assert first.time_ns < second.time_ns
