"""Writes the reason of an HTTP status as the vendors do."""

from http import HTTPStatus

from flask import Response


def spell_reason(response: Response) -> Response:
    """Return an answer whose status line says `Unauthorized`, not werkzeug's `UNAUTHORIZED`.

    Exporters print it.

    Args:
        response: the answer.
    """
    response.status = f"{response.status_code} {HTTPStatus(response.status_code).phrase}"
    return response
