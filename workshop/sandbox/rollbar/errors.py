"""What Rollbar answers to a request that it does not take.

Status codes are those of https://docs.rollbar.com/reference/create-item and
https://docs.rollbar.com/reference/getting-started-1. All answers are JSON: `err` is 1, and
`message` says what is wrong.
"""

from workshop.sandbox import refusals

UNKNOWN_TOKEN_STATUS = 401

# Reasons that only Rollbar has, beside those of `workshop.sandbox.refusals`.
SCOPE = "scope"
RATE_LIMIT = "rate-limit"


class RollbarError(Exception):
    """A request that is refused.

    Args:
        kind: why, as a constant of `workshop.sandbox.refusals`.
        status: the HTTP status.
        message: a sentence on what is wrong; never with a token in it.
        headers: more headers of the answer.
    """

    def __init__(
        self, kind: str, status: int, message: str, headers: dict[str, str] | None = None
    ) -> None:
        super().__init__(message)
        self.kind = kind
        self.status = status
        self.message = message
        self.headers = headers or {}


def missing_token() -> RollbarError:
    """Return the refusal of a request without a token."""
    return RollbarError(refusals.MISSING_KEY, 401, "access token is missing")


def unknown_token() -> RollbarError:
    """Return the refusal of a token that is not the sandbox's; it is not repeated here."""
    return RollbarError(
        refusals.UNKNOWN_KEY,
        UNKNOWN_TOKEN_STATUS,
        "access token not found; the sandbox's own are sandbox, sandbox-read and sandbox-write",
    )


def insufficient_scope(needed: str, given: str) -> RollbarError:
    """Return the refusal of a token that may do something else.

    Args:
        needed: the scope that the request needs.
        given: the scope that the token has.
    """
    return RollbarError(
        SCOPE,
        403,
        f"insufficient privileges: {needed} scope is required but the access token only has"
        f" {given}.",
    )


def bad_request(why: str) -> RollbarError:
    """Return the refusal of a body that cannot be read."""
    return RollbarError(refusals.BODY, 400, why)


def too_large() -> RollbarError:
    """Return the refusal of a body that is too long."""
    return RollbarError(refusals.BODY, 413, "request entity too large")


def unprocessable(why: str) -> RollbarError:
    """Return the refusal of JSON that says something impossible, or too little."""
    return RollbarError(refusals.BODY, 422, f"Invalid format. {why}")


def over_rate_limit(headers: dict[str, str]) -> RollbarError:
    """Return the refusal of one call too many in a minute.

    Args:
        headers: what they tell of the limit.
    """
    return RollbarError(RATE_LIMIT, 429, "over rate limit", headers)


def not_found(what: str) -> RollbarError:
    """Return the refusal of something that is not there.

    Args:
        what: such as `Item`.
    """
    return RollbarError(refusals.UNKNOWN_PATH, 404, f"{what} not found")


def not_emulated(what: str) -> RollbarError:
    """Return the sandbox's own refusal of something that only Rollbar itself does.

    Args:
        what: as the start of a sentence; a name in it that came from outside may be a token.
    """
    return RollbarError(
        refusals.NOT_EMULATED,
        501,
        f"{refusals.mask_keys(what)} is not emulated by the workshop's sandbox; Rollbar itself has"
        " it.",
    )
