"""The functions of `stats`, each over the values of one group's rows, latest row first.

Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax-Stats.html
"""

import math
import statistics
from collections.abc import Callable, Sequence

from workshop.sandbox.cloudwatch.insights.errors import not_documented
from workshop.sandbox.cloudwatch.insights.values import (
    Time,
    Value,
    as_number,
    natural_key,
    show,
)

Values = Sequence[Value]


def _count(values: Values) -> Value:
    return sum(value is not None for value in values)


def _count_distinct(values: Values) -> Value:
    return len({show(value) for value in values if value is not None})


def _sum(values: Values) -> Value:
    numbers = _read_numbers("sum", values)
    if not numbers:
        return None
    return math.fsum(numbers) if any(isinstance(each, float) for each in numbers) else sum(numbers)


def _average(values: Values) -> Value:
    numbers = _read_numbers("avg", values)
    return math.fsum(numbers) / len(numbers) if numbers else None


def _deviation(values: Values) -> Value:
    numbers = _read_numbers("stddev", values)
    return statistics.pstdev(map(float, numbers)) if numbers else None


def _minimum(values: Values) -> Value:
    return min(_read_times(values) or _read_numbers("min", values), default=None)


def _maximum(values: Values) -> Value:
    return max(_read_times(values) or _read_numbers("max", values), default=None)


def find_percentile(values: Values, percent: float) -> Value:
    """Return the lowest value that has so much of all values below it or at it.

    Args:
        values: numbers, or None.
        percent: from 0 to 100.
    """
    numbers = sorted(_read_numbers("pct", values))
    rank = math.ceil(percent / 100 * len(numbers))
    return numbers[max(rank, 1) - 1] if numbers else None


def _sorts_first(values: Values) -> Value:
    return min((each for each in values if each is not None), key=natural_key, default=None)


def _sorts_last(values: Values) -> Value:
    return max((each for each in values if each is not None), key=natural_key, default=None)


AGGREGATES: dict[str, Callable[[Values], Value]] = {
    "count": _count,
    "count_distinct": _count_distinct,
    "sum": _sum,
    "avg": _average,
    "stddev": _deviation,
    "min": _minimum,
    "max": _maximum,
    "sortsfirst": _sorts_first,
    "sortslast": _sorts_last,
}
"""Those of one value a row, by their names in lower case."""


def _read_numbers(name: str, values: Values) -> list[int | float]:
    """Return the numbers among some values; what is missing is left out."""
    present = [value for value in values if value is not None]
    numbers = [as_number(value) for value in present]
    for value, number in zip(present, numbers, strict=True):
        if number is None:
            raise not_documented(
                f"{name}() is given '{show(value)}', which is no number; filter such events out."
            )
    return [number for number in numbers if number is not None]


def _read_times(values: Values) -> list[Time]:
    """Return some values if all that are present are times; else nothing."""
    present = [value for value in values if value is not None]
    times = [value for value in present if isinstance(value, Time)]
    return times if len(times) == len(present) else []
