"""Tells quickly that a value breaks nothing of a service model: a batch may have 10,000 events.

What it does not take is not wrong yet: botocore and `models` look at it again, and say in words
what it breaks.
"""

import functools
import re
from collections.abc import Callable
from typing import Any

from botocore.model import Shape

Check = Callable[[Any], bool]

# The bits of AWS's whole numbers; more would not fit into SQLite either.
BITS = {"integer": 32, "long": 64}
# Letters, digits and separators, as the models' patterns call them and Python's do not.
_CLASSES = {r"\p{L}": r"\w", r"\p{N}": r"\w", r"\p{Z}": r"\s"}


@functools.cache
def compile_pattern(pattern: str) -> re.Pattern[str]:
    """Return a pattern of a model's as Python has it."""
    for name, own in _CLASSES.items():
        pattern = pattern.replace(name, own)
    return re.compile(pattern)


@functools.cache
def compile_check(shape: Shape) -> Check:
    """Return what tells whether a value is plainly one of a shape.

    Args:
        shape: as botocore has it.
    """
    makers = {"structure": _structure, "list": _list, "string": _string}
    if shape.type_name in BITS:
        return _whole_number(shape)
    return makers.get(shape.type_name, _unknown)(shape)


def _unknown(_shape: Shape) -> Check:
    return lambda _value: False


def _structure(shape: Shape) -> Check:
    if shape.is_document_type or shape.is_tagged_union:
        return _unknown(shape)
    members, required = shape.members, frozenset(shape.required_members)
    # Found when they are first met: a shape may be a part of itself.
    checks: dict[str, Check] = {}

    def check(value: Any) -> bool:
        if type(value) is not dict or not required <= value.keys():
            return False
        for name, each in value.items():
            known = checks.get(name)
            if known is None:
                if name not in members:
                    return False
                known = checks[name] = compile_check(members[name])
            if not known(each):
                return False
        return True

    return check


def _list(shape: Shape) -> Check:
    least, most = shape.metadata.get("min", 0), shape.metadata.get("max", float("inf"))
    member = compile_check(shape.member)
    return lambda value: (
        type(value) is list and least <= len(value) <= most and all(map(member, value))
    )


def _string(shape: Shape) -> Check:
    rules = shape.metadata
    if shape.serialization.get("jsonvalue"):
        return _unknown(shape)
    least, most = rules.get("min", 0), rules.get("max", float("inf"))
    enum = rules.get("enum")
    pattern = compile_pattern(rules["pattern"]) if "pattern" in rules else None
    return lambda value: (
        type(value) is str
        and least <= len(value) <= most
        and (enum is None or value in enum)
        and (pattern is None or pattern.fullmatch(value) is not None)
    )


def _whole_number(shape: Shape) -> Check:
    half = 2 ** (BITS[shape.type_name] - 1)
    least = max(shape.metadata.get("min", -half), -half)
    most = min(shape.metadata.get("max", half - 1), half - 1)
    return lambda value: type(value) is int and least <= value <= most
