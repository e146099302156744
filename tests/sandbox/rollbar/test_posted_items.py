"""What is taken at `/api/1/item/`, what is refused, and with which words."""

import json

import pytest
import requests
from rollbar_clients import (
    exception,
    get,
    items,
    message,
    occurrences,
    patch,
    post,
    refused,
    send,
    trace,
)

from workshop.sandbox import refusals
from workshop.sandbox.rollbar.payload import BODY_LIMIT

# Built up, so that none of them is found by a search for keys.
REAL_TOKENS = ["0123456789abcdef" * 2, "9f" * 64]
BODY = {"message": {"body": "hello"}}
FRAMES = [{"filename": "a.py"}]
RAISED = {"class": "KeyError"}


def said(answer):
    return answer.status_code, answer.json()["err"], answer.json()["message"]


@pytest.mark.parametrize("path", ["/api/1/item/", "/api/1/item"])
def test_an_item_is_acknowledged_by_its_uuid(sandbox, path):
    answer = post(sandbox, message("hello", uuid="d4c7acef55bf4c9ea95e4fe9428a8287"), path=path)
    assert answer.status_code == 200
    assert answer.json() == {
        "err": 0,
        "result": {"id": None, "uuid": "d4c7acef55bf4c9ea95e4fe9428a8287"},
    }
    assert answer.headers["X-Rate-Limit-Limit"] == "5000"
    assert answer.headers["X-Rate-Limit-Remaining"] == "4999"
    assert answer.headers["X-Rate-Limit-Remaining-Seconds"] == "60"


def test_an_item_without_a_uuid_gets_one(sandbox):
    made = post(sandbox, message("hello")).json()["result"]["uuid"]
    assert [each.uuid for each in occurrences(sandbox)] == [made]


def test_what_is_sent_twice_counts_once(sandbox):
    payload = message("hello", uuid="1" * 32)
    send(sandbox, payload, payload)
    assert [item.total_occurrences for item in items(sandbox)] == [1]


@pytest.mark.parametrize("where", ["body", "query", "form", "unlabelled form"])
def test_a_token_may_also_be_in_the_body_or_the_query(sandbox, where):
    url = f"{sandbox.url}/api/1/item/"
    payload = message("hello")
    text = json.dumps({"access_token": "sandbox", **payload})
    if where == "body":
        answer = requests.post(url, data=text, timeout=10)
    elif where == "query":
        answer = requests.post(f"{url}?access_token=sandbox", json=payload, timeout=10)
    elif where == "form":
        answer = requests.post(url, data={"payload": text}, timeout=10)
    else:
        labelled = {"Content-Type": "application/x-www-form-urlencoded"}
        answer = requests.post(url, data=text, headers=labelled, timeout=10)
    assert answer.status_code == 200, answer.text
    assert [each.message for each in occurrences(sandbox)] == ["hello"]


@pytest.mark.parametrize("token", [None, ""])
def test_no_token_is_told_so(sandbox, token):
    assert said(post(sandbox, message("hello"), token)) == (401, 1, "access token is missing")
    (refusal,) = refused(sandbox)
    assert (refusal.vendor, refusal.kind) == ("rollbar", refusals.MISSING_KEY)


@pytest.mark.parametrize("token", ["wrong", "Sandbox", '"sandbox"', *REAL_TOKENS])
def test_another_token_is_refused_and_told_which_would_do(sandbox, token):
    # Told before the body is looked at: this one could not be read.
    status, err, words = said(post(sandbox, b"{", token))
    assert (status, err) == (401, 1)
    assert "sandbox-read" in words
    assert token not in words
    assert [each.kind for each in refused(sandbox)] == [refusals.UNKNOWN_KEY]
    assert items(sandbox) == []


@pytest.mark.parametrize("token", REAL_TOKENS)
def test_no_part_of_a_real_token_is_kept_or_printed(sandbox, capfd, caplog, token):
    text = json.dumps({"access_token": token, **message("hello")})
    url = f"{sandbox.url}/api/1/item/"
    assert requests.post(url, data=text, timeout=10).status_code == 401
    assert requests.post(f"{url}?access_token={token}", data="{}", timeout=10).status_code == 401
    assert post(sandbox, message("hello"), token, path=f"/api/1/rql/{token}").status_code == 501
    assert post(sandbox, message("hello"), token, path=f"/api/1/{token}").status_code == 404
    assert get(sandbox, f"/api/1/items?{token}=1").status_code == 501
    assert post(sandbox, {"access_token": token, **message("kept")}).status_code == 200
    kept = b"".join(file.read_bytes() for file in sandbox.data_dir.rglob("*") if file.is_file())
    printed = "".join(capfd.readouterr()) + caplog.text
    assert b"kept" in kept
    pieces = [token[start : start + 8] for start in range(len(token) - 7)]
    assert [piece for piece in pieces if piece.encode() in kept or piece in printed] == []


@pytest.mark.parametrize("scope", ["read", "write"])
def test_a_token_of_another_scope_may_not_post(sandbox, scope):
    assert said(post(sandbox, message("hello"), f"sandbox-{scope}")) == (
        403,
        1,
        "insufficient privileges: post_server_item scope is required but the access token only has"
        f" {scope}.",
    )
    assert [each.kind for each in refused(sandbox)] == ["scope"]


@pytest.mark.parametrize("platform", ["browser", "client"])
def test_client_items_need_a_token_that_is_not_here(sandbox, platform):
    status, _, words = said(post(sandbox, message("hello", platform=platform)))
    assert status == 403
    assert words.startswith("insufficient privileges: post_client_item scope is required")
    assert items(sandbox) == []


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b"[" * 100_000, b"hello=1"])
def test_what_is_no_json_is_a_bad_request(sandbox, body):
    assert said(post(sandbox, body))[:2] == (400, 1)


@pytest.mark.parametrize(("levels", "status"), [(150, 200), (250, 422), (900, 422)])
def test_what_was_taken_can_be_read_however_deep_it_is(sandbox, levels, status):
    nested = []
    for _ in range(levels):
        nested = [nested]
    assert post(sandbox, message("hello", custom={"nested": nested})).status_code == status
    assert get(sandbox, "/api/1/instances").status_code == 200


def test_a_body_may_have_a_mebibyte(sandbox):
    frame = json.dumps(message("")).encode()
    room = BODY_LIMIT - len(frame)
    assert post(sandbox, json.dumps(message("x" * room)).encode()).status_code == 200
    assert said(post(sandbox, json.dumps(message("x" * (room + 1))).encode())) == (
        413,
        1,
        "request entity too large",
    )
    assert [item.total_occurrences for item in items(sandbox)] == [1]


@pytest.mark.parametrize(
    ("payload", "words"),
    [
        ([], "The payload is not an object."),
        ({}, "data is missing and it is required."),
        ({"data": []}, "data is not an object."),
        ({"data": {"body": BODY}}, "data.environment is missing and it is required."),
        ({"data": {"environment": "e"}}, "data.body is missing and it is required."),
        (
            message("hello", environment="e" * 256),
            "data.environment is longer than 255 characters.",
        ),
        (
            message("hello", level="fatal"),
            "data.level is not one of critical, error, warning, info",
        ),
        (message("hello", uuid="u" * 37), "data.uuid is longer than 36 characters."),
        (message("hello", title="t" * 256), "data.title is longer than 255 characters."),
        (message("hello", fingerprint=7), "data.fingerprint is not a string."),
        (message("hello", timestamp="now"), "data.timestamp is not a number."),
        (message("hello", timestamp=1e13), "data.timestamp is not in seconds since 1970."),
        (message("hello", person="me"), "data.person is not an object."),
        (message(""), "data.body.message.body is missing and it is required."),
        (message(7), "data.body.message.body is not a string."),
        ({"data": {"environment": "e", "body": {"x": 1}}}, "it has none."),
        (
            {"data": {"environment": "e", "body": {**BODY, "trace": trace("f")}}},
            "data.body needs exactly one of trace, trace_chain, message, crash_report; it has"
            " trace and message.",
        ),
        (
            {"data": {"environment": "e", "body": {"crash_report": {}}}},
            "data.body.crash_report.raw is missing and it is required.",
        ),
        (
            {"data": {"environment": "e", "body": {"trace": {"frames": FRAMES}}}},
            "data.body.trace.exception is missing and it is required.",
        ),
        (
            {"data": {"environment": "e", "body": {"trace": {"exception": RAISED}}}},
            "data.body.trace.frames is missing and it is required.",
        ),
        (
            {"data": {"environment": "e", "body": {"trace_chain": []}}},
            "data.body.trace_chain is empty.",
        ),
        (
            {
                "data": {
                    "environment": "e",
                    "body": {"trace_chain": [trace("f"), {"frames": [{}], "exception": RAISED}]},
                }
            },
            "data.body.trace_chain[1].frames[0].filename is missing and it is required.",
        ),
    ],
)
def test_what_breaks_a_rule_is_told_which(sandbox, payload, words):
    status, err, told = said(post(sandbox, payload))
    assert (status, err) == (422, 1)
    assert words in told
    assert items(sandbox) == []


@pytest.mark.parametrize(
    ("payload", "level"),
    [
        (message("hello"), "info"),
        (exception("f"), "error"),
        (message("hello", level="debug"), "debug"),
        (exception("f", more={"level": "critical"}), "critical"),
    ],
)
def test_a_level_that_is_not_told_follows_from_the_kind(sandbox, payload, level):
    send(sandbox, payload)
    assert [item.level for item in items(sandbox)] == [level]


def test_odd_texts_and_numbers_are_kept(sandbox):
    body = json.dumps(message("half \ud800 a pair", custom={"rate": float("nan")}, environment="e"))
    assert post(sandbox, body.encode()).status_code == 200
    (occurrence,) = occurrences(sandbox)
    assert occurrence.custom == {"rate": "NaN"}
    assert occurrence.message == "half \ud800 a pair"


def test_a_resolved_item_is_active_again_with_its_next_occurrence(sandbox):
    send(sandbox, exception("pay"))
    (item,) = items(sandbox)
    assert patch(sandbox, item.id, status="resolved").json()["result"]["status"] == "resolved"
    assert not items(sandbox)[0].is_reactivated
    send(sandbox, exception("pay"))
    (again,) = items(sandbox)
    assert (again.id, again.status, again.is_reactivated) == (item.id, "active", True)
    assert again.activating_occurrence_id == again.last_occurrence_id
    assert again.last_resolved is not None
    assert again.total_occurrences == 2


def test_a_muted_item_stays_muted(sandbox):
    send(sandbox, exception("pay"))
    (item,) = items(sandbox)
    assert patch(sandbox, item.id, status="muted").status_code == 200
    send(sandbox, exception("pay"))
    assert [(each.status, each.total_occurrences) for each in items(sandbox)] == [("muted", 2)]


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({}, 422),
        ({"status": "gone"}, 422),
        ({"level": "fatal"}, 422),
        ({"title": ""}, 422),
        ({"status": "archived"}, 501),
        ({"assigned_user_id": 1}, 501),
        ({"status": "resolved", "resolved_in_version": "1.2"}, 501),
    ],
)
def test_a_change_that_is_not_possible_changes_nothing(sandbox, changes, status):
    send(sandbox, exception("pay"))
    before = items(sandbox)
    assert patch(sandbox, before[0].id, **changes).status_code == status
    assert items(sandbox) == before


def test_only_a_write_token_changes_items(sandbox):
    send(sandbox, exception("pay"))
    (item,) = items(sandbox)
    for token in ("sandbox", "sandbox-read"):
        assert patch(sandbox, item.id, token, status="resolved").status_code == 403
    assert patch(sandbox, item.id, level="critical", title="Paying").status_code == 200
    (changed,) = items(sandbox)
    assert (changed.level, changed.title, changed.status) == ("critical", "Paying", "active")
    assert patch(sandbox, 5, status="resolved").status_code == 404
