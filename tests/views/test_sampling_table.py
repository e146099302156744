from datetime import UTC, datetime

import boto3
import pytest
from botocore.stub import Stubber

from workshop.views import sampling_table


def rule(name, priority, reservoir, rate, **asked):
    return {
        "SamplingRule": {
            "RuleName": name,
            "Priority": priority,
            "ReservoirSize": reservoir,
            "FixedRate": rate,
            "ServiceName": "*",
            "ServiceType": "*",
            "Host": "*",
            "HTTPMethod": "*",
            "URLPath": "*",
            "ResourceARN": "*",
            "Version": 1,
            "Attributes": {},
            **asked,
        }
    }


RULES = [
    rule("Default", 10000, 1, 0.05),
    rule(
        "keep-the-home-feed",
        100,
        50,
        1.0,
        ServiceName="backend",
        HTTPMethod="GET",
        URLPath="/api/activities/home",
    ),
    rule("no-health-checks", 10, 0, 0.0, URLPath="/api/health-check"),
]
STATISTICS = [
    {"RuleName": "Default", "RequestCount": 900, "SampledCount": 40, "BorrowCount": 1},
    {"RuleName": "no-health-checks", "RequestCount": 12, "SampledCount": 0, "BorrowCount": 0},
    {"RuleName": "Default", "RequestCount": 1100, "SampledCount": 62, "BorrowCount": 0},
]


def test_rules_stand_in_the_order_in_which_they_are_asked():
    assert sampling_table.render(RULES).splitlines() == [
        "priority  rule                matches                   reservoir  rate",
        "      10  no-health-checks    path /api/health-check          0/s     0",
        "     100  keep-the-home-feed  service backend                50/s     1",
        "                              GET /api/activities/home",
        "   10000  Default             every request                   1/s  0.05",
    ]


def test_counts_of_all_windows_are_added_up():
    lines = sampling_table.render(RULES, STATISTICS).splitlines()
    assert lines[0].split()[-3:] == ["requests", "sampled", "borrowed"]
    assert lines[1].split()[-3:] == ["12", "0", "0"]
    assert lines[2].split()[-3:] == ["–", "–", "–"]
    assert lines[4].split()[-3:] == ["2,000", "102", "1"]


def test_rules_of_one_priority_stand_by_name():
    lines = sampling_table.render([rule("b", 5, 1, 0.1), rule("a", 5, 1, 0.1)]).splitlines()
    assert [line.split()[1] for line in lines] == ["rule", "a", "b"]


@pytest.mark.parametrize("statistics", [None, STATISTICS])
def test_a_rule_that_asks_for_much_stays_in_the_table(statistics):
    name = "a-rule-with-a-name-of-32-letters"
    much = rule(
        name,
        7,
        1000,
        0.125,
        ServiceName="[bold]backend[/bold]",
        ServiceType="AWS::EC2::Instance",
        Host="www.example.com",
        HTTPMethod="POST",
        URLPath="/api/[0-9]/*",
        ResourceARN="arn:aws:ecs:eu-central-1:111122223333:cluster/backend",
        Attributes={"tier": "gold"},
    )
    shown = sampling_table.render([much], statistics)
    assert max(map(len, shown.splitlines())) <= sampling_table.WIDTH
    assert "\x1b" not in shown
    assert "[bold]" in shown
    for told in ("AWS::EC2::Instance", "host www", "POST /api/[0-9]/*", "tier=gold", "1,000/s"):
        assert told in shown
    assert "  0.125" in shown
    assert shown == "\n".join(line.rstrip() for line in shown.splitlines())


def test_what_boto3_returns_can_be_shown():
    client = boto3.client(
        "xray", region_name="eu-central-1", aws_access_key_id="a", aws_secret_access_key="b"
    )
    when = datetime(2026, 1, 1, tzinfo=UTC)
    counted = [{**each, "Timestamp": when} for each in STATISTICS]
    with Stubber(client) as stub:  # it holds the answers to botocore's model
        stub.add_response("get_sampling_rules", {"SamplingRuleRecords": RULES})
        stub.add_response(
            "get_sampling_statistic_summaries", {"SamplingStatisticSummaries": counted}
        )
        rules = client.get_sampling_rules()["SamplingRuleRecords"]
        summaries = client.get_sampling_statistic_summaries()["SamplingStatisticSummaries"]
    assert sampling_table.render(rules, summaries) == sampling_table.render(RULES, STATISTICS)
