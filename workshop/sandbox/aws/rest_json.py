"""Speaks the protocol rest-json: a path names the operation, JSON goes both ways.

Source: https://smithy.io/2.0/aws/protocols/aws-restjson1-protocol.html
"""

import functools
from typing import Any

from botocore.model import OperationModel

from workshop.sandbox import refusals
from workshop.sandbox.aws.errors import ApiError
from workshop.sandbox.aws.json_body import parse_body, write_body
from workshop.sandbox.aws.models import load_model
from workshop.sandbox.aws.wire import Call, Wire


@functools.cache
def read_paths(service: str) -> dict[tuple[str, str], OperationModel]:
    """Return a service's operations by HTTP method and path."""
    model = load_model(service)
    operations = [model.operation_model(name) for name in model.operation_names]
    return {(each.http["method"], each.http["requestUri"]): each for each in operations}


def _find_operation(service: str, call: Call) -> OperationModel:
    operation = read_paths(service).get((call.method, call.path))
    if operation is None:
        raise ApiError(
            "UnknownOperationException",
            f"{load_model(service).metadata['serviceFullName']} has no operation at"
            f" {call.method} {call.path}.",
            404,
            refusals.UNKNOWN_PATH,
        )
    return operation


def _read_params(operation: OperationModel, call: Call, invalid: str) -> dict[str, Any]:
    return parse_body(operation, call.body, invalid)


def _write_answer(_operation: OperationModel, response: dict[str, Any], _request_id: str) -> bytes:
    return write_body(response)


def _write_error(error: ApiError, _request_id: str) -> bytes:
    # The gateway before AWS's services writes 'message', X-Ray's own errors have 'Message'.
    return write_body({"message" if error.status == 403 else "Message": error.message})


WIRE = Wire("application/json", _find_operation, _read_params, _write_answer, _write_error)
