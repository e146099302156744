"""The known traffic that a check drives: every route, one failure, one page that is not there."""

import re
import threading
import time
from dataclasses import dataclass
from typing import Any

import requests

from workshop.hurry import Hurry

REQUEST_DEADLINE = 5.0
NEXT_DEADLINE = 2.0
LARGEST_ANSWER = 10_000_000
# X-Ray's SDK records a request that says so, whatever its rules; and one that says so it does not.
RECORD, LEAVE_OUT = "Sampled=1", "Sampled=0"
HOME = "/api/activities/home"
# Asked right before the stop: one that is answered at once, so that its spans cannot leave before.
LAST = "/api/activities/search"
# Asked for without being recorded at X-Ray. Nobody else asks for it, so that it can be kept apart.
UNRECORDED = "/api/no-such-page-and-not-recorded"
# A trace's id in an answer: W3C's 32 digits, and X-Ray's.
TRACE_ID = re.compile(r"(?<![0-9a-f])([0-9a-f]{8})-?([0-9a-f]{24})(?![0-9a-f])")
TELLS_ID = re.compile(r"trace|correlation|request-id", re.IGNORECASE)

Route = tuple[str, str, dict[str, Any] | None]


@dataclass(frozen=True)
class Asked:
    """One request and what came of it.

    Args:
        method: the HTTP method.
        path: the path with its query.
        status: the answer's status; 0 where there was none.
        problem: `timed out`, `refused` or `broke off`, where there was no answer.
        began_ns: when it was sent, in nanoseconds since 1970.
        ended_ns: when its answer was there.
        header_ids: trace ids in the answer's headers, each as 32 hexadecimal digits.
        body_ids: those in its body.
    """

    method: str
    path: str
    status: int
    problem: str = ""
    began_ns: int = 0
    ended_ns: int = 0
    header_ids: frozenset[str] = frozenset()
    body_ids: frozenset[str] = frozenset()

    @property
    def answered(self) -> bool:
        """Whether the app answered on purpose: anything but silence, a 5xx or no such route."""
        return 0 < self.status < 500 and self.status != 404

    def __str__(self) -> str:
        """As messages print it: `GET /path → 200`."""
        return f"{self.method} {self.path} → {self.status or self.problem}"


@dataclass(frozen=True)
class Cast:
    """Who and what the known traffic asks for.

    Args:
        person: a handle whose page is there.
        friend: a handle that the demo user has exchanged messages with.
        activity: the uuid of an activity.
    """

    person: str
    friend: str
    activity: str


# People of the course's own seeded database, and of the apps that bootcamp learners know.
COURSE = Cast("tilda", "ravi", "93d20470-b766-4f10-b437-bdb5a51149bb")
BOOTCAMP = Cast("andrewbrown", "londo", "68f126b0-1ceb-4a33-88be-d90fa7109eee")


def routes(cast: Cast) -> list[Route]:
    """Return the known traffic: each route, one that fails, one page that is not there.

    Args:
        cast: who and what it asks for.
    """
    message = {"message": "hello", "user_receiver_handle": cast.friend, "handle": cast.person}
    return [
        ("GET", "/api/health-check", None),
        ("GET", HOME, None),
        ("GET", "/api/activities/notifications", None),
        ("GET", f"/api/activities/@{cast.person}", None),
        ("GET", "/api/activities/search?term=bread", None),
        ("GET", f"/api/activities/{cast.activity}", None),
        ("GET", "/api/message_groups", None),
        ("GET", f"/api/messages/@{cast.friend}", None),
        ("GET", "/api/no-such-page", None),
        ("POST", "/api/activities", {"handle": cast.person, "message": "hello", "ttl": "7-days"}),
        # The app accepts this time to live, and fails on it.
        ("POST", "/api/activities", {"handle": cast.person, "message": "hello", "ttl": "1-day"}),
        ("POST", f"/api/activities/{cast.activity}/reply", message),
        ("POST", "/api/messages", message),
        ("GET", HOME, None),
    ]


def drive(
    url: str,
    cast: Cast,
    hurry: Hurry | None = None,
    first_seconds: float = REQUEST_DEADLINE,
) -> list[Asked]:
    """Send the known traffic, one request after another, and return what came of each.

    Where one request has had no answer in time, the next ones get less; after two it ends. A check
    must not wait for each route of an app that has gone silent.

    Args:
        url: the backend's address, without a slash at the end.
        cast: who and what the traffic asks for.
        hurry: ends it once it is set.
        first_seconds: how long the first answer may take.
    """
    done: list[Asked] = []
    seconds = first_seconds
    for method, path, body in routes(cast):
        if hurry and hurry.is_set():
            break
        done.append(ask(url, method, path, body, seconds, hurry))
        silent = sum(each.problem == "timed out" for each in done)
        if silent == 2:
            break
        seconds = NEXT_DEADLINE if silent else REQUEST_DEADLINE
    return done


def ask(
    url: str,
    method: str,
    path: str,
    body: dict[str, Any] | None = None,
    seconds: float = REQUEST_DEADLINE,
    hurry: Hurry | None = None,
    sampled: str | None = RECORD,
) -> Asked:
    """Send one request and say what came of it; never raises, and always returns in time.

    Args:
        url: the backend's address, without a slash at the end.
        method: the HTTP method.
        path: the path with its query.
        body: what to send as JSON.
        seconds: how long the whole answer may take.
        hurry: ends the wait once it is set.
        sampled: what the header `X-Amzn-Trace-Id` says; none leaves it to the app.
    """
    headers = {} if sampled is None else {"X-Amzn-Trace-Id": sampled}
    came: list[Asked] = []
    # requests' time-out is for each read: an app that drips its answer byte by byte would hold
    # the check for ever. What is left of the thread ends with the app.
    sender = threading.Thread(
        target=lambda: came.append(_send(url, method, path, body, headers, seconds)),
        daemon=True,
    )
    sender.start()
    deadline = time.monotonic() + seconds
    while sender.is_alive() and time.monotonic() < deadline and not (hurry and hurry.is_set()):
        sender.join(0.05)
    return came[0] if came else Asked(method, path, 0, "timed out")


def _send(
    url: str,
    method: str,
    path: str,
    body: dict[str, Any] | None,
    headers: dict[str, str],
    seconds: float,
) -> Asked:
    began_ns = time.time_ns()
    with requests.Session() as session:
        # A proxy that the shell names must not come between.
        session.trust_env = False
        try:
            answer = session.request(
                method,
                url + path,
                json=body,
                headers=headers,
                timeout=seconds,
                allow_redirects=False,
                stream=True,
            )
            text = _read(answer)
        except requests.RequestException as error:
            return Asked(method, path, 0, _name_problem(error))
    return Asked(
        method,
        path,
        answer.status_code,
        began_ns=began_ns,
        ended_ns=time.time_ns(),
        header_ids=find_trace_ids(
            "\n".join(value for name, value in answer.headers.items() if TELLS_ID.search(name))
        ),
        body_ids=find_trace_ids(text),
    )


def find_trace_ids(text: str) -> frozenset[str]:
    """Return the ids of traces that stand in a text, each as 32 hexadecimal digits.

    Args:
        text: with ids as W3C writes them, alone or in `traceparent`, or as X-Ray does.
    """
    return frozenset(first + rest for first, rest in TRACE_ID.findall(text))


def _read(answer: requests.Response) -> str:
    """Read an answer to its end, or as much of it as an answer may have; return its beginning."""
    size = 0
    first = b""
    for chunk in answer.iter_content(65_536):
        first = first or chunk
        size += len(chunk)
        if size > LARGEST_ANSWER:
            break
    return first.decode("utf-8", errors="replace")


def _name_problem(error: requests.RequestException) -> str:
    # A time-out within the body is not a requests.Timeout.
    if isinstance(error, requests.Timeout) or "timed out" in str(error):
        return "timed out"
    return "refused" if "refused" in str(error) else "broke off"
