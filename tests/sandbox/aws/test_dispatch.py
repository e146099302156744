"""Who may ask, for what, and how refusals look: by boto3 and by requests made by hand."""

import contextlib
import re

import boto3
import pytest
import requests
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials
from botocore.exceptions import ClientError

from workshop.sandbox import refusals
from workshop.sandbox.aws import rest_json
from workshop.sandbox.refusals import read_refusals
from workshop.sandbox.xray.operations import OPERATIONS

# Put together here, so that no scanner takes it for a real one.
REAL_KEY = "AK" + "IAIOSFODNN7" + "EXAMPLE"
TIMES = {"StartTime": 1_700_000_000, "EndTime": 1_700_000_060}


@contextlib.contextmanager
def client(sandbox, key="sandbox", secret="sandbox", token=None, service="xray"):
    made = boto3.client(
        service,
        endpoint_url=sandbox.url,
        region_name="eu-central-1",
        aws_access_key_id=key,
        aws_secret_access_key=secret,
        aws_session_token=token,
        config=Config(parameter_validation=False, retries={"total_max_attempts": 1}),
    )
    try:
        yield made
    finally:
        made.close()


def refused(sandbox, operation="get_groups", asked=None, **credentials):
    with client(sandbox, **credentials) as made, pytest.raises(ClientError) as caught:
        getattr(made, operation)(**(asked or {}))
    answer = caught.value.response
    return (
        answer["Error"]["Code"],
        answer["ResponseMetadata"]["HTTPStatusCode"],
        answer["Error"]["Message"],
    )


def recorded(sandbox):
    with sandbox.reader() as reader:
        return [(each.vendor, each.kind, each.status) for each in read_refusals(reader)]


def post(sandbox, path="/Groups", body=b"{}", service="xray", method="POST", **changed):
    """Send a request that was signed, then changed."""
    request = AWSRequest(method, sandbox.url + path, {"X-Amz-Meta": "a  b"}, body)
    SigV4Auth(Credentials("sandbox", "sandbox"), service, "us-east-1").add_auth(request)
    headers = {**dict(request.headers), **changed.pop("headers", {})}
    headers = {name: value for name, value in headers.items() if value is not None}
    return requests.request(
        method, sandbox.url + path, data=changed.get("data", body), headers=headers, timeout=10
    )


def test_a_request_signed_by_boto3_is_answered(sandbox):
    with client(sandbox) as made:
        answer = made.get_groups()
    assert answer["Groups"][0]["GroupName"] == "Default"
    metadata = answer["ResponseMetadata"]
    assert len(metadata["RequestId"]) == 36
    assert metadata["HTTPHeaders"]["content-type"] == "application/json"
    assert recorded(sandbox) == []


@pytest.mark.parametrize(
    ("credentials", "code", "kind"),
    [
        ({"key": REAL_KEY}, "UnrecognizedClientException", refusals.UNKNOWN_KEY),
        ({"token": "t" * 40}, "UnrecognizedClientException", refusals.UNKNOWN_KEY),
        ({"secret": "wrong"}, "InvalidSignatureException", refusals.SIGNATURE),
    ],
)
def test_another_key_is_refused_as_aws_does(sandbox, credentials, code, kind):
    assert refused(sandbox, **credentials)[:2] == (code, 403)
    assert recorded(sandbox) == [("xray", kind, 403)]


def test_no_part_of_a_key_is_kept_or_printed(sandbox, capfd, caplog):
    refused(sandbox, key=REAL_KEY, secret="wJalrXUtnFEMI/K7MDENG", token="FwoGZXIvYXdzEBYaDH")
    post(sandbox, f"/{REAL_KEY}", headers={"User-Agent": f"aws-cli {REAL_KEY}"})
    kept = b"".join(file.read_bytes() for file in sandbox.data_dir.rglob("*") if file.is_file())
    printed = "".join(capfd.readouterr()) + caplog.text
    assert b"UnrecognizedClientException" in kept
    for secret in (REAL_KEY, "wJalrXUtnFEMI", "FwoGZXIvYXdz"):
        assert secret.encode() not in kept
        assert secret not in printed


def test_a_request_that_is_not_signed_is_refused(sandbox):
    answer = requests.post(f"{sandbox.url}/TraceSummaries", json=TIMES, timeout=10)
    assert answer.status_code == 403
    assert answer.headers["x-amzn-ErrorType"] == "MissingAuthenticationTokenException"
    assert answer.json() == {"message": "Missing Authentication Token"}
    assert recorded(sandbox) == [("xray", refusals.MISSING_KEY, 403)]


@pytest.mark.parametrize(
    "changed",
    [
        {"data": b'{"x": 1}'},
        {"headers": {"X-Amz-Meta": "c"}},
        {"headers": {"X-Amz-Content-SHA256": "UNSIGNED-PAYLOAD"}},
    ],
)
def test_what_was_changed_after_it_was_signed_is_refused(sandbox, changed):
    answer = post(sandbox, **changed)
    assert answer.status_code == 403
    assert answer.headers["x-amzn-ErrorType"] == "InvalidSignatureException"


@pytest.mark.parametrize(
    "headers",
    [
        {"Authorization": "AWS4-HMAC-SHA256 what"},
        {"X-Amz-Date": None},
        {"X-Amz-Date": "20200101T000000Z"},
    ],
)
def test_half_a_signature_is_refused(sandbox, headers):
    answer = post(sandbox, headers=headers)
    assert answer.status_code == 403
    assert answer.headers["x-amzn-ErrorType"] == "IncompleteSignatureException"


@pytest.mark.parametrize("path", ["/Groups?a=1&b=%20x", "/Groups?z"])
def test_a_query_is_part_of_what_is_signed(sandbox, path):
    assert post(sandbox, path).status_code == 200


def test_another_service_and_another_path_are_told_apart(sandbox):
    answer = post(sandbox, service="sqs")
    assert answer.status_code == 501
    assert "'sqs' is not emulated" in answer.json()["Message"]
    for method, path in (("POST", "/Nothing"), ("GET", "/Groups"), ("GET", "/v1/traces")):
        answer = post(sandbox, path, method=method)
        assert answer.status_code == 404
        assert answer.headers["x-amzn-ErrorType"] == "UnknownOperationException"
    assert recorded(sandbox)[:2] == [
        ("aws", refusals.NOT_EMULATED, 501),
        ("xray", refusals.UNKNOWN_PATH, 404),
    ]


def test_a_request_from_elsewhere_is_not_answered_however_it_is_signed(sandbox):
    assert post(sandbox, headers={"Host": "evil.example"}).status_code == 421


def test_every_operation_is_emulated_or_refused_by_name(sandbox):
    model = rest_json.load_model("xray")
    assert set(OPERATIONS) <= set(model.operation_names)
    for name in set(model.operation_names) - set(OPERATIONS):
        answer = post(sandbox, model.operation_model(name).http["requestUri"])
        assert answer.status_code == 501
        assert f"X-Ray's {name} is not emulated" in answer.json()["Message"]


@pytest.mark.parametrize("body", [b"{", b"[]", b'"x"', b"\xff", b'{"a": NaN}', b"[" * 100_000])
def test_a_body_that_is_no_json_object_is_refused(sandbox, body):
    answer = post(sandbox, body=body)
    assert answer.status_code == 400
    assert answer.headers["x-amzn-ErrorType"] == "SerializationException"


@pytest.mark.parametrize(
    ("operation", "asked", "message"),
    [
        ("get_trace_summaries", {}, 'Missing required parameter in input: "StartTime"'),
        ("get_trace_summaries", {**TIMES, "Sampling": "x"}, "Sampling, value: x, type"),
        ("get_trace_summaries", {**TIMES, "TimeRangeType": "Any"}, r"\[TraceId, Event, Service\]"),
        ("get_trace_summaries", {**TIMES, "FilterExpression": "oops"}, "unknown keyword 'oops'"),
        ("batch_get_traces", {"TraceIds": ["x" * 36]}, "'TraceIds.1.member' .* or equal to 35"),
        ("batch_get_traces", {"TraceIds": [""]}, "Invalid length for parameter TraceIds"),
        ("create_group", {"GroupName": "x" * 33}, "'GroupName' .* less than or equal to 32"),
        ("put_trace_segments", {"TraceSegmentDocuments": [5]}, "TraceSegmentDocuments"),
    ],
)
def test_what_the_model_does_not_allow_is_refused(sandbox, operation, asked, message):
    code, status, said = refused(sandbox, operation, asked)
    assert (code, status) == ("InvalidRequestException", 400)
    assert re.search(message, said), said


def test_an_unknown_member_is_refused_and_a_null_is_nothing(sandbox):
    answer = post(sandbox, body=b'{"Nxt": "x"}')
    assert answer.json()["Message"].startswith('Unknown parameter in input: "Nxt"')
    assert post(sandbox, body=b'{"NextToken": null}').status_code == 200
    assert post(sandbox, body=b"").status_code == 200
