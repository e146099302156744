"""Sampling rules by boto3, with the limits of the model and the service's own refusals."""

import time

import pytest
from botocore.exceptions import ClientError
from xray_clients import api_client, rule

from workshop.sandbox.server import running_sandbox
from workshop.sandbox.xray import sampling_rules
from workshop.sandbox.xray.sampling_rules import read_last_change

ARN = "arn:aws:xray:us-east-1:000000000000:sampling-rule/"
DEFAULT = {
    "RuleName": "Default",
    "RuleARN": f"{ARN}Default",
    "ResourceARN": "*",
    "Priority": 10000,
    "FixedRate": 0.05,
    "ReservoirSize": 1,
    "ServiceName": "*",
    "ServiceType": "*",
    "Host": "*",
    "HTTPMethod": "*",
    "URLPath": "*",
    "Version": 1,
    "Attributes": {},
}


def names(api):
    records = api.get_paginator("get_sampling_rules").paginate().build_full_result()
    return [record["SamplingRule"]["RuleName"] for record in records["SamplingRuleRecords"]]


def refusal(call, **members):
    with pytest.raises(ClientError) as caught:
        call(**members)
    error = caught.value.response["Error"]
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400
    return error["Code"], error["Message"]


def invalid(call, **members):
    code, message = refusal(call, **members)
    assert code == "InvalidRequestException"
    return message


def test_the_built_in_rule_is_there_from_the_start(api):
    (record,) = api.get_sampling_rules()["SamplingRuleRecords"]
    assert record["SamplingRule"] == DEFAULT
    assert record["CreatedAt"].timestamp() == record["ModifiedAt"].timestamp() == 0


def test_a_rule_is_created_and_found_again(api):
    before = int(time.time())
    said = rule("mine", Attributes={"stage": "test"})
    created = api.create_sampling_rule(SamplingRule=said)["SamplingRuleRecord"]
    assert created["SamplingRule"] == {**said, "RuleARN": f"{ARN}mine"}
    assert before <= created["CreatedAt"].timestamp() <= time.time()
    assert created["ModifiedAt"] == created["CreatedAt"]
    assert api.get_sampling_rules()["SamplingRuleRecords"][0] == created


def test_rules_come_in_the_order_of_their_priority_then_their_name(api):
    for name, priority in (("c", 2), ("b", 9999), ("a", 2), ("d", 1)):
        api.create_sampling_rule(SamplingRule=rule(name, priority))
    assert names(api) == ["d", "a", "c", "b", "Default"]


def test_a_rule_may_be_named_by_its_arn(api):
    said = rule("x", RuleARN=f"{ARN}mine")
    del said["RuleName"]
    api.create_sampling_rule(SamplingRule=said)
    update = {"RuleARN": f"{ARN}mine", "FixedRate": 1.0}
    record = api.update_sampling_rule(SamplingRuleUpdate=update)["SamplingRuleRecord"]
    assert (record["SamplingRule"]["RuleName"], record["SamplingRule"]["FixedRate"]) == ("mine", 1)
    api.delete_sampling_rule(RuleARN=f"{ARN}mine")
    assert names(api) == ["Default"]


def test_an_update_changes_what_it_names_only(api):
    created = api.create_sampling_rule(SamplingRule=rule("mine"))["SamplingRuleRecord"]
    update = {"RuleName": "mine", "Priority": 7, "FixedRate": 0.5}
    updated = api.update_sampling_rule(SamplingRuleUpdate=update)["SamplingRuleRecord"]
    assert updated["SamplingRule"] == {**created["SamplingRule"], "Priority": 7, "FixedRate": 0.5}
    assert updated["CreatedAt"] == created["CreatedAt"]
    assert updated["ModifiedAt"] >= created["ModifiedAt"]


def test_the_built_in_rule_changes_in_rate_and_reservoir_only(api):
    change = api.update_sampling_rule
    record = change(
        SamplingRuleUpdate={"RuleName": "Default", "FixedRate": 1.0, "ReservoirSize": 9}
    )["SamplingRuleRecord"]
    assert record["SamplingRule"] == {**DEFAULT, "FixedRate": 1.0, "ReservoirSize": 9}
    assert record["CreatedAt"].timestamp() == 0 < record["ModifiedAt"].timestamp()
    for member, value in (("Priority", 5), ("Host", "*"), ("Attributes", {})):
        update = {"RuleName": "Default", "FixedRate": 0.5, member: value}
        message = invalid(change, SamplingRuleUpdate=update)
        assert message == "Invalid update request for default sampling rule"
    assert api.get_sampling_rules()["SamplingRuleRecords"][-1] == record


def test_the_built_in_rule_cannot_be_deleted(api):
    message = invalid(api.delete_sampling_rule, RuleName="Default")
    assert message == "The default sampling rule cannot be deleted"
    assert names(api) == ["Default"]


def test_a_deleted_rule_is_told_once_more_and_gone(api):
    created = api.create_sampling_rule(SamplingRule=rule("mine"))["SamplingRuleRecord"]
    assert api.delete_sampling_rule(RuleName="mine")["SamplingRuleRecord"] == created
    assert names(api) == ["Default"]
    gone = "Sampling rule does not exist"
    assert invalid(api.delete_sampling_rule, RuleName="mine") == gone
    assert invalid(api.update_sampling_rule, SamplingRuleUpdate={"RuleName": "mine"}) == gone


@pytest.mark.parametrize("name", ["mine", "Default"])
def test_a_name_is_taken_once(api, name):
    api.create_sampling_rule(SamplingRule=rule("mine"))
    message = invalid(api.create_sampling_rule, SamplingRule=rule(name, 9))
    assert message == "Sampling rule already exists"


BAD = {
    "no name": {"RuleName": None},
    "two names": {"RuleARN": f"{ARN}mine"},
    "another account's ARN": {"RuleName": None, "RuleARN": "arn:aws:xray:x:1:sampling-rule/a"},
    "an ARN with a name too long": {"RuleName": None, "RuleARN": ARN + "x" * 33},
    "an empty name": {"RuleName": ""},
    "a name too long": {"RuleName": "x" * 33},
    "priority 0": {"Priority": 0},
    "priority 10000": {"Priority": 10000},
    "a rate above 1": {"FixedRate": 1.01},
    "a rate below 0": {"FixedRate": -0.01},
    "a reservoir below 0": {"ReservoirSize": -1},
    "version 0": {"Version": 0},
    "version 2": {"Version": 2},
    "a host too long": {"Host": "x" * 65},
    "a method too long": {"HTTPMethod": "x" * 11},
    "a path too long": {"URLPath": "x" * 129},
    "too many attributes": {"Attributes": {f"key{number}": "x" for number in range(6)}},
    "an attribute too long": {"Attributes": {"key": "x" * 33}},
}


@pytest.mark.parametrize("said", BAD.values(), ids=BAD)
def test_what_the_model_does_not_allow_is_refused(sandbox, api, said):
    # All judgement is left to the service, as other SDKs leave it.
    unchecked = api_client(sandbox.url, parameter_validation=False)
    members = {key: value for key, value in (rule("mine") | said).items() if value is not None}
    assert invalid(unchecked.create_sampling_rule, SamplingRule=members)
    unchecked.close()
    assert names(api) == ["Default"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"Priority": 0}, "Priority of a sampling rule has to be 1 to 9999"),
        ({"Priority": 10000}, "Priority of a sampling rule has to be 1 to 9999"),
        ({"FixedRate": 1.5}, "FixedRate of a sampling rule has to be 0 to 1"),
        ({"ReservoirSize": -1}, "ReservoirSize of a sampling rule has to be 0 or more"),
    ],
)
def test_an_update_keeps_to_the_same_limits(api, change, said):
    api.create_sampling_rule(SamplingRule=rule("mine"))
    before = api.get_sampling_rules()["SamplingRuleRecords"]
    update = {"RuleName": "mine", **change}
    assert invalid(api.update_sampling_rule, SamplingRuleUpdate=update) == said
    assert api.get_sampling_rules()["SamplingRuleRecords"] == before


def test_there_is_a_most_of_rules(api):
    for number in range(sampling_rules.LIMIT):
        api.create_sampling_rule(SamplingRule=rule(f"rule {number}"))
    code, message = refusal(api.create_sampling_rule, SamplingRule=rule("one more"))
    assert code == "RuleLimitExceededException"
    assert "maximum number of sampling rules" in message
    api.delete_sampling_rule(RuleName="rule 0")
    api.create_sampling_rule(SamplingRule=rule("one more"))
    # One page: the SDK reads no other.
    answer = api.get_sampling_rules()
    assert len(answer["SamplingRuleRecords"]) == sampling_rules.LIMIT + 1
    assert "NextToken" not in answer


def test_pages_follow_one_another(api, monkeypatch):
    monkeypatch.setattr(sampling_rules, "PAGE", 2)
    for name in "abcd":
        api.create_sampling_rule(SamplingRule=rule(name))
    assert len(api.get_sampling_rules()["SamplingRuleRecords"]) == 2
    assert names(api) == ["a", "b", "c", "d", "Default"]


@pytest.mark.parametrize("token", ["", "x", "-1", "²", "9" * 5000])
def test_a_token_that_was_never_given_is_refused(api, token):
    assert invalid(api.get_sampling_rules, NextToken=token) == "Invalid NextToken"


def test_rules_outlive_the_sandbox(tmp_path):
    for _ in range(2):
        with running_sandbox(tmp_path) as sandbox:
            api = api_client(sandbox.url)
            if len(names(api)) == 1:
                api.create_sampling_rule(SamplingRule=rule("mine"))
            kept = names(api)
            api.close()
    assert kept == ["mine", "Default"]


def test_each_change_is_newer_than_a_fetch_in_the_same_second(store, monkeypatch):
    """The SDK keeps the whole second of its last fetch, and fetches again for a newer change."""
    create = {"SamplingRule": rule("mine")}
    update = {"SamplingRuleUpdate": {"RuleName": "mine", "FixedRate": 1}}
    changes = (
        lambda: sampling_rules.create_sampling_rule(store, create),
        lambda: sampling_rules.update_sampling_rule(store, update),
        lambda: sampling_rules.delete_sampling_rule(store, {"RuleName": "mine"}),
    )
    with store.reader() as reader:
        assert read_last_change(reader) == 0
    for second, change in enumerate(changes, start=1000):
        now_ns = second * 10**9 + 1
        monkeypatch.setattr(sampling_rules.time, "time_ns", lambda now_ns=now_ns: now_ns)
        change()
        with store.reader() as reader:
            assert read_last_change(reader) > second
