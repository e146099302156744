"""What botocore's service models allow: which operations there are, and what a request may say."""

import functools
from collections.abc import Iterator
from typing import Any

from botocore.loaders import Loader
from botocore.model import OperationModel, ServiceModel, Shape
from botocore.validate import ParamValidator

from workshop.sandbox.aws.errors import ApiError
from workshop.sandbox.aws.quick_check import BITS, compile_check, compile_pattern

NUMBERS = ("integer", "long", "float", "double", "timestamp")


@functools.cache
def load_model(service: str) -> ServiceModel:
    """Return botocore's model of a service, such as `xray`."""
    # By the loader alone: a whole session imports much that only clients need.
    return ServiceModel(Loader().load_service_model(service, "service-2"), service)


def check_params(operation: OperationModel, params: dict[str, Any], invalid: str) -> None:
    """Check a request's members against its service's model.

    Args:
        operation: what is asked for.
        params: the request's members.
        invalid: the service's name for an invalid request.

    Raises:
        ApiError: they say what the model does not allow.
    """
    shape = operation.input_shape
    if shape is None or compile_check(shape)(params):
        return
    report = ParamValidator().validate(params, shape).generate_report()
    problems = [report] if report else _find_violations(shape, params)
    if problems:
        raise ApiError(invalid, "; ".join(problems))


def _find_violations(shape: Shape, params: dict[str, Any]) -> list[str]:
    """Return what a request breaks of the constraints that botocore leaves to the service."""
    return [
        f"Value at '{path.lstrip('.')}' failed to satisfy constraint: Member must {problem}"
        for path, problem in _walk(shape, params)
    ]


def _walk(shape: Shape, value: Any) -> list[tuple[str, str]]:
    """Return the path of each value that breaks a constraint, and what it must do."""
    found = [("", problem) for problem in _check_value(shape, value)]
    # Paths are written for what is wrong alone: a batch of log events has tens of thousands.
    for name, member, inside in _list_members(shape, value):
        found += [(f".{name}{path}", problem) for path, problem in _walk(member, inside)]
    return found


def _list_members(shape: Shape, value: Any) -> Iterator[tuple[object, Shape, Any]]:
    """Yield what a value holds: its name, its shape and its value."""
    if shape.type_name == "structure":
        members = shape.members
        yield from ((name, members[name], each) for name, each in value.items())
    elif shape.type_name == "list":
        yield from ((_Element(number), shape.member, each) for number, each in enumerate(value, 1))
    elif shape.type_name == "map":
        yield from ((key, shape.value, each) for key, each in value.items())
        yield from ((key, shape.key, key) for key in value)


class _Element(int):
    """The number of a list's element, as AWS names it in a path."""

    def __str__(self) -> str:
        return f"{int(self)}.member"


def _check_value(shape: Shape, value: Any) -> list[str]:
    """Return what a value must do and does not."""
    kind, rules = shape.type_name, shape.metadata
    if kind in NUMBERS and isinstance(value, bool):
        return ["be a number"]
    bits = BITS.get(kind)
    problems = []
    if bits is not None and not -(2 ** (bits - 1)) <= value < 2 ** (bits - 1):
        problems.append(f"be an integer of {bits} bits")
    if not rules:
        return problems
    has_length = hasattr(value, "__len__")
    size, of = (len(value), "have length") if has_length else (value, "have value")
    if "min" in rules and size < rules["min"]:
        problems.append(f"{of} greater than or equal to {rules['min']}")
    if "max" in rules and size > rules["max"]:
        problems.append(f"{of} less than or equal to {rules['max']}")
    if "enum" in rules and value not in rules["enum"]:
        problems.append(f"satisfy enum value set: [{', '.join(rules['enum'])}]")
    if "pattern" in rules and compile_pattern(rules["pattern"]).fullmatch(value) is None:
        problems.append(f"satisfy regular expression pattern: {rules['pattern']}")
    return problems
