"""Serves what the X-Ray daemon serves by TCP: sampling rules and targets, without a signature.

The daemon signs what its clients ask for with keys of its own. It would sign any request of anybody
who can reach it; here it passes on the two that an SDK needs, and refuses the rest.

Source: `pkg/proxy` of https://github.com/aws/aws-xray-daemon
"""

from collections.abc import Callable

from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException, MethodNotAllowed, NotFound

from workshop.sandbox import refusals
from workshop.sandbox.aws.dispatch import Answer, answer_operation
from workshop.sandbox.hosts import is_this_machine
from workshop.sandbox.store import Store

PATHS = ("/GetSamplingRules", "/SamplingTargets")
SERVICE = "xray"


def create_proxy(store: Store, ask: Callable[[str, bytes], Answer] | None = None) -> Flask:
    """Return the web app of the daemon's TCP port.

    Args:
        store: the sandbox's data.
        ask: answers a path and a body in the sandbox's place.
    """
    app = Flask(__name__, static_folder=None)

    @app.before_request
    def check_host() -> Response | None:
        if is_this_machine(request.environ.get("HTTP_HOST", "")):
            return None
        return _refuse(421, refusals.HOST, "the daemon answers to 127.0.0.1 and localhost only")

    def pass_on() -> Response:
        answer = (
            ask(request.path, request.get_data())
            if ask
            else answer_operation(
                store, SERVICE, "POST", request.path, request.get_data(), _name_user_agent()
            )
        )
        return Response(answer.body, answer.status, answer.headers)

    for path in PATHS:
        app.add_url_rule(path, path, pass_on, methods=["POST"])

    @app.errorhandler(NotFound)
    @app.errorhandler(MethodNotAllowed)
    def refuse(_error: HTTPException) -> Response:
        reason = f"the sandbox's daemon takes POST {' and '.join(PATHS)} only; ask the API itself"
        return _refuse(403, refusals.NOT_EMULATED, reason)

    def _refuse(status: int, kind: str, reason: str) -> Response:
        refusals.record_refusal(
            store,
            vendor=SERVICE,
            kind=kind,
            status=status,
            reason=reason,
            path=request.path,
            user_agent=_name_user_agent(),
        )
        return Response(f"{reason}\n", status, content_type="text/plain; charset=utf-8")

    return app


def _name_user_agent() -> str:
    return request.headers.get("User-Agent", "")
