"""Speaks the protocol AWS JSON 1.1: a header names the operation, JSON goes both ways.

Source: https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html
"""

from typing import Any

from botocore.model import OperationModel

from workshop.sandbox import refusals
from workshop.sandbox.aws.errors import ApiError
from workshop.sandbox.aws.json_body import parse_body, write_body
from workshop.sandbox.aws.models import load_model
from workshop.sandbox.aws.wire import Call, Wire


def read_prefix(service: str) -> str:
    """Return what the header `X-Amz-Target` of a service's requests starts with."""
    return f"{load_model(service).metadata['targetPrefix']}."


def _find_operation(service: str, call: Call) -> OperationModel:
    model, prefix = load_model(service), read_prefix(service)
    name = call.target.removeprefix(prefix)
    if not call.target.startswith(prefix) or name not in model.operation_names:
        raise ApiError(
            "UnknownOperationException",
            f"The header X-Amz-Target has to name an operation, as {prefix}Name.",
            400,
            refusals.UNKNOWN_PATH,
        )
    return model.operation_model(name)


def _read_params(operation: OperationModel, call: Call, invalid: str) -> dict[str, Any]:
    return parse_body(operation, call.body, invalid)


def _write_answer(_operation: OperationModel, response: dict[str, Any], _request_id: str) -> bytes:
    return write_body(response)


def _write_error(error: ApiError, _request_id: str) -> bytes:
    return write_body({"__type": error.code, "message": error.message, **error.members})


WIRE = Wire(
    "application/x-amz-json-1.1", _find_operation, _read_params, _write_answer, _write_error
)
