"""What an Insights query has found, as a table and as a chart."""

import itertools
from dataclasses import dataclass
from datetime import UTC, datetime

from workshop.sandbox.cloudwatch.insights import QueryResult
from workshop.views import columns

TIME_FORM = "%Y-%m-%d %H:%M:%S.%f"
LARGEST = 1e100
"""What is larger, infinite or no number at all cannot be drawn."""
BARS = 30
"""The most bars of a chart."""


@dataclass(frozen=True)
class Chart:
    """What a chart shows.

    Args:
        title: the measured column, and by what it is told apart.
        values: the labels of the bars, or the starts of the parts of the time in milliseconds since
            1970, with their values.
        length_ms: of a part of the time; 0 where the labels are no times.
        left_out: how many rows have no bar, as there are too many.
    """

    title: str
    values: dict[str, float] | dict[int, float]
    length_ms: int = 0
    left_out: int = 0


@dataclass(frozen=True)
class Table:
    """A query's result as a table.

    Args:
        columns: in their order.
        numeric: those of which each value is a number.
        rows: of texts, in the order of the columns.
        chart: None where the rows are log lines, or nothing in them is a number.
        found: what the query found.
    """

    columns: list[str]
    numeric: set[str]
    rows: list[list[str]]
    chart: Chart | None
    found: QueryResult


def tabulate(found: QueryResult) -> Table:
    """Return a result as a table; `@ptr` only leads back to its line, and is left out."""
    filled = {name for row in found.rows for name in row}
    names = [name for name in found.columns if name in filled and name != "@ptr"]
    is_events = any("@ptr" in row for row in found.rows)
    numeric = {
        name for name in names if all(_as_number(row.get(name)) is not None for row in found.rows)
    }
    chart = None if is_events else _plan_chart(found, names, numeric)
    rows = [[_shorten(row.get(name, ""), name in numeric) for name in names] for row in found.rows]
    return Table(names, numeric, rows, chart, found)


def _plan_chart(found: QueryResult, names: list[str], numeric: set[str]) -> Chart | None:
    """Return what to draw: the last number of each row, over time where only time tells rows apart.

    So does CloudWatch: bars for any `stats`, and time from left to right for one by `bin()`.
    """
    rows, keys = found.rows, found.keys
    measured = next((name for name in reversed(names) if name in numeric - set(keys)), None)
    if measured is None:
        return None
    numbers = [_as_number(row[measured]) or 0.0 for row in rows]
    if len(keys) == 1:
        moments = [_as_moment(row.get(keys[0])) for row in rows]
        known = [moment for moment in moments if moment is not None]
        length_ms = _find_length(known) if len(known) == len(rows) else 0
        if length_ms:
            over_time = dict(zip(known, numbers, strict=True))
            return Chart(f"{measured} over time", over_time, length_ms)
    labels = [" · ".join(row.get(key, "–") for key in keys) or measured for row in rows]
    values: dict[str, float] = dict(zip(labels[:BARS], numbers[:BARS], strict=True))
    title = f"{measured} by {', '.join(keys)}" if keys else measured
    return Chart(title, values, left_out=max(0, len(rows) - BARS))


def _find_length(moments: list[int]) -> int:
    """Return what lies between two neighbours, in milliseconds; 0 where no columns can show it."""
    ordered = sorted(set(moments))
    gaps = [later - earlier for earlier, later in itertools.pairwise(ordered)]
    length_ms = min(gaps, default=0)
    is_even = length_ms > 0 and all(gap % length_ms == 0 for gap in gaps)
    fits = is_even and (ordered[-1] - ordered[0]) // length_ms < columns.MOST
    return length_ms if fits else 0


def _as_number(text: str | None) -> float | None:
    try:
        number = float(text) if text else None
    except ValueError:
        return None
    return number if number is not None and abs(number) < LARGEST else None


def _as_moment(text: str | None) -> int | None:
    """Return the moment that a result has as a text, in milliseconds since 1970."""
    try:
        moment = datetime.strptime(text or "", TIME_FORM).replace(tzinfo=UTC)
    except ValueError:
        return None
    return round(moment.timestamp() * 1000)


def _shorten(text: str, is_number: bool) -> str:
    """Return a number with at most three digits after its point, any other text as it is."""
    number = _as_number(text) if is_number and "." in text and "e" not in text.lower() else None
    if number is None or round(number, 3) == 0:
        return text
    return f"{number:.3f}".rstrip("0").rstrip(".")
