"""The doors of an app: each way by which something that nobody may see comes in."""

import json
import sqlite3
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from workshop.leaks import canaries
from workshop.leaks.canaries import Canary

# A page that asks profiles, and one that does not.
PAGE = "/api/activities/@tilda"
HANDLE = "noor"
POSTS = "/api/activities"
# The app accepts this time to live, and fails on it.
FAILING: dict[str, Any] = {"message": "hello", "ttl": "1-day"}
# An app may keep one good trace in four. One that does not fail is asked for so often that it is
# all but sure to be among them: 0.75 ** 40 is one in a hundred thousand.
OFTEN = 40
# Its last digit is one of four that a rate of one in four keeps.
TRACE_ID = "6f1d0c5a9b3e4827a1c4d7e90b2f3648"


@dataclass(frozen=True)
class Shot:
    """One request.

    Args:
        method: the HTTP method.
        path: the path with its query.
        headers: its headers.
        body: what it carries; a mapping is sent as JSON, a text as a form.
        times: how often it is sent.
        redirect: what the service that the app calls answers meanwhile: go there. Nothing listens
            there, so that the call ends with an error that names the address.
    """

    method: str
    path: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Mapping[str, Any] | str | None = None
    times: int = 1
    redirect: str = ""


def _plant_nothing(_database: Path, _canary: Canary) -> None:
    """Leave the app's database as it is."""


@dataclass(frozen=True)
class Door:
    """A way in.

    Args:
        name: what the matrix calls it.
        make: makes the value that is sent through it.
        shots: the requests that carry the value in.
        plant: puts the value into the app's database beforehand.
    """

    name: str
    make: Callable[[], Canary]
    shots: Callable[[str], list[Shot]]
    plant: Callable[[Path, Canary], None] = _plant_nothing


def everywhere(headers: Mapping[str, str], query: str = "") -> list[Shot]:
    """Return a request that fails, and one whose page calls another service.

    Args:
        headers: the headers of both.
        query: what follows the `?` of both.
    """
    page = f"{PAGE}?{query}" if query else PAGE
    return [fail(headers, query), Shot("GET", page, headers)]


def fail(
    headers: Mapping[str, str], query: str = "", body: Mapping[str, Any] | None = None
) -> Shot:
    """Return a request that the app fails on: errors are where most is told.

    Args:
        headers: its headers.
        query: what follows the `?`.
        body: fields beside those that make it fail.
    """
    path = f"{POSTS}?{query}" if query else POSTS
    return Shot("POST", path, headers, {**FAILING, **(body or {})})


def _body(value: str) -> list[Shot]:
    return [
        fail({}, body={"password": value, "account": {"password": value}}),
        Shot("POST", POSTS, body=urlencode({"password": value})),
    ]


def _send_message(text: str) -> list[Shot]:
    return [Shot("POST", "/api/messages", body={"message": text, "user_receiver_handle": "ravi"})]


def _trace_headers(value: str) -> list[Shot]:
    """Return a request whose trace headers hold more than ids: what follows them is passed on."""
    return [
        Shot(
            "GET",
            PAGE,
            {
                "traceparent": f"00-{TRACE_ID}-00f067aa0ba902b7-01",
                "tracestate": f"shop={value}",
                "X-Amzn-Trace-Id": f"Root=1-{TRACE_ID[:8]}-{TRACE_ID[8:]};Sampled=1;Shop={value}",
            },
        )
    ]


def _plant_address(database: Path, canary: Canary) -> None:
    """Make a canary the address of the one who asks, as far as the database is the course's."""
    if not database.is_file():
        return
    with closing(sqlite3.connect(database, timeout=5)) as connection:
        try:
            connection.execute(
                "UPDATE people SET email = ? WHERE handle = ?", [canary.value, HANDLE]
            )
            connection.commit()
        except sqlite3.OperationalError:
            # Another app's database: it has no such table, and nothing is planted.
            return


DOORS = [
    Door("X-Api-Key", canaries.make_token, lambda value: everywhere({"X-Api-Key": value})),
    Door(
        "Authorization",
        canaries.make_token,
        lambda value: everywhere({"Authorization": f"Bearer {value}"}),
    ),
    Door("Cookie", canaries.make_token, lambda value: everywhere({"Cookie": f"session={value}"})),
    Door(
        "a token in the query",
        canaries.make_token,
        lambda value: everywhere({}, urlencode({"token": value})),
    ),
    Door(
        "an e-mail in the query",
        canaries.make_email,
        lambda value: [
            *everywhere({}, urlencode({"contact": value})),
            Shot("GET", f"/api/activities/search?{urlencode({'term': value})}"),
        ],
    ),
    Door(
        "an e-mail in the path",
        canaries.make_email,
        lambda value: [Shot("GET", f"/api/activities/@{quote(value)}", times=OFTEN)],
    ),
    Door("a password in the body", canaries.make_password, _body),
    Door(
        "a card in the body",
        canaries.make_card,
        lambda value: [fail({}, body={"payment": {"number": value}})],
    ),
    Door("a JSON key", canaries.make_email, lambda value: [fail({}, body={value: True})]),
    Door("a private message", canaries.make_text, _send_message),
    Door(
        "a local variable",
        canaries.make_email,
        lambda _: [fail({}), *_send_message("hello")],
        _plant_address,
    ),
    Door(
        "an exception's text",
        canaries.make_email,
        lambda value: [Shot("GET", PAGE, redirect=f"/people?{urlencode({'contact': value})}")],
    ),
    Door(
        "baggage",
        canaries.make_email,
        lambda value: [Shot("GET", PAGE, {"baggage": f"contact={quote(value)}"}, times=2)],
    ),
    Door("trace headers", canaries.make_token, _trace_headers),
]
"""Each way in that is tried. What is public by nature, such as a post's text, is none."""


def encode(shot: Shot) -> tuple[bytes | None, dict[str, str]]:
    """Return the body and the headers of a request as they are sent.

    Args:
        shot: the request.
    """
    if shot.body is None:
        return None, dict(shot.headers)
    if isinstance(shot.body, str):
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        return shot.body.encode(), {**kind, **shot.headers}
    return json.dumps(shot.body).encode(), {"Content-Type": "application/json", **shot.headers}
