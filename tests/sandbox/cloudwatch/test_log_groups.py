"""Log groups, their retention, class and tags, by boto3."""

import pytest
from cloudwatch_clients import DAY, GROUP, now, refused

ARN = "arn:aws:logs:us-east-1:000000000000:log-group:"
MISSING = ("ResourceNotFoundException", "The specified log group does not exist.")


def names(answer):
    return [group["logGroupName"] for group in answer["logGroups"]]


def test_a_group_is_created_described_and_deleted(logs):
    began = now()
    logs.create_log_group(logGroupName=GROUP)
    (group,) = logs.describe_log_groups()["logGroups"]
    assert began <= group.pop("creationTime") <= now()
    assert group == {
        "logGroupName": GROUP,
        "arn": f"{ARN}{GROUP}:*",
        "logGroupArn": f"{ARN}{GROUP}",
        "logGroupClass": "STANDARD",
        "metricFilterCount": 0,
        "storedBytes": 0,
        "deletionProtectionEnabled": False,
        "bearerTokenAuthenticationEnabled": False,
    }
    assert refused(logs.create_log_group, logGroupName=GROUP) == (
        "ResourceAlreadyExistsException",
        "The specified log group already exists",
    )
    logs.delete_log_group(logGroupName=GROUP)
    assert logs.describe_log_groups()["logGroups"] == []
    assert refused(logs.delete_log_group, logGroupName=GROUP) == MISSING


def test_a_group_goes_with_all_that_is_in_it(logs, put):
    put("a")
    put("b", group="other")
    logs.delete_log_group(logGroupName=GROUP)
    put("c")
    found = logs.filter_log_events(logGroupName=GROUP)["events"]
    assert [event["message"] for event in found] == ["c"]
    assert len(logs.filter_log_events(logGroupName="other")["events"]) == 1


@pytest.mark.parametrize("name", ["a", "A.b-c_d/e#f", "x" * 512])
def test_names_that_are_allowed(logs, name):
    logs.create_log_group(logGroupName=name)
    assert names(logs.describe_log_groups(logGroupNamePrefix=name)) == [name]


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"logGroupName": ""}, "logGroupName"),
        ({"logGroupName": "x" * 513}, "less than or equal to 512"),
        ({"logGroupName": "a b"}, "regular expression pattern"),
        ({"logGroupName": "a:b"}, "regular expression pattern"),
        ({"logGroupName": "aws/mine"}, "can't start with the string aws/"),
        ({}, 'Missing required parameter in input: "logGroupName"'),
        ({"logGroupName": "a", "logGroupClass": "CHEAP"}, "enum value set"),
        ({"logGroupName": "a", "tags": {"k<": "v"}}, "regular expression pattern"),
    ],
)
def test_names_and_members_that_are_not_allowed(logs, asked, message):
    code, said = refused(logs.create_log_group, **asked)
    assert code == "InvalidParameterException"
    assert message in said


@pytest.mark.parametrize(
    "asked", [{"logGroupClass": "DELIVERY"}, {"kmsKeyId": "k"}, {"deletionProtectionEnabled": True}]
)
def test_what_only_aws_has_is_refused_by_name(logs, asked):
    code, said = refused(logs.create_log_group, logGroupName=GROUP, **asked)
    assert code == "UnsupportedOperation"
    assert "is not emulated by the workshop's sandbox" in said
    assert logs.describe_log_groups()["logGroups"] == []


def test_groups_are_found_by_prefix_part_class_and_identifier(logs):
    for name in ("b/Web", "a/web", "a/worker"):
        logs.create_log_group(logGroupName=name)
    logs.create_log_group(logGroupName="c", logGroupClass="INFREQUENT_ACCESS")
    find = logs.describe_log_groups
    assert names(find()) == ["a/web", "a/worker", "b/Web", "c"]
    assert names(find(logGroupNamePrefix="a/")) == ["a/web", "a/worker"]
    assert find(logGroupNamePattern="eb")["logGroups"][0].keys() == {
        *("logGroupName", "creationTime", "arn")
    }
    assert names(find(logGroupNamePattern="Web")) == ["b/Web"]
    assert names(find(logGroupClass="INFREQUENT_ACCESS")) == ["c"]
    assert names(find(logGroupClass="ESSENTIALS")) == ["c"]
    assert names(find(logGroupClass="STANDARD")) == ["a/web", "a/worker", "b/Web"]
    assert names(find(logGroupIdentifiers=["c", f"{ARN}a/web"])) == ["a/web", "c"]
    assert names(find(logGroupIdentifiers=["c"], limit=5)) == ["c"]
    for asked in (
        {"logGroupNamePrefix": "a", "logGroupNamePattern": "a"},
        {"logGroupIdentifiers": ["c"], "logGroupClass": "STANDARD"},
        {"limit": 51},
        {"nextToken": "x"},
        {"nextToken": "W10="},
    ):
        assert refused(find, **asked)[0] == "InvalidParameterException"
    assert refused(find, includeLinkedAccounts=True)[0] == "UnsupportedOperation"


def test_groups_come_in_pages(logs):
    for number in range(55):
        logs.create_log_group(logGroupName=f"g{number:02}")
    assert len(logs.describe_log_groups()["logGroups"]) == 50
    pages = list(logs.get_paginator("describe_log_groups").paginate(limit=25))
    assert [len(page["logGroups"]) for page in pages] == [25, 25, 5]
    found = [name for page in pages for name in names(page)]
    assert found == [f"g{number:02}" for number in range(55)]


def test_retention_is_one_of_the_periods_there_are(logs):
    logs.create_log_group(logGroupName=GROUP)

    def days():
        return logs.describe_log_groups()["logGroups"][0].get("retentionInDays")

    assert days() is None
    for allowed in (1, 7, 3653):
        logs.put_retention_policy(logGroupName=GROUP, retentionInDays=allowed)
        assert days() == allowed
    for other in (0, 2, 1000, -1):
        code, said = refused(logs.put_retention_policy, logGroupName=GROUP, retentionInDays=other)
        assert code == "InvalidParameterException"
        assert "enum value set: [1, 3, 5, 7, 14, 30," in said
    for _ in range(2):
        logs.delete_retention_policy(logGroupName=GROUP)
        assert days() is None
    missing = {"logGroupName": "none"}
    assert refused(logs.put_retention_policy, **missing, retentionInDays=1) == MISSING
    assert refused(logs.delete_retention_policy, **missing) == MISSING


def test_what_has_expired_is_not_there(logs, put):
    put("old", start=now() - 2 * DAY)
    put("new")
    stored = logs.describe_log_groups()["logGroups"][0]["storedBytes"]
    assert stored == 2 * (3 + 26)
    logs.put_retention_policy(logGroupName=GROUP, retentionInDays=1)

    def messages(read, **asked):
        return [event["message"] for event in read(logGroupName=GROUP, **asked)["events"]]

    assert messages(logs.filter_log_events) == ["new"]
    assert messages(logs.get_log_events, logStreamName="one") == ["new"]
    assert logs.describe_log_groups()["logGroups"][0]["storedBytes"] == 3 + 26
    logs.put_retention_policy(logGroupName=GROUP, retentionInDays=3)
    assert messages(logs.filter_log_events) == ["old", "new"]


def test_tags_are_added_changed_listed_and_removed(logs):
    logs.create_log_group(logGroupName=GROUP, tags={"step": "04", "größe": "ü 1"})
    arn = ARN + GROUP
    assert logs.list_tags_for_resource(resourceArn=arn)["tags"] == {"step": "04", "größe": "ü 1"}
    # watchtower writes its own region into the ARN.
    logs.tag_resource(resourceArn=arn.replace("us-east-1", "ca-central-1"), tags={"step": "05"})
    logs.untag_resource(resourceArn=arn, tagKeys=["größe", "absent"])
    assert logs.list_tags_for_resource(resourceArn=arn)["tags"] == {"step": "05"}
    logs.tag_log_group(logGroupName=GROUP, tags={"more": "x"})
    logs.untag_log_group(logGroupName=GROUP, tags=["step"])
    assert logs.list_tags_log_group(logGroupName=GROUP)["tags"] == {"more": "x"}
    assert refused(logs.tag_resource, resourceArn=ARN + "none", tags={"a": "b"}) == MISSING
    assert refused(logs.list_tags_log_group, logGroupName="none") == MISSING
    many = {f"k{number}": "" for number in range(50)}
    assert refused(logs.tag_resource, resourceArn=arn, tags=many)[0] == "TooManyTagsException"
    assert logs.list_tags_log_group(logGroupName=GROUP)["tags"] == {"more": "x"}


def test_a_group_of_infrequent_access_takes_events_and_does_not_give_them(logs, put):
    logs.create_log_group(logGroupName=GROUP, logGroupClass="INFREQUENT_ACCESS")
    put("a")
    assert refused(logs.filter_log_events, logGroupName=GROUP) == (
        "InvalidOperationException",
        f"The log group {GROUP} is of log-group-class INFREQUENT_ACCESS."
        " FilterLogEvents is not supported for this log class.",
    )
    code, said = refused(logs.get_log_events, logGroupName=GROUP, logStreamName="one")
    assert (code, "GetLogEvents is not" in said) == ("InvalidOperationException", True)
