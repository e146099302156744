"""What differs between AWS's protocols: how a request names its operation, and how answers look."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from botocore.model import OperationModel

from workshop.sandbox.aws.errors import ApiError


@dataclass(frozen=True)
class Call:
    """A request whose service is known.

    Args:
        method: the HTTP method.
        path: the path, without a query.
        body: the body's bytes.
        target: the header `X-Amz-Target`; empty where there is none.
    """

    method: str
    path: str
    body: bytes
    target: str = ""


@dataclass(frozen=True)
class Wire:
    """One protocol.

    Args:
        content_type: of every answer.
        find_operation: returns the operation of a service that a call asks for, or raises an
            `ApiError`.
        read_params: returns a call's members, validated; its last argument is the service's name
            for an invalid request.
        write_answer: returns the body of an answer, by its operation, its members and the
            request's id.
        write_error: returns the body of a refusal, by its error and the request's id.
    """

    content_type: str
    find_operation: Callable[[str, Call], OperationModel]
    read_params: Callable[[OperationModel, Call, str], dict[str, Any]]
    write_answer: Callable[[OperationModel, dict[str, Any], str], bytes]
    write_error: Callable[[ApiError, str], bytes]
