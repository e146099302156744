"""Tells Rollbar's access tokens apart: three of the sandbox's own, each with one scope.

Source: https://docs.rollbar.com/docs/access-tokens (scopes), and
https://docs.rollbar.com/reference/getting-started-1 (the header).
"""

from workshop.sandbox import SANDBOX_KEY
from workshop.sandbox.rollbar import errors

HEADER = "X-Rollbar-Access-Token"
PARAMETER = "access_token"

POST = "post_server_item"
POST_CLIENT = "post_client_item"
READ = "read"
WRITE = "write"

SCOPES = {SANDBOX_KEY: POST, f"{SANDBOX_KEY}-read": READ, f"{SANDBOX_KEY}-write": WRITE}
"""The sandbox's tokens, and what each may do."""


def check_token(token: str | None, needed: str) -> str:
    """Return a token that may do what it is used for.

    Args:
        token: as it was sent; None or empty for none.
        needed: a scope.

    Raises:
        RollbarError: there is no token, it is not the sandbox's, or its scope is another.
    """
    if not token:
        raise errors.missing_token()
    scope = SCOPES.get(token)
    if scope is None:
        raise errors.unknown_token()
    if scope != needed:
        raise errors.insufficient_scope(needed, scope)
    return token
