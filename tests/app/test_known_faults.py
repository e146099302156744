"""The faults that the app starts with. The course finds them one by one; here they are facts."""

import logging
import time

import pytest

from app import avatars, db
from app.services import search_activities

HOME = ["noor", "kofi", "tilda", "ravi", "ines", "wren"]


@pytest.fixture
def derivations(monkeypatch):
    """One entry for each time that a signing key was made."""
    made = []
    derive = avatars.derive_key

    def derive_and_note():
        made.append(1)
        return derive()

    monkeypatch.setattr(avatars, "derive_key", derive_and_note)
    return made


def test_home_asks_for_profiles_one_by_one(api, profiles_service, derivations):
    api.get("/api/activities/home")
    assert profiles_service.asked == [f"/profiles/{handle}" for handle in HOME]
    assert len(derivations) == 6


def test_one_batch_would_cost_as_much_as_one_profile(api, profiles_api, derivations):
    found = profiles_api.get(f"/profiles?handles={','.join(HOME)}").json["profiles"]
    assert {profile["handle"] for profile in found} == set(HOME)
    assert len(derivations) == 1


def test_a_signing_key_costs_milliseconds_of_cpu():
    started = time.thread_time()
    avatars.derive_key()
    assert time.thread_time() - started > 0.005


def test_search_spends_its_time_on_ranking(api, monkeypatch):
    spent = {"select": 0.0, "rank": 0.0}

    def measured(name, function):
        def call(*args):
            started = time.thread_time()
            result = function(*args)
            spent[name] += time.thread_time() - started
            return result

        return call

    monkeypatch.setattr(db, "select", measured("select", db.select))
    monkeypatch.setattr(search_activities, "rank", measured("rank", search_activities.rank))
    assert api.get("/api/activities/search?term=bread").status_code == 200
    assert spent["rank"] > 0.02
    assert spent["rank"] > 5 * spent["select"]


def test_search_asks_no_profiles(api, profiles_service):
    api.get("/api/activities/search?term=bread")
    assert profiles_service.asked == []


@pytest.mark.parametrize("ttl", ["1-day", "1-hour"])
def test_one_of_a_unit_is_an_accepted_ttl_that_fails(api, ttl, caplog):
    response = api.post("/api/activities", json={"message": "Hello", "ttl": ttl})
    assert response.status_code == 500
    assert "internal error" in response.json["error"]
    failure = caplog.records[-1].exc_info
    assert failure[0] is TypeError
    assert f"'{ttl[2:]}' is an invalid keyword argument" in str(failure[1])


@pytest.mark.parametrize("page", ["/api/activities/notifications", "/api/activities/@otto"])
def test_a_person_without_avatar_fails_in_profiles_and_nobody_notices(
    api, profiles_service, page, caplog
):
    response = api.get(page)
    assert response.status_code == 200
    rows = [row for row in response.json if row["handle"] == "otto"]
    assert rows
    assert {(row["display_name"], row["avatar_url"]) for row in rows} == {("otto", None)}
    statuses = dict(zip(profiles_service.asked, profiles_service.answered, strict=True))
    assert statuses.pop("/profiles/otto") == 500
    assert set(statuses.values()) <= {200}
    lines = [record.getMessage() for record in caplog.records if record.levelname == "WARNING"]
    assert len(lines) == 1
    assert lines[0].startswith("no profile for otto: 500 Server Error")


def test_that_person_is_not_on_the_home_page(api):
    assert "otto" not in [post["handle"] for post in api.get("/api/activities/home").json]


def test_that_person_fails_a_whole_batch(profiles_api):
    assert profiles_api.get("/profiles?handles=noor,otto").status_code == 500


def test_a_private_message_is_logged_with_the_senders_address(api, caplog):
    caplog.set_level(logging.INFO)
    body = {"message": "Nobody else may know.", "user_receiver_handle": "mei"}
    assert api.post("/api/messages", json=body).status_code == 201
    line = next(record for record in caplog.records if record.name == "app.services.messages")
    assert line.levelname == "INFO"
    assert "noor@example.com" in line.getMessage()
    assert "Nobody else may know." in line.getMessage()
