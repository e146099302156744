"""The periods of `bin`, `datefloor` and `dateceil`, such as `5m`.

Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax-operations-functions.html
"""

import re

from workshop.sandbox.cloudwatch.insights.errors import MalformedQueryError, not_documented
from workshop.sandbox.cloudwatch.insights.values import Time, Value

_PERIOD = re.compile(r"(\d+)\s*([a-z]+)", re.IGNORECASE)
_SPELLINGS = {
    "ms": ("millisecond", "ms", "msec"),
    "s": ("second", "s", "sec"),
    "m": ("minute", "m", "min"),
    "h": ("hour", "h", "hr"),
    "d": ("day", "d"),
    "w": ("week", "w"),
    "mo": ("month", "mo", "mon"),
    "q": ("quarter", "q", "qtr"),
    "y": ("year", "y", "yr"),
}
_UNITS = {spelling: unit for unit, spellings in _SPELLINGS.items() for spelling in spellings} | {
    f"{spelling}s": unit
    for unit, spellings in _SPELLINGS.items()
    for spelling in spellings
    if len(spelling) > 1
}
# The length of each unit in milliseconds, and the most of it that a period has.
_LENGTHS = {"ms": (1, 1000), "s": (1000, 60), "m": (60_000, 60), "h": (3_600_000, 24)}
DAY_MS = 24 * 60 * 60 * 1000


def read_period(text: str) -> int:
    """Return the length of a period in milliseconds.

    A number above the unit's cap is taken as the cap, as CloudWatch does: `300s` is 60 seconds.

    Args:
        text: such as `5m`.

    Raises:
        MalformedQueryError: it is no period, or where such a period begins is not documented.
    """
    match = _PERIOD.fullmatch(text)
    unit = _UNITS.get(match[2].lower()) if match else None
    if match is None or unit is None:
        raise MalformedQueryError(f"'{text}' is not a period; write one such as 5m or 1h.")
    number = int(match[1])
    if number == 0:
        raise MalformedQueryError("A period cannot be 0.")
    if unit == "d" and number == 1:
        return DAY_MS
    if unit not in _LENGTHS:
        raise not_documented(f"'{text}' needs a calendar; periods are emulated up to 1d.")
    length, cap = _LENGTHS[unit]
    number = min(number, cap)
    if cap % number:
        raise not_documented(
            f"'{text}' does not divide {cap}{unit}, so its bins could begin anywhere."
        )
    return number * length


def floor_time(moment: Value, period_ms: int) -> Value:
    """Return the start of the period that a time is in."""
    time = _as_time(moment)
    return None if time is None else Time(time.ms // period_ms * period_ms)


def ceil_time(moment: Value, period_ms: int) -> Value:
    """Return the end of the period that a time is in; a time that starts one stays."""
    time = _as_time(moment)
    return None if time is None else Time(-(-time.ms // period_ms) * period_ms)


def _as_time(moment: Value) -> Time | None:
    if moment is None or isinstance(moment, Time):
        return moment
    raise not_documented("Only a time, such as @timestamp, has a period that it is in.")
