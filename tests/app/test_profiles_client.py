"""How backend fares with the profiles service: there, ill, silent, or not there."""

import socket

import pytest

from app.services import profiles_client

PAGES = [
    "/api/activities/home",
    "/api/activities/notifications",
    "/api/activities/@noor",
    "/api/message_groups",
]


@pytest.fixture
def listener(monkeypatch):
    """A port that profiles should have: it accepts, and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"http://127.0.0.1:{server.getsockname()[1]}"
        monkeypatch.setattr(profiles_client, "PROFILES_URL", url)
        yield server


def test_profiles_come_by_handle(profiles_service):
    profiles = profiles_client.fetch_profiles(["noor", "ines"])
    assert list(profiles) == ["noor", "ines"]
    assert profiles["ines"]["display_name"] == "Inês Duarte"


def test_no_handles_no_requests(profiles_service):
    assert profiles_client.fetch_profiles([]) == {}
    assert profiles_service.asked == []


def test_nobody_is_left_out(profiles_service):
    assert set(profiles_client.fetch_profiles(["noor", "nobody"])) == {"noor"}


def test_each_person_is_asked_for_once(api, profiles_service):
    posts = api.get("/api/activities/@noor").json
    assert len(posts) > 1
    assert profiles_service.asked == ["/profiles/noor"]


@pytest.mark.parametrize("page", PAGES)
def test_without_profiles_pages_show_handles(backend, listener, page, caplog):
    listener.close()
    response = backend.test_client().get(page)
    assert response.status_code == 200
    for row in response.json:
        assert (row["display_name"], row["avatar_url"]) == (row["handle"], None)
    handles = {row["handle"] for row in response.json}
    lines = [record.getMessage() for record in caplog.records]
    assert len(lines) == len(handles)
    assert all(line.startswith("no profile for ") for line in lines)


def test_silence_ends_with_the_time_limit(listener, monkeypatch):
    monkeypatch.setattr(profiles_client, "TIMEOUT_SECONDS", 0.05)
    assert profiles_client.fetch_profiles(["noor"]) == {}


def test_an_answer_that_is_not_json_is_no_profile(babble):
    assert profiles_client.fetch_profiles(["noor"]) == {}
    assert (babble.asked, babble.answered) == (["/profiles/noor"], [200])
