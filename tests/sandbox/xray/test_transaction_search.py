"""Transaction Search: its switch, which share is indexed, and how traces are fetched, by boto3."""

import json
import time

import pytest
from botocore.exceptions import ClientError
from otlp_clients import sandbox_process, wait_until
from xray_clients import api_client, segment

from workshop.sandbox import running
from workshop.sandbox.xray.segments import store_documents
from workshop.sandbox.xray.traces import read_xray_traces

NOW = int(time.time())
RANGE = {"StartTime": NOW - 600, "EndTime": NOW + 600}


def switch(api, destination="CloudWatchLogs"):
    return api.update_trace_segment_destination(Destination=destination)


def index(api, percentage, name="Default"):
    rule = {"Probabilistic": {"DesiredSamplingPercentage": percentage}}
    return api.update_indexing_rule(Name=name, Rule=rule)["IndexingRule"]


def trace_id(share, number=1):
    """A trace's id of which the indexing rule takes it from this share up, from 0 to 1."""
    return f"1-{NOW:08x}-{number:016x}{int(share * (2**32 - 1)):08x}"


def put(store, *ids):
    # Both at NOW: the tests are read in long before the last of them runs.
    times = {"start_time": NOW, "end_time": NOW + 0.25}
    documents = [
        segment(number, trace_id=each, **times) for number, each in enumerate(ids, start=1)
    ]
    assert store_documents(store, [json.dumps(each) for each in documents]) == []


def summaries(api):
    return {each["Id"] for each in api.get_trace_summaries(**RANGE)["TraceSummaries"]}


def retrieve(api, ids, **options):
    token = api.start_trace_retrieval(TraceIds=ids, **RANGE)["RetrievalToken"]
    first = api.list_retrieved_traces(RetrievalToken=token)
    assert (first["RetrievalStatus"], first["Traces"]) == ("RUNNING", [])
    answer = api.list_retrieved_traces(RetrievalToken=token, **options)
    assert answer["RetrievalStatus"] == "COMPLETE"
    return token, answer


def test_it_is_off_until_it_is_switched_on(api):
    assert api.get_trace_segment_destination()["Destination"] == "XRay"
    assert switch(api)["Destination"] == "CloudWatchLogs"
    told = api.get_trace_segment_destination()
    assert (told["Destination"], told["Status"]) == ("CloudWatchLogs", "ACTIVE")
    assert api.update_trace_segment_destination()["Destination"] == "CloudWatchLogs"
    assert switch(api, "XRay")["Destination"] == "XRay"


def test_a_sandbox_can_be_started_with_it(tmp_path):
    with sandbox_process(tmp_path, "--transaction-search"):
        found = wait_until(lambda: running.find(tmp_path), "the sandbox to be ready")
        api = api_client(found.url)
        assert api.get_trace_segment_destination()["Destination"] == "CloudWatchLogs"
        (rule,) = api.get_indexing_rules()["IndexingRules"]
        assert rule["Rule"]["Probabilistic"]["DesiredSamplingPercentage"] == 100
        api.close()


def test_one_trace_in_a_hundred_is_indexed_unless_more_is_wanted(sandbox, api):
    (rule,) = api.get_indexing_rules()["IndexingRules"]
    assert rule["Rule"]["Probabilistic"]["DesiredSamplingPercentage"] == 1
    switch(api)
    put(sandbox.store, trace_id(0.005), trace_id(0.5))
    assert summaries(api) == {trace_id(0.005)}
    assert index(api, 60)["Rule"]["Probabilistic"]["ActualSamplingPercentage"] == 60
    # What has arrived before stays as it was.
    assert summaries(api) == {trace_id(0.005)}
    put(sandbox.store, trace_id(0.55), trace_id(0.65))
    assert summaries(api) == {trace_id(0.005), trace_id(0.55)}


def test_without_it_every_trace_is_indexed(sandbox, api):
    index(api, 0)
    put(sandbox.store, trace_id(1))
    assert summaries(api) == {trace_id(1)}


def test_what_arrives_meanwhile_is_not_in_xray_and_can_be_retrieved(sandbox, api):
    before, meanwhile = trace_id(0.1), trace_id(0.2, 2)
    put(sandbox.store, before)
    switch(api)
    index(api, 100)
    put(sandbox.store, meanwhile)
    got = api.batch_get_traces(TraceIds=[before, meanwhile])
    assert [each["Id"] for each in got["Traces"]] == [before]
    assert got["UnprocessedTraceIds"] == [meanwhile]
    assert api.get_trace_graph(TraceIds=[meanwhile])["Services"] == []
    assert api.get_trace_graph(TraceIds=[before])["Services"] != []
    token, answer = retrieve(api, [before, meanwhile])
    (trace,) = answer["Traces"]
    assert (trace["Id"], trace["Duration"]) == (meanwhile, 0.25)
    assert json.loads(trace["Spans"][0]["Document"])["name"] == "backend"
    graph = api.get_retrieved_traces_graph(RetrievalToken=token)
    assert [each["Service"]["Name"] for each in graph["Services"]] == ["backend", "backend"]
    # The map and the summaries know of both, and so does whoever reads the sandbox's data.
    assert summaries(api) == {before, meanwhile}
    counts = [
        each["SummaryStatistics"]["TotalCount"]
        for each in api.get_service_graph(**RANGE)["Services"]
        if "SummaryStatistics" in each
    ]
    assert counts == [2]
    with sandbox.reader() as reader:
        assert len(read_xray_traces(reader)) == 2


def test_a_retrieval_is_told_in_pages(sandbox, api):
    switch(api)
    ids = [trace_id(0.1, number) for number in range(1, 8)]
    put(sandbox.store, *ids)
    token, first = retrieve(api, ids)
    second = api.list_retrieved_traces(RetrievalToken=token, NextToken=first["NextToken"])
    assert [each["Id"] for each in first["Traces"] + second["Traces"]] == ids
    assert "NextToken" not in second


def test_a_trace_of_many_spans_is_told_in_pieces(sandbox, api):
    switch(api)
    put(sandbox.store, *[trace_id(0.1)] * 150)
    _, answer = retrieve(api, [trace_id(0.1)])
    assert [len(each["Spans"]) for each in answer["Traces"]] == [100, 50]
    assert {each["Id"] for each in answer["Traces"]} == {trace_id(0.1)}


def test_a_retrieval_looks_into_its_own_time_only(sandbox, api):
    switch(api)
    put(sandbox.store, trace_id(0.1))
    early = {"StartTime": NOW - 600, "EndTime": NOW - 300}
    token = api.start_trace_retrieval(TraceIds=[trace_id(0.1)], **early)["RetrievalToken"]
    api.list_retrieved_traces(RetrievalToken=token)
    answer = api.list_retrieved_traces(RetrievalToken=token)
    assert (answer["RetrievalStatus"], answer["Traces"]) == ("COMPLETE", [])


def test_a_retrieval_can_be_cancelled_until_it_is_complete(sandbox, api):
    token = api.start_trace_retrieval(TraceIds=[], **RANGE)["RetrievalToken"]
    api.cancel_trace_retrieval(RetrievalToken=token)
    answer = api.list_retrieved_traces(RetrievalToken=token)
    assert answer["RetrievalStatus"] == "CANCELLED"
    done, _ = retrieve(api, [])
    with pytest.raises(ClientError, match="complete"):
        api.cancel_trace_retrieval(RetrievalToken=done)


@pytest.mark.parametrize(
    ("operation", "asked", "code"),
    [
        ("update_trace_segment_destination", {"Destination": "S3"}, "InvalidRequestException"),
        (
            "update_trace_segment_destination",
            {"CloudWatchLogsConfiguration": {"SpansLogGroupKmsKeyId": "arn:aws:kms:x"}},
            "UnsupportedOperation",
        ),
        (
            "update_indexing_rule",
            {"Name": "Mine", "Rule": {"Probabilistic": {"DesiredSamplingPercentage": 1}}},
            "ResourceNotFoundException",
        ),
        (
            "update_indexing_rule",
            {"Name": "Default", "Rule": {"Probabilistic": {"DesiredSamplingPercentage": 101}}},
            "InvalidRequestException",
        ),
        ("start_trace_retrieval", {"TraceIds": ["x"], **RANGE}, "InvalidRequestException"),
        (
            "start_trace_retrieval",
            {"TraceIds": [], "StartTime": NOW, "EndTime": NOW - 1},
            "InvalidRequestException",
        ),
        ("list_retrieved_traces", {"RetrievalToken": "x"}, "ResourceNotFoundException"),
        ("get_retrieved_traces_graph", {"RetrievalToken": "x"}, "ResourceNotFoundException"),
        ("cancel_trace_retrieval", {"RetrievalToken": "x"}, "ResourceNotFoundException"),
        (
            "list_retrieved_traces",
            {"RetrievalToken": "x", "TraceFormat": "OTEL"},
            "UnsupportedOperation",
        ),
    ],
)
def test_what_is_wrong_is_refused_by_name(api, operation, asked, code):
    with pytest.raises(ClientError) as caught:
        getattr(api, operation)(**asked)
    assert caught.value.response["Error"]["Code"] == code


def test_answers_are_of_the_shape_that_aws_promises(sandbox, api, check_response):
    switch(api)
    put(sandbox.store, trace_id(0.1))
    token, listed = retrieve(api, [trace_id(0.1)])
    answers = {
        "GetTraceSegmentDestination": api.get_trace_segment_destination(),
        "UpdateTraceSegmentDestination": switch(api),
        "GetIndexingRules": api.get_indexing_rules(),
        "UpdateIndexingRule": {"IndexingRule": index(api, 5)},
        "ListRetrievedTraces": listed,
        "GetRetrievedTracesGraph": api.get_retrieved_traces_graph(RetrievalToken=token),
        "CancelTraceRetrieval": {},
    }
    for operation, answer in answers.items():
        answer.pop("ResponseMetadata", None)
        check_response(operation, answer)
