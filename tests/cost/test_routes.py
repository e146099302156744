"""Kinds of requests: named by their path, counted by the server's access lines."""

import pytest

from workshop.cost import reading
from workshop.cost.routes import OTHER, count_requests, name_kind, read_access_lines
from workshop.cost.volumes import Kind


@pytest.mark.parametrize(
    ("address", "route"),
    [
        ("/api/activities/home", "/api/activities/home"),
        ("http://127.0.0.1:4567/api/activities/search?term=a", "/api/activities/search"),
        ("/api/activities/@noor", "/api/activities/@<handle>"),
        ("/api/activities/93d20470-b766-4f10", "/api/activities/<uuid>"),
        ("/api/activities/93d20470-b766-4f10/reply", "/api/activities/<uuid>/reply"),
        ("/api/activities", "/api/activities"),
        ("/api/messages/@ravi", "/api/messages/@<handle>"),
        ("/api/no-such-page", OTHER),
        ("/api/activities/a/b/c", OTHER),
    ],
)
def test_route(address, route):
    assert name_kind("get", address, 200) == Kind(route, "GET")


@pytest.mark.parametrize(("status", "fails"), [(200, False), (404, False), (500, True)])
def test_failure(status, fails):
    assert name_kind("GET", "/api/messages", status).fails is fails


@pytest.mark.parametrize(
    ("status", "read"), [(200, 200), ("200", 200), ("404 NOT FOUND", 404), ("", None), (None, None)]
)
def test_a_status_is_read_however_a_line_says_it(status, read):
    known = reading.name_request("GET", "/api/messages", status)
    assert known == (name_kind("GET", "/api/messages", read) if read else None)


def test_another_service_has_no_kind():
    assert name_kind("GET", "/profiles/noor", 200) is None


def test_requests_without_an_answer_are_not_counted():
    asked = [("GET", "/api/messages", 200), ("GET", "/api/messages", 0), ("GET", "/", 200)]
    assert count_requests(asked) == {Kind("/api/messages", "GET"): 1}


def test_access_lines_of_flask():
    log = """
 * Running on http://127.0.0.1:4567
2026-01-07 12:00:00,000 INFO werkzeug: 127.0.0.1 - - [07/Jan/2026 12:00:00] "GET /a?b=c HTTP/1.1" 200 -
127.0.0.1 - - [07/Jan/2026 12:00:00] "POST /api/activities HTTP/1.1" 500 -
search for "GET /x" took 200 ms
"""  # noqa: E501
    assert read_access_lines(log) == [("GET", "/a?b=c", 200), ("POST", "/api/activities", 500)]
