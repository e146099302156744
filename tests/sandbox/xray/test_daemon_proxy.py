"""What an SDK asks the daemon for by TCP is answered unsigned; all else is refused."""

import json

import boto3
import pytest
import requests
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import ClientError
from xray_clients import rule

from workshop.sandbox import refusals


@pytest.fixture
def url(sandbox):
    return f"http://127.0.0.1:{sandbox.daemon_port}"


@pytest.fixture
def unsigned(url):
    """A client as the SDK makes its own."""
    client = boto3.client(
        "xray",
        endpoint_url=url,
        region_name="us-west-2",
        config=Config(signature_version=UNSIGNED, retries={"total_max_attempts": 1}),
    )
    yield client
    client.close()


def refused(sandbox):
    with sandbox.reader() as reader:
        return [(each.vendor, each.kind, each.path) for each in refusals.read_refusals(reader)]


def test_rules_and_targets_are_given_without_a_signature(api, unsigned):
    api.create_sampling_rule(SamplingRule=rule("mine"))
    records = unsigned.get_sampling_rules()["SamplingRuleRecords"]
    assert [record["SamplingRule"]["RuleName"] for record in records] == ["mine", "Default"]
    report = {"RuleName": "mine", "ClientID": "a" * 24, "Timestamp": 1, "RequestCount": 1}
    targets = unsigned.get_sampling_targets(
        SamplingStatisticsDocuments=[{**report, "SampledCount": 0}]
    )
    assert targets["SamplingTargetDocuments"][0]["RuleName"] == "mine"


@pytest.mark.parametrize(
    "broken",
    [
        {"ClientID": "short"},
        {"ClientID": "\ud800" * 24},
        {"RuleName": "\ud800"},
        {"RequestCount": -1},
        {"RequestCount": 2**31},
        {"RequestCount": 10**4000},
        {"RequestCount": True},
        {"SampledCount": 0.5},
        {"Timestamp": "yesterday"},
        {"Unheard": "of"},
    ],
)
def test_the_model_holds_for_the_daemon_too(url, broken):
    report = {"RuleName": "Default", "ClientID": "a" * 24, "Timestamp": 1, "RequestCount": 1}
    said = {"SamplingStatisticsDocuments": [{**report, "SampledCount": 0, **broken}]}
    answer = requests.post(f"{url}/SamplingTargets", data=json.dumps(said), timeout=10)
    assert answer.status_code == 400
    assert answer.headers["x-amzn-ErrorType"] in (
        "InvalidRequestException",
        "SerializationException",
    )


def test_another_operation_is_refused_and_remembered(sandbox, unsigned):
    with pytest.raises(ClientError) as caught:
        unsigned.get_groups()
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 403
    assert refused(sandbox) == [("xray", refusals.NOT_EMULATED, "/Groups")]


@pytest.mark.parametrize("path", ["/", "/TraceSegments", "/GetSamplingRules/"])
def test_other_paths_are_told_what_the_daemon_takes(url, path):
    answer = requests.post(url + path, data=b"{}", timeout=10)
    assert answer.status_code == 403
    assert "POST /GetSamplingRules and /SamplingTargets only" in answer.text


def test_another_method_is_refused(url):
    assert requests.get(f"{url}/GetSamplingRules", timeout=10).status_code == 403


def test_a_web_page_elsewhere_cannot_ask_by_a_name_of_its_own(sandbox, url):
    headers = {"Host": "evil.example"}
    answer = requests.post(f"{url}/GetSamplingRules", data=b"{}", headers=headers, timeout=10)
    assert answer.status_code == 421
    assert refused(sandbox) == [("xray", refusals.HOST, "/GetSamplingRules")]
