"""Who is asking."""

from flask import request


def current_handle() -> str:
    """Return the handle that the sign-in proxy put into X-User; without one it is the demo user."""
    return request.headers.get("X-User", "noor")
