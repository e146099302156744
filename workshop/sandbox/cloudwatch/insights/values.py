"""The values of a query: texts, numbers, true and false, times, and nothing.

A field of a log event is a text or a number, whichever it looks like: `statusCode in [300]` finds
"300" (https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax-Filter.html).
"""

import datetime
import re
from dataclasses import dataclass
from typing import Any

from workshop.sandbox.cloudwatch.insights.errors import not_documented

_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?([eE][+-]?\d+)?", re.ASCII)
_DIGITS = "0123456789"
_CHUNK = re.compile(r"\d+|\D+", re.ASCII)
# The last millisecond that Python's calendar has.
_LATEST_MS = 253_402_300_799_999
_EPOCH = datetime.datetime(1970, 1, 1)


@dataclass(frozen=True, order=True)
class Time:
    """A moment.

    Args:
        ms: milliseconds since 1970.
    """

    ms: int


Value = str | int | float | bool | Time | None
"""None is the value of a field that an event does not have."""


def read_number(text: str) -> int | float | None:
    """Return the number that a text is; None if it is none."""
    if _NUMBER.fullmatch(text) is None:
        return None
    return int(text) if text.lstrip("+-").isdigit() else float(text)


def as_number(value: Value) -> int | float | None:
    """Return a value as a number; None if it is none."""
    if isinstance(value, str):
        return read_number(value)
    return int(value) if isinstance(value, bool) else None if isinstance(value, Time) else value


def as_text(value: Value) -> str | None:
    """Return a value as the text that functions and `like` see.

    Raises:
        MalformedQueryError: it is a time.
    """
    if isinstance(value, Time):
        raise not_documented(
            "A time is not a text; toMillis(@timestamp) makes a number of it, which can be"
            " compared and computed with."
        )
    return None if value is None else show(value)


def show(value: Value) -> str:
    """Return a value as a result has it; a time is in UTC, with milliseconds."""
    match value:
        case Time(ms):
            if not 0 <= ms <= _LATEST_MS:
                raise not_documented(f"{ms} ms is before 1970 or after the year 9999.")
            moment = _EPOCH + datetime.timedelta(milliseconds=ms)
            return moment.isoformat(" ", "milliseconds")
        case bool():
            return str(int(value))
        case float():
            return repr(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
        case None:
            return ""
        case _:
            return str(value)


def natural_key(value: Value) -> tuple[int, float, Any]:
    """Return the key that puts a value in the order of `sort`: what is no number comes first.

    Numbers are compared as such. In texts, runs of digits are compared by length, then as
    numbers, all else by its characters' code points; what is missing comes before all.
    Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax-Sort.html
    """
    if value is None:
        return 0, 0, ()
    if isinstance(value, Time):
        return 2, value.ms, ""
    number = as_number(value)
    # '01' comes before '1', as in the documentation's example.
    return (1, 0, _read_chunks(str(value))) if number is None else (2, number, str(value))


def _read_chunks(text: str) -> tuple[tuple[str, int, str], ...]:
    """Return a key for each run of digits or of other characters in a text."""
    return tuple(
        # Against other characters, any digit compares as '0' does.
        ("0", len(chunk), chunk) if chunk[0] in _DIGITS else (chunk, 0, "")
        for chunk in _CHUNK.findall(text)
    )
