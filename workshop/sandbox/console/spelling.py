"""How the pages write what they show: times, lengths of time, values, paths."""

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from markupsafe import Markup

from workshop.views import words

_THOUSANDTHS = re.compile(r"<small>.*</small>")
_PARTS = re.compile(r"[^._]*[._]|[^._]+")

LONGEST = 20_000
"""The most characters of one value that a page shows."""

DEEPEST = 5
"""Objects within objects are flattened so deep; what lies deeper is shown as JSON."""

milliseconds = words.milliseconds
count = words.count


def format_time(time_ns: int) -> Markup:
    """Return a moment, in UTC, with milliseconds.

    Args:
        time_ns: nanoseconds since 1970.
    """
    try:
        moment = datetime.fromtimestamp(time_ns // 10**9, UTC)
    except (OverflowError, ValueError, OSError):
        return Markup("(no time)")
    rest = f"{time_ns // 10**6 % 1000:03d}"
    return Markup(
        '<time datetime="{}.{}Z"><span class="day">{} </span>{}<small>.{}</small></time>'
    ).format(f"{moment:%Y-%m-%dT%H:%M:%S}", rest, f"{moment:%d %b}", f"{moment:%H:%M:%S}", rest)


def format_seconds(seconds: int) -> Markup:
    """Return a moment, in UTC, that is known to the second only.

    Args:
        seconds: since 1970.
    """
    return Markup(_THOUSANDTHS.sub("", format_time(seconds * 10**9)))  # noqa: S704 - made above


def break_name(name: object) -> Markup:
    """Return a dotted name that may be broken after each dot, where a column is narrow."""
    return Markup("<wbr>").join(Markup("{}").format(part) for part in _PARTS.findall(str(name)))


def format_value(value: Any) -> str:
    """Return a value of a field as text: a text as it is, anything else as JSON."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, indent=2)
    left = len(text) - LONGEST
    return text if left <= 0 else f"{text[:LONGEST]}… ({left:,} more characters)"


def path_of(url: object) -> str:
    """Return a URL's path; empty where it has none."""
    try:
        return urlsplit(url).path if isinstance(url, str) else ""
    except ValueError:
        return ""


def flatten(values: Mapping[str, Any], before: str = "") -> list[tuple[str, Any]]:
    """Return an object's members with those of the objects in it, by their dotted names."""
    found: list[tuple[str, Any]] = []
    for key, value in sorted(values.items()):
        if isinstance(value, Mapping) and value and before.count(".") < DEEPEST:
            found += flatten(value, f"{before}{key}.")
        else:
            found.append((f"{before}{key}", value))
    return found
