"""Compiles comparisons with a value, as they stand in both kinds of structured filter patterns.

What a number is compared with was recorded from AWS where the documentation is silent: an unquoted
number is compared by size with numbers, and by its text with strings; a quoted one always by its
text. https://github.com/radkawar/stackd, testdata/aws/logs/filters.json, and
https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
"""

import operator
import re
from collections.abc import Callable
from decimal import Decimal, InvalidOperation

from lark import Token

from workshop.sandbox.cloudwatch.patterns.refusal import invalid_character, invalid_pattern
from workshop.sandbox.cloudwatch.patterns.regex import compile_regex

NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?")
_WORD = re.compile(r"[A-Za-z0-9_.*]+")
_ORDER: dict[str, Callable[[Decimal, Decimal], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


class Number(str):
    """A number of a message, as it is written there."""

    __slots__ = ()


Test = Callable[[str], bool]


def compile_comparison(sign: str, value: Token) -> Test:
    """Return the test of a text or `Number` by `= 5`, `> 5`, `= "a*"` or `!= %a%`.

    Args:
        sign: the operator.
        value: a token STRING, REGEX or BARE.

    Raises:
        ApiError: the value is not one, or cannot be compared in this way.
    """
    if sign in _ORDER:
        return _compile_order(sign, value)
    is_equal = _compile_equality(value)
    if sign == "=":
        return is_equal
    return lambda text: not is_equal(text)


def read_string(token: str) -> str:
    """Return the text between quotation marks.

    Raises:
        ApiError: a backslash stands before something else than a quotation mark or a backslash.
    """
    inside = token[1:-1]
    other = re.search(r'(?<!\\)(\\\\)*\\([^"\\])', inside)
    if other:
        raise invalid_character(
            f"\\{other[2]}", 'In a string, a backslash stands before " or another backslash.'
        )
    return re.sub(r'\\(["\\])', r"\1", inside)


def _compile_order(sign: str, value: Token) -> Test:
    if value.type != "BARE" or not NUMBER.fullmatch(value):
        raise invalid_character(str(value), f"'{sign}' compares with a number.")
    compare, bound = _ORDER[sign], _measure(value)
    return lambda text: isinstance(text, Number) and compare(_measure(text), bound)


def _compile_equality(value: Token) -> Test:
    if value.type == "REGEX":
        return compile_regex(value[1:-1])
    if value.type == "STRING":
        return _compile_wildcard(read_string(value))
    if NUMBER.fullmatch(value):
        number, written = _measure(value), str(value)
        return lambda text: (
            _measure(text) == number if isinstance(text, Number) else text == written
        )
    if not _WORD.fullmatch(value):
        raise invalid_character(str(value), "Put the text in double quotation marks.")
    return _compile_wildcard(str(value))


def _measure(text: str) -> Decimal:
    """Return a number's size; one with an exponent beyond all measure is infinite, or nought."""
    try:
        return Decimal(text)
    except InvalidOperation:
        is_small = "e-" in text.lower()
        return Decimal(0) if is_small else Decimal("-Infinity" if text[0] == "-" else "Infinity")


def _compile_wildcard(text: str) -> Test:
    """Return the test by a text whose first or last character may be an asterisk."""
    if text == "*":
        return lambda _text: True
    starts_open, ends_open = text.startswith("*"), text.endswith("*")
    inside = text[starts_open : len(text) - ends_open]
    if "*" in inside:
        raise invalid_pattern(
            f"'{text}' has an asterisk inside, and the documentation only knows one at the start"
            " or the end"
        )
    if starts_open and ends_open:
        return lambda said: inside in said
    if starts_open:
        return lambda said: said.endswith(inside)
    if ends_open:
        return lambda said: said.startswith(inside)
    return lambda said: said == inside
