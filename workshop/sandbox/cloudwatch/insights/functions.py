"""The functions of expressions, each by its name in lower case.

A function of a value that is missing is missing, as AWS's page has it for maps and lists: they
"are treated as null for string, number, and datetime functions". Source:
https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax-operations-functions.html
"""

import ipaddress
import math
from collections.abc import Callable
from dataclasses import dataclass

from workshop.sandbox.cloudwatch.insights.errors import not_documented
from workshop.sandbox.cloudwatch.insights.values import Time, Value, as_number, as_text

Number = int | float
ANY = 100


@dataclass(frozen=True)
class Function:
    """A function of values.

    Args:
        call: given as many values as it takes.
        least: how few it takes.
        most: how many it takes.
        is_condition: whether it can stand where a condition is needed.
    """

    call: Callable[..., Value]
    least: int
    most: int
    is_condition: bool = False


def _numeric(call: Callable[..., Number]) -> Callable[..., Value]:
    def of_numbers(*values: Value) -> Value:
        numbers = [as_number(value) for value in values]
        if None in numbers:
            return None
        try:
            return call(*numbers)
        except (ValueError, OverflowError):
            given = ", ".join(map(str, numbers))
            raise not_documented(f"{call.__name__}({given}) has no value.") from None

    return of_numbers


def _textual(call: Callable[..., Value]) -> Callable[..., Value]:
    def of_texts(*values: Value) -> Value:
        texts = [as_text(value) for value in values]
        return None if None in texts else call(*texts)

    return of_texts


def _is_empty(value: Value) -> Value:
    return not as_text(value)


def _is_blank(value: Value) -> Value:
    return not (as_text(value) or "").strip()


def _coalesce(*values: Value) -> Value:
    return next((value for value in values if value is not None), None)


def _concat(*texts: str) -> Value:
    return "".join(texts)


def _choose(condition: Value, then: Value, otherwise: Value) -> Value:
    return then if condition else otherwise


def _choose_first(*values: Value) -> Value:
    pairs = zip(values[::2], values[1::2], strict=False)
    default = values[-1] if len(values) % 2 else None
    return next((value for condition, value in pairs if condition), default)


def _take_substring(value: Value, start: Value, *length: Value) -> Value:
    text, numbers = as_text(value), [as_number(each) for each in (start, *length)]
    if text is None or None in numbers:
        return None
    places = [int(each) for each in numbers if each is not None]
    if places != numbers or min(places) < 0:
        raise not_documented("substr() is given an index or a length that is no whole number.")
    return text[places[0] :][: places[1]] if length else text[places[0] :]


def _contains(text: str, part: str, ignores_case: str = "false") -> Value:
    if ignores_case == "true":
        return int(part.lower() in text.lower())
    return int(part in text)


def _from_millis(value: Value) -> Value:
    number = as_number(value)
    return None if number is None else Time(int(number))


def _to_millis(value: Value) -> Value:
    if value is not None and not isinstance(value, Time):
        raise not_documented("toMillis() takes a time, such as @timestamp, and nothing else.")
    return None if value is None else value.ms


def _is_ip(*versions: int) -> Callable[..., Value]:
    def is_valid(text: str) -> Value:
        try:
            return ipaddress.ip_address(text).version in versions
        except ValueError:
            return False

    return is_valid


def _is_in_subnet(*versions: int) -> Callable[..., Value]:
    def is_inside(text: str, subnet: str) -> Value:
        try:
            network = ipaddress.ip_network(subnet)
        except ValueError:
            raise not_documented(f"'{subnet}' is not a subnet such as 192.0.2.0/24.") from None
        try:
            address = ipaddress.ip_address(text)
        except ValueError:
            return False
        return address.version in versions and address in network

    return is_inside


FUNCTIONS = {
    "abs": Function(_numeric(abs), 1, 1),
    "ceil": Function(_numeric(math.ceil), 1, 1),
    "floor": Function(_numeric(math.floor), 1, 1),
    "greatest": Function(_numeric(lambda *numbers: max(numbers)), 1, ANY),
    "least": Function(_numeric(lambda *numbers: min(numbers)), 1, ANY),
    "log": Function(_numeric(math.log), 1, 1),
    "sqrt": Function(_numeric(math.sqrt), 1, 1),
    "ispresent": Function(lambda value: value is not None, 1, 1, is_condition=True),
    "coalesce": Function(_coalesce, 1, ANY),
    "if": Function(_choose, 3, 3),
    "case": Function(_choose_first, 2, 21),
    "isempty": Function(_is_empty, 1, 1, is_condition=True),
    "isblank": Function(_is_blank, 1, 1, is_condition=True),
    "concat": Function(_textual(_concat), 1, ANY),
    "ltrim": Function(_textual(str.lstrip), 1, 2),
    "rtrim": Function(_textual(str.rstrip), 1, 2),
    "trim": Function(_textual(str.strip), 1, 2),
    "strlen": Function(_textual(len), 1, 1),
    "toupper": Function(_textual(str.upper), 1, 1),
    "tolower": Function(_textual(str.lower), 1, 1),
    "substr": Function(_take_substring, 2, 3),
    "replace": Function(_textual(str.replace), 3, 3),
    "strcontains": Function(_textual(_contains), 2, 3, is_condition=True),
    "startswith": Function(
        _textual(lambda text, part: int(text.startswith(part))), 2, 2, is_condition=True
    ),
    "endswith": Function(
        _textual(lambda text, part: int(text.endswith(part))), 2, 2, is_condition=True
    ),
    "messagesize": Function(_textual(lambda text: len(text.encode())), 1, 1),
    "frommillis": Function(_from_millis, 1, 1),
    "tomillis": Function(_to_millis, 1, 1),
    "isvalidip": Function(_textual(_is_ip(4, 6)), 1, 1, is_condition=True),
    "isvalidipv4": Function(_textual(_is_ip(4)), 1, 1, is_condition=True),
    "isvalidipv6": Function(_textual(_is_ip(6)), 1, 1, is_condition=True),
    "isipinsubnet": Function(_textual(_is_in_subnet(4, 6)), 2, 2, is_condition=True),
    "isipv4insubnet": Function(_textual(_is_in_subnet(4)), 2, 2, is_condition=True),
    "isipv6insubnet": Function(_textual(_is_in_subnet(6)), 2, 2, is_condition=True),
}

NOT_EMULATED = frozenset(
    (
        *("round", "haversine", "tonumber", "toint", "tolong", "todouble", "jsonparse"),
        *("jsonstringify", "jsonarraysize", "jsonarraycontains", "parsedate", "formatdate"),
        *("strftime", "isnumeric", "querystarttime", "queryendtime", "querytimerange"),
        *("ipv4tonumber", "isprivateip", "ispublicip", "isreservedip", "regexreplace"),
        *("urlencode", "urldecode", "base64encode", "base64decode", "split", "hextoascii"),
        *("hextodec", "dectohex", "rate", "count_over_time", "sum_over_time", "histogram"),
        *("md5", "sha1", "sha256", "sha512"),
    )
)
"""Functions that AWS documents beside, by their names in lower case."""
