"""Log events whose answers to queries can be worked out by hand."""

import json

# 2026-11-22 10:00:00 UTC.
START = 1_795_341_600
GROUP = "/workshop/backend"
OTHER = "/workshop/profiles"
RARE = "/workshop/rare"


def _request(level, route, status, latency, user=None, **more):
    said = {"level": level, "route": route, "status": status, "latency": latency, **more}
    return json.dumps(said if user is None else {**said, "user": {"handle": user}})


# (letter, log group, log stream, seconds after START, message); letters name events in the tests.
EVENTS = [
    ("A", GROUP, "web/1", 0, _request("INFO", "/home", 200, 12, "alice")),
    ("B", GROUP, "web/1", 60, _request("INFO", "/home", 200, 30.5, "bob")),
    ("C", GROUP, "web/2", 120, _request("ERROR", "/search", 500, 900, "alice", error="Timeout")),
    ("D", GROUP, "web/2", 299, _request("WARNING", "/search", 404, 8)),
    (
        *("E", GROUP, "web/2", 300),
        json.dumps(
            {
                "level": "INFO",
                "route": "/messages",
                "status": "200",
                "items": [{"id": "m1"}, {"id": "m2"}],
                "foo-bar": "x",
                "@tag": "t",
                "cached": True,
                "note": None,
            }
        ),
    ),
    (
        *("F", GROUP, "plain", 301),
        "25 May 2019 10:24:39,474 [ERROR] {foo=2, bar=data} The error was: DataIntegrityException",
    ),
    (
        "G",
        GROUP,
        "plain",
        600,
        "25 May 2019 user=user1234, method:get, latency := 216",
    ),
    ("H", OTHER, "worker", 30, _request("INFO", "/profile", 200, 5)),
    ("I", RARE, "worker", 45, _request("INFO", "/profile", 200, 6)),
]
