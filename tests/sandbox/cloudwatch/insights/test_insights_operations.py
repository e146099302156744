"""StartQuery, GetQueryResults, StopQuery and DescribeQueries, in process."""

import pytest
from botocore.validate import ParamValidator
from insights_events import EVENTS, GROUP, OTHER, START

from workshop.sandbox.aws.errors import ApiError
from workshop.sandbox.aws.rest_json import load_model
from workshop.sandbox.cloudwatch.insights.operations import OPERATIONS

TIMES = {"startTime": START, "endTime": START + 3600}
ARN = f"arn:aws:logs:us-east-1:000000000000:log-group:{GROUP}"


@pytest.fixture
def call(filled):
    """Call an operation, and check its answer against the service's model."""

    def ask(operation, **params):
        answer = OPERATIONS[operation](filled, params)
        shape = load_model("logs").operation_model(operation).output_shape
        report = ParamValidator().validate(answer, shape)
        assert not report.has_errors(), report.generate_report()
        return answer

    return ask


@pytest.fixture
def start(call):
    """Start a query, and return its id."""

    def ask(text, **params):
        where = params or {"logGroupName": GROUP}
        return call("StartQuery", queryString=text, **where, **TIMES)["queryId"]

    return ask


def test_a_query_is_scheduled_then_running_then_complete(call, start):
    query_id = start("fields level | filter status = 500")
    described = call("DescribeQueries", status="Scheduled", maxResults=1)["queries"]
    assert [each["queryId"] for each in described] == [query_id]

    first = call("GetQueryResults", queryId=query_id)
    assert (first["status"], first["results"]) == ("Running", [])
    assert first["statistics"]["recordsScanned"] == 0

    last = call("GetQueryResults", queryId=query_id)
    assert last == call("GetQueryResults", queryId=query_id)
    assert last["status"] == "Complete"
    (row,) = last["results"]
    assert row[0] == {"field": "level", "value": "ERROR"}
    assert [each["field"] for each in row] == ["level", "@ptr"]
    assert last["statistics"] == {
        "recordsMatched": 1.0,
        "recordsScanned": 7.0,
        "estimatedRecordsSkipped": 0.0,
        "bytesScanned": float(sum(len(each[4]) for each in EVENTS if each[1] == GROUP)),
        "estimatedBytesSkipped": 0.0,
        "logGroupsScanned": 1.0,
        "resultCount": 1.0,
    }


@pytest.mark.parametrize(
    ("where", "scanned"),
    [
        ({"logGroupName": GROUP}, 7),
        ({"logGroupNames": [GROUP, OTHER]}, 8),
        ({"logGroupIdentifiers": [ARN, OTHER]}, 8),
        ({"logGroupNames": [GROUP, GROUP]}, 7),
    ],
)
def test_log_groups_are_named_in_three_ways(call, start, where, scanned):
    query_id = start("fields @message", **where)
    call("GetQueryResults", queryId=query_id)
    statistics = call("GetQueryResults", queryId=query_id)["statistics"]
    assert statistics["recordsScanned"] == scanned


def test_results_come_in_pages(call, start):
    query_id = start("fields @message | sort @timestamp")
    call("GetQueryResults", queryId=query_id)
    messages, token = [], {}
    for size in (3, 3, 1):
        page = call("GetQueryResults", queryId=query_id, maxItems=3, **token)
        assert len(page["results"]) == size
        messages += [row[0]["value"] for row in page["results"]]
        token = {"nextToken": page["nextToken"]} if "nextToken" in page else {}
    assert token == {}
    assert messages == [event[4] for event in EVENTS if event[1] == GROUP]


def test_a_token_belongs_to_its_query(call, start):
    first, second = start("fields @message"), start("fields @message")
    for query_id in (first, second):
        call("GetQueryResults", queryId=query_id)
    token = call("GetQueryResults", queryId=first, maxItems=1)["nextToken"]
    for wrong in (token, "x", "!"):
        with pytest.raises(ApiError, match="InvalidParameterException"):
            call("GetQueryResults", queryId=second, nextToken=wrong)


def test_a_query_that_has_not_ended_can_be_stopped(call, start):
    query_id = start("fields @message")
    assert call("StopQuery", queryId=query_id) == {"success": True}
    answer = call("GetQueryResults", queryId=query_id)
    assert (answer["status"], answer["results"]) == ("Cancelled", [])
    with pytest.raises(ApiError, match=r"InvalidParameterException: .* is not running"):
        call("StopQuery", queryId=query_id)


def test_a_query_that_has_ended_cannot_be_stopped(call, start):
    query_id = start("fields @message")
    for _ in range(2):
        call("GetQueryResults", queryId=query_id)
    with pytest.raises(ApiError, match=r"InvalidParameterException: .* is not running"):
        call("StopQuery", queryId=query_id)


def test_queries_are_listed_the_latest_first(call, start):
    first = start("fields level", logGroupName=OTHER)
    second = start("fields status", logGroupName=OTHER)
    both = start("fields route", logGroupNames=[OTHER, GROUP])
    page = call("DescribeQueries", logGroupName=OTHER, maxResults=2)
    assert [each["queryId"] for each in page["queries"]] == [both, second]
    assert "logGroupName" not in page["queries"][0]
    assert page["queries"][1]["logGroupName"] == OTHER
    assert page["queries"][1]["queryString"] == "fields status"
    rest = call("DescribeQueries", logGroupName=OTHER, nextToken=page["nextToken"])
    assert first in [each["queryId"] for each in rest["queries"]]
    assert second not in [each["queryId"] for each in rest["queries"]]
    assert call("DescribeQueries", queryLanguage="SQL") == {"queries": []}


@pytest.mark.parametrize(
    ("params", "code", "message"),
    [
        ({"logGroupName": "none"}, "ResourceNotFoundException", "log group does not exist"),
        ({}, "InvalidParameterException", "Exactly one of logGroupName, "),
        (
            {"logGroupName": GROUP, "logGroupNames": [OTHER]},
            "InvalidParameterException",
            "Exactly one of logGroupName, ",
        ),
        ({"logGroupNames": []}, "InvalidParameterException", "from 1 to 50"),
        (
            {"logGroupNames": [f"g{number}" for number in range(51)]},
            "InvalidParameterException",
            "from 1 to 50",
        ),
        ({"logGroupName": GROUP, "queryLanguage": "SQL"}, "UnsupportedOperation", "SQL"),
        (
            {"logGroupName": GROUP, "endTime": START - 1},
            "InvalidParameterException",
            "endTime is before startTime",
        ),
        (
            {"logGroupName": GROUP, "endTime": START * 1000},
            "InvalidParameterException",
            "not milliseconds",
        ),
        ({"logGroupName": GROUP, "queryString": "diff"}, "MalformedQueryException", "'diff'"),
    ],
)
def test_a_query_that_cannot_start_is_refused(call, params, code, message):
    with pytest.raises(ApiError, match=f"{code}: .*{message}"):
        call("StartQuery", **({"queryString": "fields @message"} | TIMES | params))


@pytest.mark.parametrize("operation", ["GetQueryResults", "StopQuery"])
def test_a_query_that_nobody_started_is_not_found(call, operation):
    with pytest.raises(ApiError, match=r"ResourceNotFoundException: .* query does not exist"):
        call(operation, queryId="none")
