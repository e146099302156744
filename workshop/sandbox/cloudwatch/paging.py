"""Writes and reads the tokens that lead from one page of a list to the next."""

import base64
import binascii
import json
from typing import Any

from workshop.sandbox.cloudwatch.errors import invalid_token


def write_token(*position: str | int) -> str:
    """Return the token for what comes after a position.

    Args:
        position: the sort key of a page's last item, and what else the next page has to know.
    """
    return base64.urlsafe_b64encode(json.dumps(position).encode()).decode()


def read_token(token: str, *kinds: type) -> tuple[Any, ...]:
    """Return the position that a token was written for.

    Args:
        token: as a client sent it.
        kinds: the type of each part of the position.

    Raises:
        ApiError: no answer ever gave this token.
    """
    try:
        position = json.loads(base64.b64decode(token, b"-_", validate=True))
    except (binascii.Error, ValueError, RecursionError):
        raise invalid_token() from None
    if not isinstance(position, list) or [type(part) for part in position] != list(kinds):
        raise invalid_token()
    if any(isinstance(part, int) and not 0 <= part < 2**63 for part in position):
        raise invalid_token()
    return tuple(position)
