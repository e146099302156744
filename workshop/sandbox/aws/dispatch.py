"""Takes AWS's requests: whose they are, whether they are signed, and which operation they ask for.

All of AWS's services share one address here. A signed request names its service in its credential
scope: `Credential=KEY/20261122/us-east-1/xray/aws4_request`.
"""

import functools
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, request

from workshop.sandbox import refusals
from workshop.sandbox.aws import json_target, query, rest_json, signing
from workshop.sandbox.aws.errors import ApiError, not_emulated
from workshop.sandbox.aws.identity import get_caller_identity
from workshop.sandbox.aws.models import load_model
from workshop.sandbox.aws.wire import Call, Wire
from workshop.sandbox.cloudwatch.operations import OPERATIONS as LOGS_OPERATIONS
from workshop.sandbox.store import Store
from workshop.sandbox.xray.operations import OPERATIONS as XRAY_OPERATIONS

# By the name that a service's model gives its protocol.
WIRES = {"rest-json": rest_json.WIRE, "json": json_target.WIRE, "query": query.WIRE}


@dataclass(frozen=True)
class Service:
    """A service of AWS's that the sandbox emulates.

    Args:
        name: as botocore and a credential scope call it, such as `logs`.
        title: as people call it.
        vendor: whose part of the sandbox it is, as a refusal tells it.
        operations: the function of each operation that is emulated.
        invalid: its name for a request that its model does not allow.
    """

    name: str
    title: str
    vendor: str
    operations: Mapping[str, Callable[[Store, dict[str, Any]], dict[str, Any]]]
    invalid: str


SERVICES = {
    service.name: service
    for service in (
        Service("xray", "X-Ray", "xray", XRAY_OPERATIONS, "InvalidRequestException"),
        Service(
            "logs", "CloudWatch Logs", "cloudwatch", LOGS_OPERATIONS, "InvalidParameterException"
        ),
        Service("sts", "STS", "aws", {"GetCallerIdentity": get_caller_identity}, "ValidationError"),
    )
}


@dataclass(frozen=True)
class Answer:
    """What is sent back.

    Args:
        status: the HTTP status.
        headers: its headers.
        body: its bytes.
    """

    status: int
    headers: dict[str, str]
    body: bytes


def answer_operation(
    store: Store,
    service_name: str,
    method: str,
    path: str,
    body: bytes,
    user_agent: str = "",
    target: str = "",
) -> Answer:
    """Do what a request asks for, whose signature has been checked or needs none.

    What is refused is remembered. The X-Ray daemon's proxy, which signs for its clients, comes in
    here as well.

    Args:
        store: the sandbox's data.
        service_name: the service in the credential scope, such as `xray`.
        method: the HTTP method.
        path: the path, without a query.
        body: the body's bytes.
        user_agent: who asks.
        target: the header `X-Amz-Target`.
    """
    call = Call(method, path, body, target)
    try:
        return _answer_call(store, service_name, call)
    except ApiError as error:
        return _refuse(store, error, service_name, path, user_agent)


def list_missing(service_name: str) -> list[str]:
    """Return the operations of a service that the sandbox refuses, sorted."""
    known = load_model(service_name).operation_names
    return sorted(set(known) - set(SERVICES[service_name].operations))


def create_blueprint(store: Store) -> Blueprint:
    """Return AWS's addresses, to be registered with the sandbox's web app.

    They take every request that is signed as AWS wants it, whatever its path, and those to a path
    or a target of AWS's that are not signed.

    Args:
        store: the sandbox's data.
    """
    blueprint = Blueprint("aws", __name__)

    @blueprint.before_app_request
    def answer_if_aws() -> Response | None:
        authorization = request.headers.get("Authorization", "")
        target = request.headers.get("X-Amz-Target", "")
        service = signing.name_service(authorization) or _guess_service(request.path, target)
        if not service and not authorization.startswith(signing.ALGORITHM):
            return None
        answer = _answer_request(service, target)
        return Response(answer.body, answer.status, answer.headers)

    def _answer_request(service: str, target: str) -> Answer:
        user_agent = request.headers.get("User-Agent", "")
        headers = {name.lower(): value for name, value in request.headers}
        url = request.environ.get("REQUEST_URI") or request.full_path.rstrip("?")
        signed = signing.SignedRequest(request.method, url, headers, request.get_data())
        try:
            signing.check_signature(signed)
        except ApiError as error:
            return _refuse(store, error, service, request.path, user_agent)
        return answer_operation(
            store, service, request.method, request.path, signed.body, user_agent, target
        )

    return blueprint


def _guess_service(path: str, target: str) -> str:
    """Return the service that a request without a signature is meant for; empty for none."""
    return _services_by_path().get(path, "") or next(
        (name for name in _names_by_wire(json_target.WIRE) if _has_target(name, target)), ""
    )


def _has_target(service_name: str, target: str) -> bool:
    return target.startswith(json_target.read_prefix(service_name))


@functools.cache
def _services_by_path() -> dict[str, str]:
    """Return the service that has operations at each path."""
    names = _names_by_wire(rest_json.WIRE)
    return {path: name for name in names for _, path in rest_json.read_paths(name)}


def _names_by_wire(wire: Wire) -> list[str]:
    return [name for name in SERVICES if _find_wire(name) is wire]


def _find_wire(service_name: str) -> Wire:
    """Return how a service speaks; a service that is not emulated is answered in plain JSON."""
    if service_name not in SERVICES:
        return rest_json.WIRE
    return WIRES[load_model(service_name).metadata["protocol"]]


def _answer_call(store: Store, service_name: str, call: Call) -> Answer:
    service = SERVICES.get(service_name)
    if service is None:
        raise not_emulated(f"The service '{service_name}'")
    wire = _find_wire(service_name)
    operation = wire.find_operation(service.name, call)
    function = service.operations.get(operation.name)
    if function is None:
        raise not_emulated(f"{service.title}'s {operation.name}")
    response = function(store, wire.read_params(operation, call, service.invalid))
    request_id = str(uuid.uuid4())
    body = wire.write_answer(operation, response, request_id)
    return Answer(200, _headers(wire, request_id), body)


def _headers(wire: Wire, request_id: str) -> dict[str, str]:
    return {"Content-Type": wire.content_type, "x-amzn-RequestId": request_id}


def _refuse(store: Store, error: ApiError, service_name: str, path: str, user_agent: str) -> Answer:
    service = SERVICES.get(service_name)
    refusals.record_refusal(
        store,
        vendor=service.vendor if service else "aws",
        kind=error.kind,
        status=error.status,
        reason=f"{error.code}: {refusals.mask_keys(error.message)}",
        path=path,
        user_agent=user_agent,
    )
    return write_error(service_name, error)


def write_error(service_name: str, error: ApiError) -> Answer:
    """Return a service's answer to a request that it does not take.

    Args:
        service_name: as botocore calls it, such as `logs`.
        error: what is wrong.
    """
    wire = _find_wire(service_name)
    request_id = str(uuid.uuid4())
    headers = {**_headers(wire, request_id), "x-amzn-ErrorType": error.code}
    return Answer(error.status, headers, wire.write_error(error, request_id))
