"""Rollbar's read API, asked by plain HTTP."""

import time

import pytest
import requests
from rollbar_clients import (
    exception,
    get,
    items,
    message,
    occurrences,
    post,
    refused,
    result,
    send,
)

from workshop.sandbox import refusals


@pytest.fixture
def shop(sandbox):
    """A sandbox with four items, of which the last one is resolved."""
    send(
        sandbox,
        exception("pay", more={"framework": "flask", "timestamp": 1_700_000_000}),
        exception("pay", more={"timestamp": 1_700_000_060}),
        exception("list", environment="staging", kind="KeyError", message="'price'"),
        message("Paying is slow", level="warning"),
        message("Done", level="debug"),
    )
    done = next(item for item in items(sandbox) if item.title == "Done")
    answer = requests.patch(
        f"{sandbox.url}/api/1/item/{done.id}?access_token=sandbox-write",
        json={"status": "resolved"},
        timeout=10,
    )
    assert answer.status_code == 200
    return sandbox


def titles(sandbox, query):
    return [item["title"] for item in result(sandbox, f"/api/1/items/{query}")["items"]]


DONE, SLOW, KEY, ZERO = (
    "Done",
    "Paying is slow",
    "KeyError: 'price'",
    "ZeroDivisionError: division by zero",
)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", [DONE, SLOW, KEY, ZERO]),
        ("?status=active", [SLOW, KEY, ZERO]),
        ("?status=resolved", [DONE]),
        ("?status=muted", []),
        ("?status=active&status=resolved", [DONE, SLOW, KEY, ZERO]),
        ("?level=error", [KEY, ZERO]),
        ("?level=debug&level=warning", [DONE, SLOW]),
        ("?environment=staging", [KEY]),
        ("?environment=production&level=error", [ZERO]),
        ("?framework=flask", [ZERO]),
        ("?query=slow", [SLOW]),
        ("?q=division%20ZERO", [ZERO]),
        ("?query=%25", []),
        ("?ids=1000001,1000004", [DONE, ZERO]),
        ("?limit=2", [DONE, SLOW]),
        ("?limit=2&page=2", [KEY, ZERO]),
        ("?limit=2&page=3", []),
    ],
)
def test_items_are_filtered_and_paged(shop, query, found):
    assert titles(shop, query) == found


def test_an_item_tells_its_counts_and_times(shop):
    listed = result(shop, "/api/1/items?level=error&environment=production")
    assert (listed["page"], listed["total_count"]) == (1, 1)
    (item,) = listed["items"]
    (known,) = [each for each in items(shop) if each.title == ZERO]
    wanted = {
        "id": known.id,
        "counter": 1,
        "title": ZERO,
        "level": "error",
        "status": "active",
        "environment": "production",
        "framework": "flask",
        "platform": "unknown",
        "hash": known.fingerprint,
        "total_occurrences": 2,
        "unique_occurrences": 1,
        "first_occurrence_timestamp": 1_700_000_000,
        "last_occurrence_timestamp": 1_700_000_060,
    }
    assert {name: item[name] for name in wanted} == wanted
    assert item["id"] != item["counter"]
    assert item["first_occurrence_id"] < item["last_occurrence_id"]
    assert result(shop, f"/api/1/item/{known.id}") == item
    assert result(shop, f"/api/1/item/{known.id}/") == item
    assert result(shop, "/api/1/item/?counter=1") == item


def test_a_counter_leads_to_its_item(shop):
    moved = get(shop, "/api/1/item_by_counter/3", allow_redirects=False)
    assert moved.status_code == 301
    assert moved.headers["Location"].endswith(moved.json()["result"]["path"])
    assert get(shop, "/api/1/item_by_counter/3").json()["result"]["title"] == SLOW


def test_occurrences_come_latest_first_and_as_they_were_sent(shop):
    listed = result(shop, "/api/1/instances")["instances"]
    assert [each["id"] for each in listed] == [each.id for each in occurrences(shop)][::-1]
    first = listed[-1]
    sent = exception("pay", more={"framework": "flask", "timestamp": 1_700_000_000})
    assert (first["data"], first["timestamp"]) == (sent["data"], 1_700_000_000)
    assert result(shop, f"/api/1/instance/{first['id']}") == first
    of_item = result(shop, f"/api/1/item/{first['item_id']}/instances")["instances"]
    assert of_item == [each for each in listed if each["item_id"] == first["item_id"]]
    assert len(of_item) == 2
    assert result(shop, "/api/1/instances?limit=2&page=2")["instances"] == listed[2:4]
    last = listed[1]["id"]
    assert result(shop, f"/api/1/instances?limit=2&last_id={last}")["instances"] == listed[2:4]


def test_pages_have_twenty_occurrences_and_a_hundred_items(sandbox):
    send(sandbox, *(message("x", fingerprint=f"f{number}") for number in range(101)))
    assert len(result(sandbox, "/api/1/instances")["instances"]) == 20
    listed = result(sandbox, "/api/1/items")
    assert (len(listed["items"]), listed["total_count"]) == (100, 101)
    assert len(result(sandbox, "/api/1/items?page=2")["items"]) == 1


def test_top_items_tell_their_counts_by_the_hour(sandbox):
    now = int(time.time())
    send(
        sandbox,
        *(message("warned", level="warning", timestamp=now) for _ in range(3)),
        exception("pay", more={"timestamp": now}),
        exception("pay", more={"timestamp": now - 3700}),
        exception("pay", more={"timestamp": now - 90_000}),
        exception("list", environment="staging", more={"timestamp": now - 90_000}),
    )
    top = result(sandbox, "/api/1/reports/top_active_items?hours=3")
    assert [each["item"]["title"] for each in top] == [ZERO, "warned"]
    assert [each["counts"] for each in top] == [[0, 1, 1], [0, 0, 3]]
    assert [each["item"]["occurrences"] for each in top] == [2, 3]
    by_count = result(sandbox, "/api/1/reports/top_active_items?sort=occurrences")
    assert [each["item"]["title"] for each in by_count] == ["warned", ZERO]
    assert len(by_count[0]["counts"]) == 24
    staging = "/api/1/reports/top_active_items?hours=48&environments=staging"
    assert [each["item"]["environment"] for each in result(sandbox, staging)] == ["staging"]


PATHS = [
    "/api/1/items",
    "/api/1/item/1000001",
    "/api/1/item/?counter=1",
    "/api/1/item_by_counter/1",
    "/api/1/item/1000001/instances",
    "/api/1/instances",
    "/api/1/instance/500000000001",
    "/api/1/reports/top_active_items",
]


@pytest.mark.parametrize("path", PATHS)
def test_reading_needs_the_read_token(shop, path):
    assert get(shop, path, None).status_code == 401
    for token in ("sandbox", "sandbox-write"):
        answer = get(shop, path, token)
        assert answer.status_code == 403
        assert "read scope is required" in answer.json()["message"]
    assert get(shop, path).status_code == 200
    separator = "&" if "?" in path else "?"
    told = get(shop, f"{path}{separator}access_token=sandbox-read", None, allow_redirects=False)
    assert told.status_code == (301 if "by_counter" in path else 200)


def test_a_ping_needs_no_token(sandbox):
    assert get(sandbox, "/api/1/status/ping", None).text == "pong"


@pytest.mark.parametrize(
    "path",
    [
        "/api/1/item/7",
        "/api/1/item/99999999999999999999999",
        "/api/1/item/7/instances",
        "/api/1/item_by_counter/7",
        "/api/1/instance/7",
        "/api/1/nothing",
        "/api/2/items",
        "/api/item/",
    ],
)
def test_what_is_not_there_is_not_found(shop, path):
    answer = get(shop, path)
    assert (answer.status_code, answer.json()["err"]) == (404, 1)
    assert refused(shop)[-1].vendor == "rollbar"


@pytest.mark.parametrize(
    "path",
    [
        "/api/1/items?status=open",
        "/api/1/items?level=40",
        "/api/1/items?page=0",
        "/api/1/items?limit=101",
        "/api/1/items?ids=a",
        "/api/1/item/",
        "/api/1/item/?counter=x",
        "/api/1/reports/top_active_items?hours=169",
    ],
)
def test_a_value_that_is_not_allowed_is_told(shop, path):
    assert get(shop, path).status_code == 422


@pytest.mark.parametrize(
    "path",
    [
        "/api/1/items?assigned_user=me",
        "/api/1/items?status=archived",
        "/api/1/items?query=status:active",
        "/api/1/instances?since=1",
        "/api/1/reports/top_active_items?sort=name",
        "/api/1/reports/occurrence_counts",
        "/api/1/deploys",
        "/api/1/rql/jobs",
        "/api/1/search/?title=x",
    ],
)
def test_what_only_rollbar_has_is_refused_by_name(shop, path):
    answer = get(shop, path)
    assert answer.status_code == 501
    assert "not emulated" in answer.json()["message"]
    assert refused(shop)[-1].kind == refusals.NOT_EMULATED


def test_a_deploy_is_refused_by_name(sandbox):
    answer = post(sandbox, {"environment": "e", "revision": "1"}, path="/api/1/deploy/")
    assert answer.status_code == 501
    assert "POST /api/1/deploy" in answer.json()["message"]
