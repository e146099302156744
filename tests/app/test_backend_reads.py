"""What the backend service answers to those who read."""

import pytest

ACTIVITY_FIELDS = {
    "uuid",
    "handle",
    "display_name",
    "avatar_url",
    "message",
    "created_at",
    "expires_at",
    "likes_count",
    "replies_count",
}
FIRST_POST_OF_NOOR = "9f199504-99dd-451d-a512-148239292d22"
HOME = ["noor", "kofi", "tilda", "ravi", "ines", "wren"]


def test_health_check(api):
    response = api.get("/api/health-check")
    assert (response.status_code, response.json) == (200, {"success": True})


def test_home_shows_the_newest_post_of_six_people(api):
    feed = api.get("/api/activities/home").json
    assert [post["handle"] for post in feed] == HOME
    assert set(feed[0]) == ACTIVITY_FIELDS
    assert feed[4]["display_name"] == "Inês Duarte"
    assert feed[4]["avatar_url"].startswith("https://avatars.example.com/ines.png?signature=")
    times = [post["created_at"] for post in feed]
    assert times == sorted(times, reverse=True)


def test_home_is_six_people_however_much_one_of_them_posts(api):
    for number in range(10):
        body = {"message": f"number {number}", "ttl": "3-hours"}
        assert api.post("/api/activities", json=body, headers={"X-User": "wren"}).status_code == 201
    feed = api.get("/api/activities/home").json
    assert [post["handle"] for post in feed] == ["wren", "noor", "kofi", "tilda", "ravi", "ines"]
    assert feed[0]["message"] == "number 9"


def test_notifications_are_replies_of_others_to_you(api):
    replies = api.get("/api/activities/notifications").json
    assert len(replies) == 10
    assert {reply["handle"] for reply in replies} == {
        "ines",
        "kofi",
        "otto",
        "ravi",
        "tilda",
        "wren",
    }
    assert set(replies[0]) == ACTIVITY_FIELDS | {"reply_to_activity_uuid"}
    for reply in replies:
        parent = api.get(f"/api/activities/{reply['reply_to_activity_uuid']}").json
        assert parent["handle"] == "noor"


def test_notifications_of_somebody_else(api):
    replies = api.get("/api/activities/notifications", headers={"X-User": "mei"}).json
    assert replies == []


def test_posts_of_one_person(api):
    posts = api.get("/api/activities/@mei").json
    assert len(posts) == 5
    assert {post["handle"] for post in posts} == {"mei"}
    assert {post["display_name"] for post in posts} == {"Mei Tanaka"}
    assert set(posts[0]) == ACTIVITY_FIELDS


def test_one_activity_with_its_replies(api):
    activity = api.get(f"/api/activities/{FIRST_POST_OF_NOOR}").json
    assert activity["display_name"] == "Noor Haddad"
    assert activity["replies_count"] == 2
    assert [reply["handle"] for reply in activity["replies"]] == ["otto", "tilda"]
    assert {reply["reply_to_activity_uuid"] for reply in activity["replies"]} == {
        FIRST_POST_OF_NOOR
    }


@pytest.mark.parametrize("term", ["bread", "BREAD", "  bread "])
def test_search_finds_posts_and_replies(api, term):
    hits = api.get("/api/activities/search", query_string={"term": term}).json
    assert len(hits) == 10
    assert all("bread" in hit["message"].lower() for hit in hits)
    assert set(hits[0]) == ACTIVITY_FIELDS - {"display_name", "avatar_url"}


@pytest.mark.parametrize("term", ["100%", "_", "!", "xyzzy"])
def test_search_takes_signs_as_they_are(api, term):
    hits = api.get("/api/activities/search", query_string={"term": term}).json
    assert all(term in hit["message"] for hit in hits)
    assert hits == []


def test_message_groups_are_the_last_messages_with_each_person(api):
    groups = api.get("/api/message_groups").json
    assert [group["handle"] for group in groups] == ["kofi", "ines", "tilda", "ravi"]
    assert groups[3]["display_name"] == "Ravi Menon"
    assert groups[3]["message"].startswith("Rang three times")


def test_messages_with_one_person_go_both_ways(api):
    found = api.get("/api/messages/@ravi").json
    assert [message["handle"] for message in found] == ["ravi", "noor", "ravi"]
    assert set(found[0]) == {
        "uuid",
        "handle",
        "display_name",
        "avatar_url",
        "message",
        "created_at",
    }
    assert api.get("/api/messages/@mei").json == []


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("/api/activities/@nobody", 404, "'nobody'"),
        ("/api/activities/no-such-uuid", 404, "'no-such-uuid'"),
        ("/api/messages/@nobody", 404, "'nobody'"),
        ("/api/activities/search", 422, "term is missing or blank"),
        ("/api/activities/search?term=+", 422, "term is missing or blank"),
        ("/api/activities/search?term=" + "a" * 101, 422, "term has 101 characters"),
        ("/api/no-such-page", 404, "not found"),
        ("/api/messages", 405, "not allowed"),
    ],
)
def test_what_cannot_be_had_is_a_json_error(api, path, status, words):
    response = api.get(path)
    assert response.status_code == status
    assert set(response.json) == {"error"}
    assert words in response.json["error"]


@pytest.mark.parametrize("path", ["/api/activities/notifications", "/api/message_groups"])
def test_a_stranger_is_told_so(api, path):
    response = api.get(path, headers={"X-User": "stranger"})
    assert (response.status_code, response.json) == (
        404,
        {"error": "Nobody here is called 'stranger'."},
    )
