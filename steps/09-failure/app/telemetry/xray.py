"""Sends this service's requests to AWS X-Ray, through the X-Ray SDK and its daemon."""

import logging

from aws_xray_sdk.core import patch, xray_recorder
from aws_xray_sdk.ext.flask.middleware import XRayMiddleware
from flask import Flask

from app.telemetry.redaction import RedactingEmitter


def start(app: Flask, service_name: str) -> None:
    """Record each request to this app that the sampling rules choose, and what it calls.

    Where the daemon listens, the SDK reads from AWS_XRAY_DAEMON_ADDRESS.
    """
    # OpenTelemetry sends its spans outside of any request, with the same `requests`: no error.
    xray_recorder.configure(
        service=service_name, context_missing="IGNORE_ERROR", emitter=RedactingEmitter()
    )
    logging.getLogger("aws_xray_sdk.core.recorder").setLevel(logging.ERROR)
    XRayMiddleware(app, xray_recorder)
    patch(["requests", "sqlite3"])
