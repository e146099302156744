"""AWS's other two protocols: JSON 1.1 with a target, and the query protocol of STS."""

import boto3
import pytest
import requests
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials
from botocore.exceptions import ClientError

from workshop.sandbox import refusals
from workshop.sandbox.aws.dispatch import SERVICES, WIRES
from workshop.sandbox.aws.models import load_model
from workshop.sandbox.cloudwatch.operations import OPERATIONS
from workshop.sandbox.refusals import read_refusals

PREFIX = "Logs_20140328."
JSON = "application/x-amz-json-1.1"


@pytest.fixture
def post(sandbox):
    """Send a signed request to `/`."""

    def post(body=b"{}", target=None, service="logs", path="/", key="sandbox"):
        headers = {"X-Amz-Target": target} if target else {}
        request = AWSRequest("POST", sandbox.url + path, headers, body)
        SigV4Auth(Credentials(key, key), service, "us-east-1").add_auth(request)
        return requests.post(
            sandbox.url + path, data=body, headers=dict(request.headers), timeout=10
        )

    return post


def recorded(sandbox):
    with sandbox.reader() as reader:
        return [(each.vendor, each.kind, each.status) for each in read_refusals(reader)]


def client(sandbox, service, key="sandbox"):
    return boto3.client(
        service,
        endpoint_url=sandbox.url,
        region_name="us-east-1",
        aws_access_key_id=key,
        aws_secret_access_key=key,
        config=Config(retries={"total_max_attempts": 1}),
    )


def test_services_speak_a_protocol_that_is_known():
    protocols = {name: load_model(name).metadata["protocol"] for name in SERVICES}
    assert protocols == {"xray": "rest-json", "logs": "json", "sts": "query"}
    assert set(protocols.values()) == set(WIRES)


def test_an_answer_and_a_refusal_look_as_json_1_1(post, sandbox):
    answer = post(target=PREFIX + "DescribeLogGroups")
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, JSON)
    assert answer.json() == {"logGroups": []}
    assert len(answer.headers["x-amzn-RequestId"]) == 36
    answer = post(b'{"logGroupName": "a"}', target=PREFIX + "DeleteLogGroup")
    assert (answer.status_code, answer.headers["Content-Type"]) == (400, JSON)
    assert answer.json() == {
        "__type": "ResourceNotFoundException",
        "message": "The specified log group does not exist.",
    }
    assert recorded(sandbox) == [("cloudwatch", refusals.BODY, 400)]


@pytest.mark.parametrize("target", [None, "DescribeLogGroups", PREFIX, PREFIX + "Nothing", "X.Y"])
def test_a_target_that_names_no_operation_is_refused(post, sandbox, target):
    answer = post(target=target)
    assert answer.status_code == 400
    assert answer.json()["__type"] == "UnknownOperationException"
    assert recorded(sandbox) == [("cloudwatch", refusals.UNKNOWN_PATH, 400)]


@pytest.mark.parametrize("body", [b"{", b"[]", b"\xff", b'{"limit": NaN}', b'{"limit": "\\ud800"}'])
def test_a_body_that_is_no_json_object_is_refused(post, body):
    answer = post(body, target=PREFIX + "DescribeLogGroups")
    assert answer.status_code == 400
    assert answer.json()["__type"] == "SerializationException"


def test_every_operation_is_emulated_or_refused_by_name(post):
    names = load_model("logs").operation_names
    assert set(OPERATIONS) <= set(names)
    for name in set(names) - set(OPERATIONS):
        answer = post(target=PREFIX + name)
        assert answer.status_code == 501
        assert f"CloudWatch Logs's {name} is not emulated" in answer.json()["message"]


def test_another_key_and_no_key_are_refused(post, sandbox):
    target = PREFIX + "DescribeLogGroups"
    answer = post(target=target, key="other")
    assert answer.status_code == 403
    assert answer.json()["__type"] == "UnrecognizedClientException"
    answer = requests.post(sandbox.url, headers={"X-Amz-Target": target}, data=b"{}", timeout=10)
    assert (answer.status_code, answer.json()) == (
        403,
        {
            "__type": "MissingAuthenticationTokenException",
            "message": "Missing Authentication Token",
        },
    )
    assert recorded(sandbox) == [
        ("cloudwatch", refusals.UNKNOWN_KEY, 403),
        ("cloudwatch", refusals.MISSING_KEY, 403),
    ]


def test_sts_tells_who_one_is(sandbox):
    sts = client(sandbox, "sts")
    answer = sts.get_caller_identity()
    sts.close()
    assert len(answer.pop("ResponseMetadata")["RequestId"]) == 36
    assert answer == {
        "UserId": "sandbox",
        "Account": "000000000000",
        "Arn": "arn:aws:iam::000000000000:user/sandbox",
    }


@pytest.mark.parametrize(
    ("operation", "asked", "key", "code", "status"),
    [
        ("get_session_token", {}, "sandbox", "UnsupportedOperation", 501),
        ("get_caller_identity", {}, "other", "UnrecognizedClientException", 403),
    ],
)
def test_what_sts_does_not_do_here_is_refused(sandbox, operation, asked, key, code, status):
    sts = client(sandbox, "sts", key)
    with pytest.raises(ClientError) as caught:
        getattr(sts, operation)(**asked)
    sts.close()
    answer = caught.value.response
    assert (answer["Error"]["Code"], answer["ResponseMetadata"]["HTTPStatusCode"]) == (
        code,
        status,
    )


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "InvalidAction"),
        (b"Action=Nothing&Version=2011-06-15", "InvalidAction"),
        (b"Action=GetCallerIdentity&Version=2000-01-01", "InvalidAction"),
        (b"Action=GetCallerIdentity&Version=2011-06-15&Other=1", "ValidationError"),
    ],
)
def test_a_form_that_asks_for_nothing_known_is_refused(post, body, code):
    answer = post(body, service="sts")
    assert (answer.status_code, answer.headers["Content-Type"]) == (400, "text/xml")
    assert f"<Code>{code}</Code>" in answer.text
