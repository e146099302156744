"""What AWS answers to a request that it does not take."""

from collections.abc import Mapping
from typing import Any

from workshop.sandbox import refusals


class ApiError(Exception):
    """A request that is refused, in the vendor's words.

    Args:
        code: the vendor's name of the error, such as `InvalidRequestException`.
        message: a sentence on what is wrong.
        status: the HTTP status.
        kind: why, as a constant of `workshop.sandbox.refusals`.
        members: what else the error's shape holds, such as where a query went wrong.
    """

    def __init__(
        self,
        code: str,
        message: str,
        status: int = 400,
        kind: str = refusals.BODY,
        members: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.status = status
        self.kind = kind
        self.members = dict(members or {})


def invalid_request(message: str) -> ApiError:
    """Return X-Ray's refusal of a request whose meaning is wrong."""
    return ApiError("InvalidRequestException", message)


def not_emulated(what: str) -> ApiError:
    """Return the sandbox's own refusal of something that only AWS itself does.

    Args:
        what: the service or the operation, as the start of a sentence.
    """
    return ApiError(
        "UnsupportedOperation",
        f"{what} is not emulated by the workshop's sandbox; AWS itself has it.",
        501,
        refusals.NOT_EMULATED,
    )
