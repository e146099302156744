"""Whose code a request's time is spent in: a profile, summed up by package."""

import pstats
from collections import Counter
from pathlib import Path

# As people call them, by the folder under `site-packages`.
NAMES = {
    "aws_xray_sdk": "X-Ray's SDK",
    "boto3": "AWS's SDK",
    "botocore": "AWS's SDK",
    "flask": "Flask",
    "jinja2": "Flask",
    "opentelemetry": "OpenTelemetry",
    "requests": "Requests",
    "rollbar": "Rollbar's SDK",
    "urllib3": "Requests",
    "watchtower": "watchtower",
    "werkzeug": "Flask",
    "wrapt": "OpenTelemetry",
}
APP = "your app's own code"
DATABASE = "the database"
PYTHON = "Python's own library"

Function = tuple[str, int, str]
"""A file's name, a line, and the function's name, as `pstats` has them."""


def sum_up(stats: pstats.Stats, app: Path) -> dict[str, float]:
    """Return each one's share of the time, from 0 to 1, the largest first.

    What is built into Python, such as sorting, counts for who called it.

    Args:
        stats: of a profile.
        app: the folder of the app's own modules.
    """
    seconds: Counter[str] = Counter()
    # pstats.Stats.stats: function → (calls, calls, own time, time with what it called, callers).
    for function, (_, _, own, _, callers) in stats.stats.items():  # type: ignore[attr-defined]
        if _owner(function, app) or not callers:
            seconds[_owner(function, app) or PYTHON] += own
            continue
        for caller, (_, _, share, _) in callers.items():
            seconds[_owner(caller, app) or PYTHON] += share
    total = sum(seconds.values()) or 1.0
    return {name: own / total for name, own in seconds.most_common() if own}


def _owner(function: Function, app: Path) -> str:
    """Return whose a function is, or nothing where whoever calls it decides that."""
    file, _, name = function
    if "sqlite3" in name:
        return DATABASE
    if file == "~":
        return ""
    path = Path(file)
    if path.is_relative_to(app):
        return APP
    if "site-packages" in path.parts:
        package = path.parts[path.parts.index("site-packages") + 1]
        return NAMES.get(package.removesuffix(".py"), f"other libraries: {package}")
    return PYTHON
