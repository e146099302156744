"""Reports this service's errors to Rollbar."""

import logging
import os
from pathlib import Path
from typing import Any

import rollbar
import rollbar.contrib.flask
from flask import Flask, Request

from app import session
from app.telemetry.redaction import clean_value
from app.telemetry.thrift import Cap

ROOT = Path(__file__).parents[1]

logger = logging.getLogger(__name__)


class RequestOfPerson(Request):
    """A request that tells Rollbar whose it is: a handle, and no e-mail address."""

    @property
    def rollbar_person(self) -> dict[str, str]:
        """Who is asking, under the name that the SDK looks for."""
        return {"id": session.current_handle()}


def start(app: Flask, service_name: str) -> None:
    """Report each exception that a request ends with.

    The token, the address and where this runs are read from the environment: ROLLBAR_ACCESS_TOKEN,
    ROLLBAR_ENDPOINT and ENVIRONMENT.
    """
    token = os.environ.get("ROLLBAR_ACCESS_TOKEN")
    if not token:
        logger.warning("ROLLBAR_ACCESS_TOKEN is not set: errors are in the log alone")
        return
    environment = os.environ.get("ENVIRONMENT", "development")
    app.request_class = RequestOfPerson
    rollbar.contrib.flask.init(
        app,
        token,
        environment,
        endpoint=os.environ.get("ROLLBAR_ENDPOINT", "https://api.rollbar.com/api/1/"),
        root=str(ROOT),
        code_version=os.environ.get("CODE_VERSION", "unknown"),
        host=service_name,
        # Refused for being too many, an error would be logged whole, the token included.
        log_payload_on_error=False,
        capture_ip="anonymize",
    )
    rollbar.events.add_payload_handler(clean_payload)
    rollbar.events.add_payload_handler(Cap().let_through)
    if environment == "development":
        app.add_url_rule("/api/rollbar-test", view_func=raise_on_purpose)


def clean_payload(payload: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Return a report without what must not leave."""
    return {**payload, "data": clean_value(payload["data"])}


def raise_on_purpose() -> None:
    """Show that errors arrive: http://127.0.0.1:4567/api/rollbar-test"""
    raise RuntimeError("a test of Rollbar")
