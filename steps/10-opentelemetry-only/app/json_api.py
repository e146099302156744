"""JSON in and out: what a request holds, and the answer when something is wrong."""

from typing import Any

from flask import Flask, abort, json, request
from werkzeug.exceptions import HTTPException
from werkzeug.sansio.response import Response

from app.telemetry.correlation import find_ids


def init_app(app: Flask) -> None:
    """Make every error answer JSON, `{"error": …, "trace_id": …}`, like all the others."""
    app.register_error_handler(HTTPException, _describe)


def read_body() -> dict[str, Any]:
    """Return the JSON object that the request holds, or answer 400."""
    body = request.get_json(silent=True)
    if not isinstance(body, dict):
        abort(400, "Send a JSON object, with Content-Type: application/json.")
    return body


def require_text(value: Any, field: str, longest: int) -> str:
    """Return the text without space around it, or answer 422 if it is blank or too long."""
    text = value.strip() if isinstance(value, str) else ""
    if not text:
        abort(422, f"{field} is missing or blank.")
    if len(text) > longest:
        abort(422, f"{field} has {len(text)} characters; {longest} is the most.")
    return text


def _describe(error: HTTPException) -> Response:
    response = error.get_response()
    told = {"error": error.description}
    ids = find_ids()
    if ids:
        # Whoever complains can quote it.
        told["trace_id"] = ids["trace_id"]
    response.data = json.dumps(told)
    response.content_type = "application/json"
    return response
