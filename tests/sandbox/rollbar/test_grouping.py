"""Which occurrences are one item, and what it is called."""

import pytest
from rollbar_clients import exception, items, message, send, trace

from workshop.sandbox.rollbar.grouping import find_fingerprint, find_title


def fingerprint(payload):
    return find_fingerprint(payload["data"])


def moved(payload, lines):
    for frame in payload["data"]["body"]["trace"]["frames"]:
        frame["lineno"] += lines
        frame["code"] = "changed()"
    return payload


def rooted(root):
    return exception("view", file=f"{root}/app/pay.py", more={"server": {"root": root}})


def chain(*traces):
    return {"data": {"environment": "e", "body": {"trace_chain": list(traces)}}}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (exception("view", "pay"), moved(exception("view", "pay"), 7)),
        (exception("view", message="a"), exception("view", message="b")),
        (exception("handler_10"), exception("handler_11")),
        (exception("view", file="/a/20260101/x.py"), exception("view", file="/a/20260202/x.py")),
        (exception("view", file=f"/{'a' * 40}/x"), exception("view", file=f"/{'b' * 40}/x")),
        (rooted("/srv/one"), rooted("/home/two")),
        (exception("view", more={"fingerprint": "f"}), message("x", fingerprint="f")),
        (message("took 120 ms"), message("took 4400 ms")),
        (message("rate 0.5"), message("rate 17.25")),
        (message("at 2026-11-22T10:00:01Z"), message("at 2026-11-23 11:12:13")),
        (message("span 00f067aa0ba902b7"), message("span 53995c3f42cd8ad8")),
    ],
)
def test_these_are_one_item(one, other):
    assert fingerprint(one) == fingerprint(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (exception("view"), exception("view", kind="KeyError")),
        (exception("view", "pay"), exception("list", "pay")),
        (exception("view"), exception("view", file="/srv/app/other.py")),
        (exception("view", "pay"), exception("pay")),
        (message("cannot pay"), message("cannot list")),
        (message("a bad face"), message("a good face")),
        (exception("view"), message("view")),
        (chain(trace("f")), chain(trace("f"), trace("g"))),
    ],
)
def test_these_are_two_items(one, other):
    assert fingerprint(one) != fingerprint(other)


def test_a_fingerprint_of_ones_own_is_kept_or_hashed_if_long():
    assert fingerprint(message("x", fingerprint="f" * 40)) == "f" * 40
    made = fingerprint(message("x", fingerprint="f" * 41))
    assert len(made) == 40
    assert made != "f" * 40


@pytest.mark.parametrize(
    ("payload", "title"),
    [
        (exception("view"), "ZeroDivisionError: division by zero"),
        (exception("view", message=None), "ZeroDivisionError"),
        (exception("view", message="two\nlines"), "ZeroDivisionError: two"),
        (exception("view", more={"title": "Paying fails"}), "Paying fails"),
        (message("It is slow\nvery"), "It is slow"),
        (message("x" * 300), "x" * 255),
        (
            chain(trace("f", kind="HTTPError", message="503"), trace("g", kind="OSError")),
            "HTTPError: 503",
        ),
        ({"data": {"environment": "e", "body": {"crash_report": {"raw": "Crash"}}}}, "Crash"),
    ],
)
def test_a_title_says_what_happened(payload, title):
    assert find_title(payload["data"]) == title


def test_two_environments_are_two_items(sandbox):
    send(sandbox, exception("view"), exception("view", environment="staging"), exception("view"))
    assert [(each.environment, each.total_occurrences) for each in items(sandbox)] == [
        ("production", 2),
        ("staging", 1),
    ]


def test_unique_occurrences_are_counted_by_person_else_by_address(sandbox):
    def met(person=None, ip=None):
        who = {"person": {"id": person}} if person else {}
        where = {"request": {"user_ip": ip}} if ip else {}
        return exception("view", more=who | where)

    send(sandbox, met("1", "10.0.0.1"), met("1", "10.0.0.2"), met("2"), met(ip="10.0.0.1"))
    send(sandbox, met(), met(), met(ip="10.0.0.1"), met(ip="$remote_ip"))
    (item,) = items(sandbox)
    assert (item.total_occurrences, item.unique_occurrences) == (8, 5)
