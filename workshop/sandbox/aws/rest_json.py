"""Reads requests and writes answers of the protocol rest-json, by a botocore service model.

All members of the operations that the sandbox knows travel in the body, as JSON; timestamps are
seconds since 1970. Source: https://smithy.io/2.0/aws/protocols/aws-restjson1-protocol.html
"""

import functools
import json
import re
from typing import Any

from botocore.loaders import Loader
from botocore.model import OperationModel, ServiceModel, Shape
from botocore.validate import ParamValidator

from workshop.sandbox.aws.errors import ApiError

NUMBERS = ("integer", "long", "float", "double", "timestamp")
# The range of an integer in AWS's models; more would not fit into SQLite either.
WIDEST = 2**31

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


@functools.cache
def load_model(service: str) -> ServiceModel:
    """Return botocore's model of a service, such as `xray`."""
    # By the loader alone: a whole session imports much that only clients need.
    return ServiceModel(Loader().load_service_model(service, "service-2"), service)


@functools.cache
def read_paths(service: str) -> dict[tuple[str, str], OperationModel]:
    """Return a service's operations by HTTP method and path."""
    model = load_model(service)
    operations = [model.operation_model(name) for name in model.operation_names]
    return {(each.http["method"], each.http["requestUri"]): each for each in operations}


def parse_body(operation: OperationModel, body: bytes, invalid: str) -> dict[str, Any]:
    """Return a request's members, once the service's model finds nothing wrong with them.

    Args:
        operation: what is asked for.
        body: a JSON object; nothing is an empty one.
        invalid: the service's name for an invalid request.

    Raises:
        ApiError: the body is not JSON, or says what the model does not allow.
    """
    try:
        said = json.loads(body or b"{}", parse_constant=_refuse_constant)
        # Half a surrogate pair is no text, and could not be kept.
        write_body(said)
    except (ValueError, RecursionError):
        raise ApiError("SerializationException", "The body is not valid JSON.") from None
    if not isinstance(said, dict):
        raise ApiError("SerializationException", "The body has to be a JSON object.")
    params: dict[str, Any] = _without_nulls(said)
    shape = operation.input_shape
    if shape is None:
        return params
    report = ParamValidator().validate(params, shape).generate_report()
    problems = [report] if report else _find_violations(shape, params, "")
    if problems:
        raise ApiError(invalid, "; ".join(problems))
    return params


def write_body(response: dict[str, Any]) -> bytes:
    """Return an answer's body."""
    return _encode(response).encode("utf-8")


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def _without_nulls(value: Any) -> Any:
    """Return a value without the members that are null, which say nothing."""
    if isinstance(value, dict):
        return {key: _without_nulls(each) for key, each in value.items() if each is not None}
    if isinstance(value, list):
        return [_without_nulls(each) for each in value]
    return value


def _find_violations(shape: Shape, value: Any, path: str) -> list[str]:
    """Return what a value breaks of the constraints that botocore leaves to the service."""
    if shape.type_name == "structure":
        members = shape.members.items()
        inside = [
            (member, value[name], f"{path}.{name}") for name, member in members if name in value
        ]
    elif shape.type_name == "list":
        inside = [
            (shape.member, each, f"{path}.{number}.member") for number, each in enumerate(value, 1)
        ]
    elif shape.type_name == "map":
        inside = [(shape.value, each, f"{path}.{key}") for key, each in value.items()]
        inside += [(shape.key, key, f"{path}.{key}") for key in value]
    else:
        inside = []
    problems = _check_value(shape, value, path)
    for member, each, where in inside:
        problems += _find_violations(member, each, where)
    return problems


def _check_value(shape: Shape, value: Any, path: str) -> list[str]:
    rules = shape.metadata
    where = f"Value at '{path.lstrip('.')}' failed to satisfy constraint: Member must"
    size = len(value) if hasattr(value, "__len__") else value
    of = "have length " if hasattr(value, "__len__") else "have value "
    problems = []
    if shape.type_name in NUMBERS and isinstance(value, bool):
        return [f"{where} be a number"]
    if shape.type_name == "integer" and not -WIDEST <= value < WIDEST:
        problems.append(f"{where} be an integer of 32 bits")
    if "min" in rules and size < rules["min"]:
        problems.append(f"{where} {of}greater than or equal to {rules['min']}")
    if "max" in rules and size > rules["max"]:
        problems.append(f"{where} {of}less than or equal to {rules['max']}")
    if "enum" in rules and value not in rules["enum"]:
        problems.append(f"{where} satisfy enum value set: [{', '.join(rules['enum'])}]")
    if "pattern" in rules and re.search(rules["pattern"], value) is None:
        problems.append(f"{where} satisfy regular expression pattern: {rules['pattern']}")
    return problems
