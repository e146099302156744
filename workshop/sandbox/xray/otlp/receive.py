"""X-Ray's OTLP endpoint, `POST /v1/traces`: signed, or with an API key as a bearer token.

It shares its path with Honeycomb's: a request with an `Authorization` header is meant for AWS.
Refusals are `google.rpc.Status` in the request's own form, as the Collector prints those of AWS:
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch-OTLPTroubleshooting.html

Sources: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch-OTLPEndpoint.html
and https://docs.aws.amazon.com/xray/latest/devguide/xray-opentelemetry-bearer-token.html
"""

import json
import uuid

from flask import Blueprint, Response, request
from google.protobuf import json_format
from google.protobuf.message import Message
from google.rpc.status_pb2 import Status
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceResponse

from workshop.sandbox import SANDBOX_KEY, refusals
from workshop.sandbox.aws import signing
from workshop.sandbox.aws.errors import ApiError, invalid_request, not_emulated
from workshop.sandbox.otlp import CONTENT_TYPES, JSON_TYPE
from workshop.sandbox.otlp.decode import UnreadableBodyError, parse_traces, unfold
from workshop.sandbox.store import Store
from workshop.sandbox.xray.otlp import limits
from workshop.sandbox.xray.otlp.spans import make_documents
from workshop.sandbox.xray.search.settings import read_settings
from workshop.sandbox.xray.search.span_log import write_spans
from workshop.sandbox.xray.segments import keep_documents

TRACES = "/v1/traces"
# The service that a signature has to name, by the path; what is not here is Honeycomb's alone.
SERVICES = {TRACES: "xray", "/v1/logs": "logs", "/v1/metrics": "monitoring"}
BEARER = "bearer"
# AWS's words, as the Python exporter's users have seen them.
NOT_SEARCHING = (
    "The OTLP API is supported with CloudWatch Logs as a Trace Segment Destination. Please enable"
    " the CloudWatch Logs destination for your traces using the UpdateTraceSegmentDestination API"
    " (https://docs.aws.amazon.com/xray/latest/api/API_UpdateTraceSegmentDestination.html)"
)
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def create_blueprint(store: Store) -> Blueprint:
    """Return the endpoint, to be registered with the sandbox's web app before all of AWS's API.

    Args:
        store: where segments and refusals are kept.
    """
    blueprint = Blueprint("xray-otlp", __name__)

    @blueprint.before_app_request
    def receive_if_aws() -> Response | None:
        scheme = request.headers.get("Authorization", "").partition(" ")[0]
        is_aws = scheme == signing.ALGORITHM or scheme.lower() == BEARER
        if request.method != "POST" or request.path not in SERVICES or not is_aws:
            return None
        try:
            return _answer(_receive(store), 200)
        except ApiError as error:
            refusals.record_refusal(
                store,
                vendor="xray",
                kind=error.kind,
                status=error.status,
                reason=f"{error.code}: {refusals.mask_keys(error.message)}",
                path=request.path,
                user_agent=request.headers.get("User-Agent", ""),
            )
            return _answer(Status(message=error.message), error.status, error.code)

    return blueprint


def _receive(store: Store) -> ExportTraceServiceResponse:
    """Keep the spans of the request that is being answered.

    Raises:
        ApiError: it is refused as a whole.
    """
    raw = request.get_data()
    _check_authorization(raw)
    content_type = request.headers.get("Content-Type", "")
    if request.path != TRACES:
        raise not_emulated(f"The OTLP endpoint {request.path}")
    if content_type not in CONTENT_TYPES:
        raise ApiError(
            "UnsupportedMediaTypeException",
            f"The content type has to be one of {', '.join(CONTENT_TYPES)}.",
            415,
            refusals.CONTENT_TYPE,
        )
    with store.reader() as reader:
        if not read_settings(reader).is_on:
            raise ApiError("InvalidRequestException", NOT_SEARCHING, 400, refusals.NOT_SEARCHING)
    try:
        body = unfold(raw, request.headers.get("Content-Encoding", ""), limits.BODY_LIMIT)
        export = parse_traces(body, content_type)
    except UnreadableBodyError as error:
        raise invalid_request(f"The body cannot be read: {error}.") from None
    violation = limits.find_violation(export)
    if violation:
        raise invalid_request(violation)
    refused = limits.remove_invalid(export)
    with store.transaction() as connection:
        keep_documents(connection, [(each, _encode(each)) for each in make_documents(export)])
        write_spans(connection, export)
    answer = ExportTraceServiceResponse()
    if refused:
        answer.partial_success.rejected_spans = len(refused)
        answer.partial_success.error_message = refused[0]
    return answer


def _check_authorization(body: bytes) -> None:
    """Check who asks.

    Raises:
        ApiError: it is somebody else than the sandbox's user, or signed for another service.
    """
    authorization = request.headers["Authorization"]
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() == BEARER:
        if token.strip() != SANDBOX_KEY:
            raise signing.unknown_key()
        return
    service = signing.name_service(authorization)
    expected = SERVICES[request.path]
    if service and service != expected:
        raise ApiError(
            "InvalidSignatureException",
            f"Credential should be scoped to correct service: '{expected}'. ",
            403,
            refusals.SIGNATURE,
        )
    headers = {name.lower(): value for name, value in request.headers}
    url = request.environ.get("REQUEST_URI") or request.full_path.rstrip("?")
    signing.check_signature(signing.SignedRequest("POST", url, headers, body))


def _answer(message: Message, status: int, error_code: str = "") -> Response:
    """Answer in the form that was asked in, or in protobuf where that is none that is known."""
    is_json = request.headers.get("Content-Type", "") == JSON_TYPE
    body = (
        json_format.MessageToJson(message, indent=None).encode("utf-8")
        if is_json
        else message.SerializeToString()
    )
    headers = {"x-amzn-RequestId": str(uuid.uuid4())}
    if error_code:
        headers["x-amzn-ErrorType"] = error_code
    content_type = JSON_TYPE if is_json else "application/x-protobuf"
    return Response(body, status, headers, content_type=content_type)
