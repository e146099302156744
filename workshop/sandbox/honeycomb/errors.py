"""What Honeycomb answers to a request that it does not take.

Texts, order and status codes are those of Honeycomb's own OTLP library:
https://github.com/honeycombio/husky/blob/main/otlp/errors.go
"""

from workshop.sandbox import refusals
from workshop.sandbox.otlp import CONTENT_TYPES

UNKNOWN_KEY_TEXT = "unknown API key - check your credentials"


class OtlpError(Exception):
    """A request that is refused.

    Args:
        kind: why, as a constant of `workshop.sandbox.refusals`.
        status: the HTTP status.
        message: the vendor's sentence.
    """

    def __init__(self, kind: str, status: int, message: str) -> None:
        super().__init__(message)
        self.kind = kind
        self.status = status
        self.message = message


def unsupported_content_type() -> OtlpError:
    """Return the refusal of any other content type; parameters such as a charset count too."""
    valid = ", ".join(CONTENT_TYPES)
    return OtlpError(
        refusals.CONTENT_TYPE, 415, f"unsupported content-type, valid types are: {valid}"
    )


def missing_key() -> OtlpError:
    """Return the refusal of a request without a key."""
    return OtlpError(refusals.MISSING_KEY, 401, "missing 'x-honeycomb-team' header")


def missing_dataset() -> OtlpError:
    """Return the refusal of a Classic key that does not say which dataset it is for."""
    return OtlpError(refusals.MISSING_DATASET, 401, "missing 'x-honeycomb-dataset' header")


def unknown_key() -> OtlpError:
    """Return the refusal of a key that is not the sandbox's."""
    return OtlpError(refusals.UNKNOWN_KEY, 401, UNKNOWN_KEY_TEXT)


def unreadable_body(why: str) -> OtlpError:
    """Return the refusal of a body that is not what its headers say.

    Args:
        why: a few words on what is wrong with it.
    """
    return OtlpError(refusals.BODY, 400, f"failed to parse OTLP request body: {why}")
