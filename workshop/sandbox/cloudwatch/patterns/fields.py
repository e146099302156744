"""Compiles filter patterns for messages whose fields are divided by spaces: `[ip, ..., size]`.

Characters between brackets or double quotation marks are one field. Where a message has more
fields than the pattern names, and the pattern has no ellipsis, the last name takes the rest of it.
Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html; that
rule was recorded from AWS: https://github.com/radkawar/stackd, testdata/aws/logs/filters.json.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from lark import Token, Tree

from workshop.sandbox.cloudwatch.patterns.refusal import invalid_pattern
from workshop.sandbox.cloudwatch.patterns.tokens import find_tokens
from workshop.sandbox.cloudwatch.patterns.values import NUMBER, Number, Test, compile_comparison

ELLIPSIS = "..."
_FIELD = re.compile(r'"(?P<quoted>[^"]*)"(?!\S)|\[(?P<bracketed>[^\]]*)\](?!\S)|(?P<plain>\S+)')


@dataclass(frozen=True)
class _Field:
    """One field of a pattern.

    Args:
        name: its name; an ellipsis's is `...`, and one without a name has an empty one.
        test: what its value has to pass; None where any value does.
    """

    name: str
    test: Test | None = None


def compile_fields(tree: Tree[Token]) -> Callable[[str], bool]:
    """Return the test of a message by a pattern.

    Args:
        tree: of the rule `fields`.

    Raises:
        ApiError: the pattern names a field twice, or has two ellipses.
    """
    fields = [_compile_field(node) for node in tree.children]
    if fields == [_Field("")]:
        fields = [_Field(ELLIPSIS)]
    names = [field.name for field in fields]
    twice = next((name for name in names if name and names.count(name) > 1), None)
    if twice is not None:
        raise invalid_pattern(f"'{twice}' stands in it twice")
    if ELLIPSIS not in names:
        return lambda message: _match_in_order(fields, message)
    place = names.index(ELLIPSIS)
    before, after = fields[:place], fields[place + 1 :]
    return lambda message: _match_around(before, after, message)


def _match_in_order(fields: Sequence[_Field], message: str) -> bool:
    found = list(_FIELD.finditer(message))
    if len(found) < len(fields):
        return False
    values = [_read(match) for match in found[: len(fields)]]
    if len(found) > len(fields):
        values[-1] = message[found[len(fields) - 1].start() :].rstrip()
    return _pass_all(fields, values)


def _match_around(before: Sequence[_Field], after: Sequence[_Field], message: str) -> bool:
    values = [_read(match) for match in _FIELD.finditer(message)]
    if len(values) < len(before) + len(after):
        return False
    return _pass_all(before, values) and _pass_all(after, values[len(values) - len(after) :])


def _pass_all(fields: Sequence[_Field], values: Sequence[str]) -> bool:
    return all(
        field.test is None or field.test(value)
        for field, value in zip(fields, values, strict=False)
    )


def _read(match: re.Match[str]) -> str:
    """Return a field's value; one that looks like a number is a number."""
    value = match[str(match.lastgroup)]
    return Number(value) if NUMBER.fullmatch(value) else value


def _compile_field(node: Any) -> _Field:
    if not node.children:
        return _Field("")
    (inside,) = node.children
    if isinstance(inside, Token):
        return _Field(str(inside))
    names = {str(token) for token in find_tokens(inside, "NAME")}
    if len(names) > 1:
        raise invalid_pattern(
            f"the conditions of one field are on {' and '.join(sorted(names))};"
            " a comma divides fields"
        )
    return _Field(names.pop(), _compile(inside))


def _compile(node: Any) -> Test:
    parts = node.children
    match node.data:
        case "field_or":
            any_of = [_compile(part) for part in parts]
            return lambda value: any(test(value) for test in any_of)
        case "field_and":
            all_of = [_compile(part) for part in parts]
            return lambda value: all(test(value) for test in all_of)
        case _:
            _name, sign, value = parts
            return compile_comparison(str(sign), value.children[0])
