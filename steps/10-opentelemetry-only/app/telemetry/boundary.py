"""Decides whose word is taken on tracing: in production, not the word of the internet."""

import os
from collections.abc import Iterable
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from flask import Flask

# With these a caller could hide a request, have it recorded at our cost, or send notes along to
# everybody whom we call.
OF_THE_CALLER = ["HTTP_TRACEPARENT", "HTTP_TRACESTATE", "HTTP_BAGGAGE", "HTTP_X_AMZN_TRACE_ID"]


class TrustBoundary:
    """Takes trace headers off each request, so that its trace begins here."""

    def __init__(self, wsgi_app: WSGIApplication) -> None:
        self.wsgi_app = wsgi_app

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Serve a request without them."""
        for name in OF_THE_CALLER:
            environ.pop(name, None)
        return self.wsgi_app(environ, start_response)


def protect(app: Flask) -> None:
    """Put the boundary before a service that strangers can reach; in production alone.

    Behind a gateway that has taken their headers off already, set TRUST_TRACE_HEADERS.
    """
    trusted = os.environ.get("TRUST_TRACE_HEADERS")
    if os.environ.get("ENVIRONMENT") == "production" and not trusted:
        app.wsgi_app = TrustBoundary(app.wsgi_app)  # type: ignore[method-assign]
