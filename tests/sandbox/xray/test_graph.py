"""The service map: nodes, edges, and their numbers."""

import json

import pytest
from example_documents import START, http, make_documents, part, segment, trace_id

from workshop.sandbox.aws.errors import ApiError
from workshop.sandbox.xray.graph import get_service_graph, get_trace_graph
from workshop.sandbox.xray.groups import create_group
from workshop.sandbox.xray.segments import store_documents

ALL = {"StartTime": START, "EndTime": START + 60}


@pytest.fixture
def examples(store):
    store_documents(store, make_documents())
    return store


def nodes(answer):
    return {(each["Name"], each.get("Type")): each for each in answer["Services"]}


def edges(answer):
    by_number = {each["ReferenceId"]: each for each in answer["Services"]}
    return {
        (
            *(each["Name"], each.get("Type")),
            *(by_number[edge["ReferenceId"]][name] for name in ("Name",)),
            by_number[edge["ReferenceId"]].get("Type"),
        ): edge
        for each in answer["Services"]
        for edge in each["Edges"]
    }


def test_services_and_what_connects_them(examples, check_response):
    answer = get_service_graph(examples, ALL)
    check_response("GetServiceGraph", answer)
    ec2 = ("backend", "AWS::EC2::Instance")
    assert set(edges(answer)) == {
        ("backend", "client", "backend", None),
        ("backend", "client", *ec2),
        ("worker", "client", "worker", None),
        ("backend", None, "profiles", None),
        ("backend", None, "posts", "AWS::DynamoDB::Table"),
        ("worker", None, "random-name", "AWS::Lambda"),
        ("random-name", "AWS::Lambda", "random-name", "AWS::Lambda::Function"),
    }
    known = nodes(answer)
    roots = {key for key, node in known.items() if node.get("Root")}
    assert roots == {("backend", None), ec2, ("worker", None)}
    assert known["profiles", None]["State"] == "active"
    assert known["posts", "AWS::DynamoDB::Table"]["State"] == "unknown"
    assert "SummaryStatistics" not in known["backend", "client"]
    numbers = [each["ReferenceId"] for each in answer["Services"]]
    assert numbers == list(range(len(numbers)))


def test_each_request_is_counted_once(examples):
    backend = nodes(get_service_graph(examples, ALL))["backend", None]
    # A, B and F are ok, D and E are errors, H is neither; G has not ended, C ran elsewhere.
    assert backend["SummaryStatistics"] == {
        "OkCount": 3,
        "ErrorStatistics": {"ThrottleCount": 1, "OtherCount": 1, "TotalCount": 2},
        "FaultStatistics": {"OtherCount": 0, "TotalCount": 0},
        "TotalCount": 6,
        "TotalResponseTime": 3.86,
    }
    assert backend["ResponseTimeHistogram"] == [
        {"Value": value, "Count": 1} for value in (0.01, 0.05, 0.1, 0.2, 1.0, 2.5)
    ]
    assert backend["DurationHistogram"][-1] == {"Value": 9.0, "Count": 1}
    assert (backend["StartTime"], backend["EndTime"]) == (START + 0.25, START + 7.35)


def test_an_edge_tells_what_the_caller_saw(examples):
    call = edges(get_service_graph(examples, ALL))["backend", None, "profiles", None]
    assert call["SummaryStatistics"]["FaultStatistics"] == {"OtherCount": 1, "TotalCount": 1}
    assert call["SummaryStatistics"]["OkCount"] == 1
    assert call["ResponseTimeHistogram"] == [{"Value": 0.15, "Count": 2}]
    assert call["Aliases"] == [{"Name": "10.0.0.7", "Names": ["10.0.0.7"], "Type": "remote"}]


def test_a_service_that_is_not_traced_is_remote(store):
    call = part("A", 2, 0.1, "api.example.com", namespace="remote", http=http(503))
    store_documents(store, [json.dumps(segment("A", 1, 1, subsegments=[call]))])
    node = nodes(get_service_graph(store, ALL))["api.example.com", "remote"]
    assert node["SummaryStatistics"]["FaultStatistics"]["TotalCount"] == 1
    assert (
        edges(get_service_graph(store, ALL))["backend", None, "api.example.com", "remote"][
            "Aliases"
        ]
        == []
    )


def test_a_request_that_failed_twice_over_is_a_fault(store):
    failed = segment("A", 1, 1, error=True, throttle=True, fault=True)
    store_documents(store, [json.dumps(failed)])
    statistics = nodes(get_service_graph(store, ALL))["backend", None]["SummaryStatistics"]
    assert statistics["FaultStatistics"]["TotalCount"] == 1
    assert statistics["ErrorStatistics"]["TotalCount"] == 0
    assert statistics["TotalCount"] == 1


def test_a_time_and_a_group_choose_what_is_drawn(examples):
    early = get_service_graph(examples, {"StartTime": START, "EndTime": START + 1})
    assert set(nodes(early)) == {("backend", "client"), ("backend", None), ("profiles", None)}
    group = create_group(
        examples, {"GroupName": "broken", "FilterExpression": "service() { fault }"}
    )["Group"]
    by_name = get_service_graph(examples, {**ALL, "GroupName": "broken"})
    assert nodes(by_name)["backend", None]["SummaryStatistics"]["TotalCount"] == 2
    assert ("worker", None) not in nodes(by_name)
    assert get_service_graph(examples, {**ALL, "GroupARN": group["GroupARN"]}) == by_name
    for wrong in ({"GroupName": "none"}, {"EndTime": START}):
        with pytest.raises(ApiError):
            get_service_graph(examples, {**ALL, **wrong})


def test_a_trace_graph_has_the_traces_that_were_asked_for(examples, check_response):
    answer = get_trace_graph(examples, {"TraceIds": [trace_id("I"), trace_id("Z")]})
    check_response("GetTraceGraph", answer)
    assert {name for name, _ in nodes(answer)} == {"worker", "random-name"}
    assert get_trace_graph(examples, {"TraceIds": [trace_id("Z")]}) == {"Services": []}
