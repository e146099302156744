"""What each vendor answers when it is unwell, in its own form: a WSGI app for a door."""

from collections.abc import Callable

from flask import Flask, Response, jsonify, request
from google.rpc.status_pb2 import Status

from workshop.sandbox import refusals
from workshop.sandbox.aws import dispatch
from workshop.sandbox.aws.errors import ApiError
from workshop.sandbox.faults.modes import CLOUDWATCH, HONEYCOMB, ROLLBAR, THROTTLED, XRAY
from workshop.sandbox.honeycomb.receive import answer as answer_otlp
from workshop.sandbox.spelling import spell_reason
from workshop.sandbox.store import Store

OTLP_PATH = "/v1/traces"
# Why the sandbox refused, as `workshop.sandbox.refusals` tells it.
BROKEN = "broken"
# google.rpc.Code: https://github.com/googleapis/googleapis/blob/master/google/rpc/code.proto
RESOURCE_EXHAUSTED, INTERNAL = 8, 13


def create_app(store: Store, vendor: str, mode: str) -> Flask:
    """Return a web app that refuses everything as a vendor does when it is unwell.

    Args:
        store: where refusals are kept.
        vendor: whose.
        mode: `500` or `429`.
    """
    app = Flask(__name__, static_folder=None)
    refuse = REFUSE[vendor]

    @app.before_request
    def refuse_all() -> Response:
        # A client that is still sending would take an early answer for a broken connection.
        request.get_data()
        refusals.record_refusal(
            store,
            vendor=vendor,
            kind=BROKEN,
            status=int(mode),
            reason=f"broken on purpose: {mode}",
            path=request.path,
            user_agent=request.headers.get("User-Agent", ""),
        )
        return refuse(mode == THROTTLED)

    app.after_request(spell_reason)
    return app


def _refuse_otlp(throttled: bool) -> Response:
    """Answer as OTLP has it, in the content type that was asked in.

    Source: https://opentelemetry.io/docs/specs/otlp/#failures-1
    """
    code, words = (
        (RESOURCE_EXHAUSTED, "rate limit exceeded") if throttled else (INTERNAL, "internal error")
    )
    content_type = request.headers.get("Content-Type", "application/x-protobuf")
    return answer_otlp(Status(code=code, message=words), 429 if throttled else 500, content_type)


def _refuse_logs(throttled: bool) -> Response:
    # https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/CommonErrors.html
    error = (
        ApiError("ThrottlingException", "Rate exceeded", 400)
        if throttled
        else ApiError("InternalFailure", "The request processing has failed.", 500)
    )
    return _as_response(dispatch.write_error("logs", error))


def _refuse_xray(throttled: bool) -> Response:
    if request.path == OTLP_PATH:
        return _refuse_otlp(throttled)
    # https://docs.aws.amazon.com/xray/latest/api/API_GetSamplingRules.html
    error = (
        ApiError("ThrottledException", "Rate exceeded", 429)
        if throttled
        else ApiError("InternalFailure", "The request processing has failed.", 500)
    )
    return _as_response(dispatch.write_error("xray", error))


def _as_response(answer: dispatch.Answer) -> Response:
    return Response(answer.body, answer.status, answer.headers)


def _refuse_items(throttled: bool) -> Response:
    # https://docs.rollbar.com/reference/create-item
    message = "over rate limit" if throttled else "internal server error"
    answer = jsonify(err=1, message=message)
    answer.status_code = 429 if throttled else 500
    return answer


REFUSE: dict[str, Callable[[bool], Response]] = {
    HONEYCOMB: _refuse_otlp,
    XRAY: _refuse_xray,
    CLOUDWATCH: _refuse_logs,
    ROLLBAR: _refuse_items,
}
