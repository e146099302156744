"""Groups by boto3."""

import pytest
from botocore.exceptions import ClientError
from xray_clients import api_client

from workshop.sandbox.server import running_sandbox
from workshop.sandbox.xray import groups

ARN = "arn:aws:xray:us-east-1:000000000000:group/"
OFF = {"InsightsEnabled": False, "NotificationsEnabled": False}
DEFAULT = {"GroupName": "Default", "GroupARN": f"{ARN}Default", "InsightsConfiguration": OFF}
FAULTS = 'service("profiles") { fault }'


def names(api):
    found = api.get_paginator("get_groups").paginate().build_full_result()["Groups"]
    return [group["GroupName"] for group in found]


def invalid(call, **members):
    with pytest.raises(ClientError) as caught:
        call(**members)
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400
    assert caught.value.response["Error"]["Code"] == "InvalidRequestException"
    return caught.value.response["Error"]["Message"]


def test_the_built_in_group_is_there_from_the_start(api):
    assert api.get_groups()["Groups"] == [DEFAULT]
    assert api.get_group(GroupARN=f"{ARN}Default")["Group"] == DEFAULT


def test_a_group_is_created_and_found_again(api):
    created = api.create_group(GroupName="faults", FilterExpression=FAULTS)["Group"]
    assert created["GroupARN"].startswith(f"{ARN}faults/")
    assert created["FilterExpression"] == FAULTS
    assert created["InsightsConfiguration"] == OFF
    assert api.get_group(GroupName="faults")["Group"] == created
    assert api.get_group(GroupARN=created["GroupARN"])["Group"] == created
    assert api.get_groups()["Groups"] == [DEFAULT, created]


def test_names_are_case_sensitive_and_taken_once(api):
    api.create_group(GroupName="faults", FilterExpression="fault")
    api.create_group(GroupName="Faults", FilterExpression="fault")
    message = invalid(api.create_group, GroupName="faults", FilterExpression="error")
    assert message == "faults already exists"
    assert names(api) == ["Default", "Faults", "faults"]


def test_an_update_changes_what_it_names_only(api):
    created = api.create_group(GroupName="faults", FilterExpression=FAULTS)["Group"]
    insights = {"InsightsEnabled": True, "NotificationsEnabled": True}
    changed = api.update_group(GroupName="faults", InsightsConfiguration=insights)["Group"]
    assert changed == {**created, "InsightsConfiguration": insights}
    arn = created["GroupARN"]
    changed = api.update_group(GroupARN=arn, FilterExpression="error")["Group"]
    assert changed["FilterExpression"] == "error"
    assert changed["InsightsConfiguration"] == insights


def test_the_built_in_group_has_no_filter_ever(api):
    insights = {"InsightsEnabled": True, "NotificationsEnabled": False}
    changed = api.update_group(GroupName="Default", InsightsConfiguration=insights)["Group"]
    assert changed == {**DEFAULT, "InsightsConfiguration": insights}
    assert api.get_groups()["Groups"] == [changed]
    assert "reserved" in invalid(api.create_group, GroupName="Default", FilterExpression="fault")
    invalid(api.update_group, GroupName="Default", FilterExpression="fault")
    assert "cannot be deleted" in invalid(api.delete_group, GroupName="Default")


def test_a_deleted_group_is_gone_and_its_name_is_free(api):
    first = api.create_group(GroupName="faults", FilterExpression="fault")["Group"]
    api.delete_group(GroupName="faults")
    assert names(api) == ["Default"]
    for call in (api.get_group, api.update_group, api.delete_group):
        assert invalid(call, GroupName="faults") == "Group not found"
        assert invalid(call, GroupARN=first["GroupARN"]) == "Group not found"
    again = api.create_group(GroupName="faults", FilterExpression="fault")["Group"]
    assert again["GroupARN"] != first["GroupARN"]


def test_a_group_is_meant_by_name_or_by_arn(api):
    for call in (api.get_group, api.update_group, api.delete_group):
        assert "either" in invalid(call)
        assert "either" in invalid(call, GroupName="Default", GroupARN=f"{ARN}Default")


@pytest.mark.parametrize("expression", [None, "", " ", "nonsense", "fault AND", "responsetime > x"])
def test_a_filter_expression_that_is_none_is_refused(api, expression):
    given = {} if expression is None else {"FilterExpression": expression}
    assert invalid(api.create_group, GroupName="bad", **given)
    assert names(api) == ["Default"]
    if given:
        api.create_group(GroupName="good", FilterExpression="fault")
        assert invalid(api.update_group, GroupName="good", **given)
        assert api.get_group(GroupName="good")["Group"]["FilterExpression"] == "fault"


def test_notifications_need_insights(api):
    api.create_group(GroupName="faults", FilterExpression="fault")
    only = {"InsightsEnabled": False, "NotificationsEnabled": True}
    assert "InsightsEnabled" in invalid(
        api.update_group, GroupName="faults", InsightsConfiguration=only
    )


def test_pages_follow_one_another(api, monkeypatch):
    monkeypatch.setattr(groups, "PAGE", 2)
    for name in "dcba":
        api.create_group(GroupName=name, FilterExpression="fault")
    assert len(api.get_groups()["Groups"]) == 2
    assert names(api) == ["Default", "a", "b", "c", "d"]


def test_groups_outlive_the_sandbox(tmp_path):
    for _ in range(2):
        with running_sandbox(tmp_path) as sandbox:
            api = api_client(sandbox.url)
            if len(names(api)) == 1:
                api.create_group(GroupName="faults", FilterExpression="fault")
            kept = names(api)
            api.close()
    assert kept == ["Default", "faults"]
