"""What the backend service does for those who write."""

from datetime import datetime, timedelta

import pytest

from app.services import create_activity

SOMEBODYS_POST = "9f199504-99dd-451d-a512-148239292d22"


@pytest.mark.parametrize(
    ("ttl", "life"),
    [
        ("30-days", timedelta(days=30)),
        ("7-days", timedelta(days=7)),
        ("3-days", timedelta(days=3)),
        ("12-hours", timedelta(hours=12)),
        ("3-hours", timedelta(hours=3)),
    ],
)
def test_a_post_lives_as_long_as_asked(api, ttl, life):
    response = api.post("/api/activities", json={"message": " Hello ", "ttl": ttl})
    assert response.status_code == 201
    post = response.json
    assert (post["handle"], post["message"], post["likes_count"]) == ("noor", "Hello", 0)
    created, expires = (datetime.fromisoformat(post[key]) for key in ("created_at", "expires_at"))
    assert expires - created == life
    assert api.get(f"/api/activities/{post['uuid']}").json["message"] == "Hello"
    assert api.get("/api/activities/home").json[0]["uuid"] == post["uuid"]


def test_an_expired_post_is_gone(api, monkeypatch):
    monkeypatch.setattr(create_activity, "parse_ttl", lambda ttl: timedelta(seconds=-1))
    response = api.post("/api/activities", json={"message": "too late", "ttl": "3-hours"})
    assert response.status_code == 404
    assert api.get("/api/activities/home").json[0]["message"] != "too late"
    assert api.get("/api/activities/search?term=too+late").json == []


def test_a_reply_stands_below_its_activity_and_notifies(api):
    path = f"/api/activities/{SOMEBODYS_POST}"
    response = api.post(f"{path}/reply", json={"message": "Ha!"}, headers={"X-User": "mei"})
    assert response.status_code == 201
    assert response.json["reply_to_activity_uuid"] == SOMEBODYS_POST
    activity = api.get(path).json
    assert activity["replies_count"] == 3
    assert activity["replies"][-1]["uuid"] == response.json["uuid"]
    assert api.get("/api/activities/notifications").json[0]["message"] == "Ha!"


def test_a_reply_is_not_a_post(api):
    api.post(f"/api/activities/{SOMEBODYS_POST}/reply", json={"message": "Ha!"})
    assert "Ha!" not in [post["message"] for post in api.get("/api/activities/home").json]
    assert "Ha!" not in [post["message"] for post in api.get("/api/activities/@noor").json]


def test_a_reply_expires_with_its_activity(api):
    post = api.post("/api/activities", json={"message": "Hello", "ttl": "3-hours"}).json
    reply = api.post(f"/api/activities/{post['uuid']}/reply", json={"message": "Ha!"}).json
    assert reply["expires_at"] == post["expires_at"]


def test_a_message_reaches_both(api):
    body = {"message": "Hello", "user_receiver_handle": "mei"}
    response = api.post("/api/messages", json=body)
    assert response.status_code == 201
    sent = response.json
    assert (sent["sender_handle"], sent["receiver_handle"]) == ("noor", "mei")
    assert api.get("/api/messages/@mei").json[-1]["uuid"] == sent["uuid"]
    received = api.get("/api/message_groups", headers={"X-User": "mei"}).json[0]
    assert (received["handle"], received["uuid"]) == ("noor", sent["uuid"])


POSTS = "/api/activities"
REPLIES = f"/api/activities/{SOMEBODYS_POST}/reply"
MESSAGES = "/api/messages"


@pytest.mark.parametrize(
    ("path", "body", "status", "words"),
    [
        (POSTS, {"ttl": "3-days"}, 422, "message is missing or blank"),
        (POSTS, {"message": "  ", "ttl": "3-days"}, 422, "message is missing or blank"),
        (POSTS, {"message": 7, "ttl": "3-days"}, 422, "message is missing or blank"),
        (POSTS, {"message": "a" * 281, "ttl": "3-days"}, 422, "281 characters; 280"),
        (POSTS, {"message": "Hello"}, 422, "ttl must be one of 30-days"),
        (POSTS, {"message": "Hello", "ttl": "2-days"}, 422, "ttl must be one of 30-days"),
        (POSTS, {"message": "Hello", "ttl": ["3-days"]}, 422, "ttl must be one of 30-days"),
        (POSTS, ["Hello"], 400, "JSON object"),
        (REPLIES, {}, 422, "message is missing or blank"),
        (REPLIES, "Hello", 400, "JSON object"),
        ("/api/activities/no-such-uuid/reply", {"message": "Hello"}, 404, "'no-such-uuid'"),
        (MESSAGES, {"user_receiver_handle": "mei"}, 422, "message is missing or blank"),
        (MESSAGES, {"message": "Hello"}, 422, "user_receiver_handle is missing"),
        (MESSAGES, {"message": "Hello", "user_receiver_handle": "nobody"}, 404, "'nobody'"),
        (MESSAGES, {"message": "Hello", "user_receiver_handle": "noor"}, 422, "is your own"),
        (MESSAGES, {"message": "a" * 1025, "user_receiver_handle": "mei"}, 422, "1025 characters"),
    ],
)
def test_bad_input_is_a_json_error(api, path, body, status, words):
    response = api.post(path, json=body)
    assert response.status_code == status
    assert set(response.json) == {"error"}
    assert words in response.json["error"]


@pytest.mark.parametrize("path", [POSTS, REPLIES, MESSAGES])
@pytest.mark.parametrize(
    ("data", "content_type"),
    [
        (b"", "application/json"),
        (b"{", "application/json"),
        (b"\xff", "application/json"),
        (b'{"message": "Hello"}', "text/plain"),
    ],
)
def test_a_body_that_is_not_json_is_an_error(api, path, data, content_type):
    response = api.post(path, data=data, content_type=content_type)
    assert response.status_code == 400
    assert "JSON object" in response.json["error"]


@pytest.mark.parametrize(
    ("path", "body"),
    [
        (POSTS, {"message": "Hello", "ttl": "3-days"}),
        (REPLIES, {"message": "Hello"}),
        (MESSAGES, {"message": "Hello", "user_receiver_handle": "mei"}),
    ],
)
def test_a_stranger_cannot_write(api, path, body):
    response = api.post(path, json=body, headers={"X-User": "stranger"})
    assert response.status_code == 404
    assert "'stranger'" in response.json["error"]
