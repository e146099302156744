"""Reads and writes the bodies of AWS's two JSON protocols.

All members of the operations that the sandbox knows travel in the body; timestamps are seconds
since 1970, or whole milliseconds where a model says `long`.
"""

import json
import re
from typing import Any

from botocore.model import OperationModel

from workshop.sandbox.aws.errors import ApiError
from workshop.sandbox.aws.models import check_params

# An escape that may be one half of a character; more is looked at only where there is one.
_HALF_A_PAIR = re.compile(r"\\u[dD][89a-fA-F]")

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


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
        text = body.decode("utf-8") or "{}"
        said = json.loads(text, parse_constant=_refuse_constant)
        if _HALF_A_PAIR.search(text):
            # Half a surrogate pair is no text, and could not be kept.
            write_body(said)
    except (ValueError, RecursionError):
        raise ApiError("SerializationException", "The body is not valid JSON.") from None
    if not isinstance(said, dict):
        raise ApiError("SerializationException", "The body has to be a JSON object.")
    params: dict[str, Any] = _without_nulls(said) if "null" in text else said
    check_params(operation, params, invalid)
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
