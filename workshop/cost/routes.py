"""Names the kind of a request by its path, and counts requests by the server's access lines."""

import re
from collections import Counter
from collections.abc import Iterable
from urllib.parse import urlsplit

from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map, Rule

from workshop.cost.volumes import Kind

# The addresses of the course's app, which are those of the app that bootcamp learners know.
ROUTES = (
    "/api/activities/home",
    "/api/activities/notifications",
    "/api/activities/search",
    "/api/activities/@<handle>",
    "/api/activities/<uuid>",
    "/api/activities/<uuid>/reply",
    "/api/activities",
    "/api/message_groups",
    "/api/messages/@<handle>",
    "/api/messages",
    "/api/health-check",
)
OTHER = "any other page"
_MAP = Map([Rule(route, endpoint=route) for route in ROUTES], strict_slashes=False).bind("app")
# As werkzeug writes it: 127.0.0.1 - - [07/Jan/2026 12:00:00] "GET /path HTTP/1.1" 200 -
# Flask's server colours what failed, where it takes the log for a terminal.
_COLOURS = r"(?:\x1b\[[\d;]*m)*"
_ACCESS = re.compile(rf'"{_COLOURS}([A-Z]+) (/\S*) HTTP/[\d.]+{_COLOURS}" (\d{{3}}) ')


def name_kind(method: str, address: str, status: int) -> Kind | None:
    """Return the kind of a request to the backend; None for one to another service.

    Args:
        method: its HTTP method.
        address: its path, or its whole address, with or without a query.
        status: of the answer.
    """
    path = urlsplit(address).path
    if not path.startswith("/api/"):
        return None
    try:
        route, _ = _MAP.match(path)
    except HTTPException:
        route = OTHER
    return Kind(str(route), method.upper(), status >= 500)


def count_requests(requests: Iterable[tuple[str, str, int]]) -> dict[Kind, int]:
    """Return how many requests of each kind there were.

    Args:
        requests: method, path and status of each; one without an answer has 0, and is left out.
    """
    answered = (each for each in requests if each[2])
    kinds = (name_kind(*each) for each in answered)
    return dict(Counter(kind for kind in kinds if kind is not None))


def read_access_lines(log: str) -> list[tuple[str, str, int]]:
    """Return method, path and status of each request that Flask's server has logged.

    Args:
        log: all that backend has printed.
    """
    return [(method, path, int(status)) for method, path, status in _ACCESS.findall(log)]
