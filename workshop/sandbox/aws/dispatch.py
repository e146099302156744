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
from workshop.sandbox.aws import rest_json, signing
from workshop.sandbox.aws.errors import ApiError, not_emulated
from workshop.sandbox.store import Store
from workshop.sandbox.xray.operations import OPERATIONS as XRAY_OPERATIONS

JSON = "application/json"


@dataclass(frozen=True)
class Service:
    """A service of AWS's that the sandbox emulates.

    Args:
        name: as botocore and a credential scope call it, such as `xray`.
        title: as people call it.
        operations: the function of each operation that is emulated.
        invalid: its name for a request that its model does not allow.
    """

    name: str
    title: str
    operations: Mapping[str, Callable[[Store, dict[str, Any]], dict[str, Any]]]
    invalid: str


SERVICES = {
    service.name: service
    for service in (Service("xray", "X-Ray", XRAY_OPERATIONS, "InvalidRequestException"),)
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
    store: Store, service_name: str, method: str, path: str, body: bytes, user_agent: str = ""
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
    """
    try:
        response = _call(store, service_name, method, path, body)
    except ApiError as error:
        return _refuse(store, error, service_name, path, user_agent)
    return Answer(200, _headers(), rest_json.write_body(response))


def list_missing(service_name: str) -> list[str]:
    """Return the operations of a service that the sandbox refuses, sorted."""
    known = rest_json.load_model(service_name).operation_names
    return sorted(set(known) - set(SERVICES[service_name].operations))


def create_blueprint(store: Store) -> Blueprint:
    """Return AWS's addresses, to be registered with the sandbox's web app.

    They take every request that is signed as AWS wants it, whatever its path, and those to a path
    of AWS's that are not signed.

    Args:
        store: the sandbox's data.
    """
    blueprint = Blueprint("aws", __name__)
    by_path = _services_by_path()

    @blueprint.before_app_request
    def answer_if_aws() -> Response | None:
        authorization = request.headers.get("Authorization", "")
        service = signing.name_service(authorization) or by_path.get(request.path, "")
        if not service and not authorization.startswith(signing.ALGORITHM):
            return None
        answer = _answer_request(service)
        return Response(answer.body, answer.status, answer.headers)

    def _answer_request(service: str) -> Answer:
        user_agent = request.headers.get("User-Agent", "")
        headers = {name.lower(): value for name, value in request.headers}
        target = request.environ.get("REQUEST_URI") or request.full_path.rstrip("?")
        signed = signing.SignedRequest(request.method, target, headers, request.get_data())
        try:
            signing.check_signature(signed)
        except ApiError as error:
            return _refuse(store, error, service, request.path, user_agent)
        return answer_operation(
            store, service, request.method, request.path, signed.body, user_agent
        )

    return blueprint


@functools.cache
def _services_by_path() -> dict[str, str]:
    """Return the service that has operations at each path."""
    return {path: name for name in SERVICES for _, path in rest_json.read_paths(name)}


def _call(store: Store, service_name: str, method: str, path: str, body: bytes) -> dict[str, Any]:
    service = SERVICES.get(service_name)
    if service is None:
        raise not_emulated(f"The service '{service_name}'")
    operation = rest_json.read_paths(service.name).get((method, path))
    if operation is None:
        raise ApiError(
            "UnknownOperationException",
            f"{service.title} has no operation at {method} {path}.",
            404,
            refusals.UNKNOWN_PATH,
        )
    function = service.operations.get(operation.name)
    if function is None:
        raise not_emulated(f"{service.title}'s {operation.name}")
    return function(store, rest_json.parse_body(operation, body, service.invalid))


def _headers() -> dict[str, str]:
    return {"Content-Type": JSON, "x-amzn-RequestId": str(uuid.uuid4())}


def _refuse(store: Store, error: ApiError, service_name: str, path: str, user_agent: str) -> Answer:
    refusals.record_refusal(
        store,
        vendor=service_name if service_name in SERVICES else "aws",
        kind=error.kind,
        status=error.status,
        reason=f"{error.code}: {refusals.mask_keys(error.message)}",
        path=path,
        user_agent=user_agent,
    )
    headers = {**_headers(), "x-amzn-ErrorType": error.code}
    # The gateway before AWS's services writes 'message', X-Ray's own errors have 'Message'.
    member = "message" if error.status == 403 else "Message"
    return Answer(error.status, headers, rest_json.write_body({member: error.message}))
