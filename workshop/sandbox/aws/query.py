"""Speaks the protocol AWS query: a form names the operation, and XML comes back.

Answers are flat here: each member is a text, as in the one operation that the sandbox has.

Source: https://smithy.io/2.0/aws/protocols/aws-query-protocol.html
"""

from typing import Any
from urllib.parse import parse_qsl
from xml.etree import ElementTree

from botocore.model import OperationModel

from workshop.sandbox import refusals
from workshop.sandbox.aws.errors import ApiError
from workshop.sandbox.aws.models import check_params, load_model
from workshop.sandbox.aws.wire import Call, Wire

NAMES = ("Action", "Version")


def _find_operation(service: str, call: Call) -> OperationModel:
    model = load_model(service)
    said = _parse_form(call.body)
    name, version = said.get("Action", ""), said.get("Version", "")
    if name not in model.operation_names or version != model.api_version:
        raise ApiError(
            "InvalidAction",
            f"Could not find operation {name} for version {version}",
            400,
            refusals.UNKNOWN_PATH,
        )
    return model.operation_model(name)


def _read_params(operation: OperationModel, call: Call, invalid: str) -> dict[str, Any]:
    params = {key: value for key, value in _parse_form(call.body).items() if key not in NAMES}
    check_params(operation, params, invalid)
    return params


def _write_answer(operation: OperationModel, response: dict[str, Any], request_id: str) -> bytes:
    root = ElementTree.Element(f"{operation.name}Response", _namespace(operation))
    result = ElementTree.SubElement(root, f"{operation.name}Result")
    for name, value in response.items():
        ElementTree.SubElement(result, name).text = value
    metadata = ElementTree.SubElement(root, "ResponseMetadata")
    ElementTree.SubElement(metadata, "RequestId").text = request_id
    return ElementTree.tostring(root)


def _write_error(error: ApiError, request_id: str) -> bytes:
    root = ElementTree.Element("ErrorResponse")
    inside = ElementTree.SubElement(root, "Error")
    for name, text in (("Type", "Sender"), ("Code", error.code), ("Message", error.message)):
        ElementTree.SubElement(inside, name).text = text
    ElementTree.SubElement(root, "RequestId").text = request_id
    return ElementTree.tostring(root)


def _parse_form(body: bytes) -> dict[str, str]:
    return dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))


def _namespace(operation: OperationModel) -> dict[str, str]:
    return {"xmlns": operation.service_model.metadata["xmlNamespace"]}


WIRE = Wire("text/xml", _find_operation, _read_params, _write_answer, _write_error)
