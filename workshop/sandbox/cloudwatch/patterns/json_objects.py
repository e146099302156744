"""Compiles filter patterns for messages that are JSON objects: `{ $.status >= 500 }`.

Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
"""

import json
import re
from collections.abc import Callable
from typing import Any

from lark import Token, Tree

from workshop.sandbox.cloudwatch.patterns.refusal import invalid_pattern
from workshop.sandbox.cloudwatch.patterns.tokens import find_tokens
from workshop.sandbox.cloudwatch.patterns.values import Number, Test, compile_comparison

# A property selector may have one, all those of a pattern together three.
WILDCARDS = 3
_STEP = re.compile(
    r"\.(?P<key>[A-Za-z0-9_-]+)|\.\['(?P<quoted>[^']*)'\]|\[(?P<index>\d+)\]|(?P<any>\.\*|\[\*\])"
)


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


_DECODER = json.JSONDecoder(parse_int=Number, parse_float=Number, parse_constant=_refuse_constant)

Document = Callable[[Any], bool]
_Step = Callable[[Any], list[Any]]


def compile_json(tree: Tree[Token]) -> Callable[[str], bool]:
    """Return the test of a message by a pattern; what is no JSON object never passes it.

    Args:
        tree: of the rule `json`.

    Raises:
        ApiError: the pattern says what the service or the sandbox does not have.
    """
    if sum(map(_count_wildcards, find_tokens(tree, "SELECTOR"))) > WILDCARDS:
        raise invalid_pattern(f"it has more than {WILDCARDS} wildcards in its property selectors")
    matches = _compile(tree.children[0])

    def test(message: str) -> bool:
        document = _parse(message)
        return document is not None and matches(document)

    return test


def _parse(message: str) -> dict[str, Any] | None:
    if not message.lstrip().startswith("{"):
        return None
    try:
        document: dict[str, Any] = _DECODER.decode(message)
    except (ValueError, RecursionError):
        return None
    return document


def _compile(node: Any) -> Document:
    parts = node.children
    match node.data:
        case "json_or":
            any_of = [_compile(part) for part in parts]
            return lambda document: any(test(document) for test in any_of)
        case "json_and":
            all_of = [_compile(part) for part in parts]
            return lambda document: all(test(document) for test in all_of)
        case "keyword":
            return _compile_keyword(parts[0], " ".join(parts[1].split()))
        case _:
            selector, sign, value = parts
            return _compile_test(selector, str(sign), value.children[0])


def _compile_keyword(selector: Token, keyword: str) -> Document:
    find = _compile_selector(selector)
    if keyword == "NOT EXISTS":
        _check_no_wildcard(selector, keyword)
        return lambda document: not find(document)
    wanted = {"IS NULL": None, "IS TRUE": True, "IS FALSE": False}[keyword]
    return lambda document: any(value is wanted for value in find(document))


def _compile_test(selector: Token, sign: str, value: Token) -> Document:
    """Compile a comparison; only strings and numbers have a value that can be compared."""
    if value == "null":
        raise invalid_pattern(f"write {selector} IS NULL instead of {selector} {sign} null")
    if sign == "!=":
        _check_no_wildcard(selector, sign)
    find = _compile_selector(selector)
    compare: Test = compile_comparison(sign, value)
    return lambda document: any(
        isinstance(found, str) and compare(found) for found in find(document)
    )


def _check_no_wildcard(selector: Token, what: str) -> None:
    if _count_wildcards(selector):
        raise invalid_pattern(
            f"the documentation does not say what {what} means for a selector with a wildcard"
        )


def _compile_selector(selector: Token) -> Callable[[Any], list[Any]]:
    """Return what finds the values that a property selector points to."""
    if _count_wildcards(selector) > 1:
        raise invalid_pattern(f"{selector} has more than one wildcard")
    steps = [_compile_step(match) for match in _STEP.finditer(selector)]

    def find(document: Any) -> list[Any]:
        found = [document]
        for step in steps:
            found = [value for each in found for value in step(each)]
        return found

    return find


def _count_wildcards(selector: Token) -> int:
    return sum(match["any"] is not None for match in _STEP.finditer(selector))


def _compile_step(match: re.Match[str]) -> _Step:
    if match[0] == ".*":
        return lambda value: list(value.values()) if isinstance(value, dict) else []
    if match[0] == "[*]":
        return lambda value: value if isinstance(value, list) else []
    if match["index"] is not None:
        index = int(match["index"])
        return lambda value: value[index : index + 1] if isinstance(value, list) else []
    key = match["key"] if match["quoted"] is None else match["quoted"]
    return lambda value: [value[key]] if isinstance(value, dict) and key in value else []
