"""Log events as boto3 returns them."""

import json

START_MS = 1_795_341_600_000
TRACE_ID = "5b8efff798038103d269b633813fc60c"
XRAY_ID = "1-581cf771-a006649127e371903a2de979"


def event(after_ms, message, **fields):
    """Make an event: a plain line, or one in JSON if it has fields."""
    said = json.dumps({"message": message, **fields}) if fields else message
    return {"timestamp": START_MS + after_ms, "message": said, "logStreamName": "web"}


def make_events(number=24):
    """Make a line each 100 ms; each sixth tells of a failed call."""
    return [
        event(
            100 * index,
            f"failed after {index} ms" if index % 6 == 5 else "request finished",
            level="error" if index % 6 == 5 else "info",
            service="profiles" if index % 2 else "backend",
            method="GET",
            route="/api/activities/home",
            status=503 if index % 6 == 5 else 200,
            trace_id=TRACE_ID,
        )
        for index in range(number)
    ]


SAMPLES = {
    "usual": make_events(),
    "one": make_events(1),
    "forty-one": make_events(41),
    "plain": [
        event(0, "2026-11-22 10:00:00 WARNING app: slow"),
        event(5, "hello"),
        event(7, f"FATAL in {XRAY_ID}"),
    ],
    "odd": [
        event(0, "costs $5 and $x^2$ \\frac{1}{2} _%&# <b>" * 9, level="INFO", service="s" * 90),
        event(0, "名前 😀 two\nlines\tand\x07bell", level="warn", path="/" + "part/" * 60),
        event(86_400_000 * 30, "", level="DEBUG", service=7, status=True),
        event(86_400_000 * 30, "no level here", level="verbose"),
        event(86_400_000 * 30, "", level="critical"),
    ],
}
