"""What stands between two values: comparisons and arithmetic.

Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax-operations-functions.html
"""

import math
import operator
from collections.abc import Callable
from typing import Any

from workshop.sandbox.cloudwatch.insights.errors import not_documented
from workshop.sandbox.cloudwatch.insights.values import Time, Value, as_number, as_text

Operator = Callable[[Value, Value], Value]
_WORDS = {"true", "false"}


def are_equal(left: Value, right: Value) -> bool:
    """Return whether two values are the same: as numbers if one is a number, else as texts.

    Raises:
        MalformedQueryError: one is true or false, and the other a word for it.
    """
    if any(isinstance(side, bool) for side in (left, right)) and _WORDS & {left, right}:
        raise not_documented("Here, true and false of JSON are 1 and 0.")
    if left is None or right is None:
        return False
    if isinstance(left, Time) and isinstance(right, Time):
        return left == right
    if isinstance(left, str) and isinstance(right, str):
        return left == right
    numbers = as_number(left), as_number(right)
    if None not in numbers:
        return numbers[0] == numbers[1]
    return as_text(left) == as_text(right)


def _is_ordered(left: Value, right: Value, holds: Callable[[int], bool]) -> bool:
    """Return whether two values stand in an order; values that have none do not.

    Args:
        left: a value.
        right: another.
        holds: whether it is the order asked for: given -1, 0 or 1 for less, equal or greater.

    Raises:
        MalformedQueryError: both are texts, or one of them is a time.
    """
    if left is None or right is None:
        return False
    if isinstance(left, Time) and isinstance(right, Time):
        return holds((left.ms > right.ms) - (left.ms < right.ms))
    if isinstance(left, Time) or isinstance(right, Time):
        raise not_documented("A time is ordered against a number only as toMillis(@timestamp).")
    first, second = as_number(left), as_number(right)
    if first is None and second is None:
        raise not_documented(
            f"<, <=, > and >= compare numbers, and neither '{left}' nor '{right}' is one."
        )
    if first is None or second is None:
        return False
    return holds((first > second) - (first < second))


def _order(holds: Callable[[int], bool]) -> Operator:
    return lambda left, right: _is_ordered(left, right, holds)


def _arithmetic(sign: str, compute: Callable[[Any, Any], int | float]) -> Operator:
    def work_out(left: Value, right: Value) -> Value:
        if isinstance(left, Time) or isinstance(right, Time):
            raise not_documented("Times are computed with as toMillis(@timestamp).")
        first, second = as_number(left), as_number(right)
        if first is None or second is None:
            return None
        if sign == "%" and (first < 0 or second < 0):
            raise not_documented(f"{first} % {second} has a number below 0.")
        try:
            return compute(first, second)
        except (ArithmeticError, ValueError):
            raise not_documented(f"{first} {sign} {second} has no value.") from None

    return work_out


COMPARISONS: dict[str, Operator] = {
    "=": are_equal,
    "!=": lambda left, right: not are_equal(left, right),
    "<": _order(lambda order: order < 0),
    "<=": _order(lambda order: order <= 0),
    ">": _order(lambda order: order > 0),
    ">=": _order(lambda order: order >= 0),
}
ARITHMETIC = {
    sign: _arithmetic(sign, compute)
    for sign, compute in {
        "+": operator.add,
        "-": operator.sub,
        "*": operator.mul,
        "/": operator.truediv,
        "%": operator.mod,
        "^": math.pow,
    }.items()
}
"""Arithmetic of numbers; of a value that is missing or no number, nothing comes."""
