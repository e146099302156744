"""X-Ray shows the same of the same traffic, whether its SDK or OpenTelemetry has sent it."""

import time
import uuid
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

import boto3
import pytest

from workshop import process_tree
from workshop.checks import services, target, traffic
from workshop.checks.evidence import Evidence
from workshop.checks.gather import RECORD_ALL
from workshop.course import step
from workshop.hurry import Hurry
from workshop.sandbox.server import running_sandbox

SDK, OPENTELEMETRY = step(9), step(10)
# X-Ray's SDK records it, and the app has OpenTelemetry leave it out.
HEALTH = "/api/health-check"
REQUESTS = [each for each in traffic.routes(traffic.COURSE) if each[1] != HEALTH]


@dataclass
class Views:
    """What X-Ray's API tells of one run.

    Args:
        nodes: of the service graph: how many requests went well, failed, and were refused.
        edges: the same of the calls, by both ends, with the names under which they are called.
        summaries: of each trace: its request, what came of it, its annotations and services.
    """

    nodes: dict
    edges: dict
    summaries: list


def run(folder):
    """Run a step's app, send it the known traffic, and ask X-Ray what it has."""
    mark = uuid.uuid4().hex
    with (
        TemporaryDirectory() as name,
        running_sandbox(Path(name) / "sandbox", searching=True) as sandbox,
    ):
        client = boto3.client(
            "xray",
            endpoint_url=sandbox.url,
            region_name="us-east-1",
            aws_access_key_id="sandbox",
            aws_secret_access_key="sandbox",
        )
        client.update_sampling_rule(SamplingRuleUpdate=RECORD_ALL)
        evidence = Evidence(target.learner_app(folder), sandbox.url)
        try:
            with services.running(evidence, sandbox, Path(name), mark, Hurry()) as backend:
                asked = traffic.drive(backend.url, traffic.COURSE, Hurry())
        finally:
            process_tree.kill_marked(mark)
        sandbox.end_daemon()
        assert [each.status for each in asked if not each.status] == []
        return read(client, name)


def read(client, folder):
    """Return the views, without the name of a folder that differs from run to run."""
    now = time.time()
    span = {"StartTime": now - 600, "EndTime": now + 60}
    graph = client.get_service_graph(**span)["Services"]
    names = {each["ReferenceId"]: each["Name"].replace(folder, "") for each in graph}
    found = client.get_paginator("get_trace_summaries").paginate(**span)
    return Views(
        nodes={
            (names[each["ReferenceId"]], each.get("Type")): outcomes(each)
            for each in graph
            if "SummaryStatistics" in each
        },
        edges={
            (names[each["ReferenceId"]], names[edge["ReferenceId"]]): (
                outcomes(edge),
                sorted(alias["Name"] for alias in edge["Aliases"]),
            )
            for each in graph
            for edge in each["Edges"]
        },
        summaries=sorted(
            describe(summary, folder) for page in found for summary in page["TraceSummaries"]
        ),
    )


def outcomes(told):
    numbers = told["SummaryStatistics"]
    return (
        numbers["OkCount"],
        numbers["FaultStatistics"]["TotalCount"],
        numbers["ErrorStatistics"]["TotalCount"],
        numbers["TotalCount"],
    )


def describe(summary, folder):
    """Return what is told of one trace; OpenTelemetry's address has its query, the SDK's not."""
    http = summary["Http"]
    return (
        http["HttpMethod"],
        urlsplit(http["HttpURL"]).path,
        http["HttpStatus"],
        summary.get("HasFault", False),
        summary.get("HasError", False),
        sorted(
            (key, str(value["AnnotationValue"]))
            for key, values in summary["Annotations"].items()
            for value in values
        ),
        sorted(each["Name"].replace(folder, "") for each in summary["ServiceIds"]),
        [
            [service["Name"] for service in cause["Services"]]
            for cause in summary.get("FaultRootCauses", [])
        ],
    )


@pytest.fixture(scope="module")
def both():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(traffic, "routes", lambda _: REQUESTS)
        return run(SDK.folder), run(OPENTELEMETRY.folder)


def test_the_map_has_the_same_services_with_the_same_numbers(both):
    by_sdk, by_opentelemetry = (each.nodes for each in both)
    assert by_opentelemetry == by_sdk
    assert {"backend", "profiles"} <= {name for name, _ in by_sdk}
    assert ("/microblog.sqlite", "remote") in by_sdk


def test_the_map_has_the_same_calls_under_the_same_names(both):
    by_sdk, by_opentelemetry = (each.edges for each in both)
    assert by_opentelemetry == by_sdk
    assert ("backend", "profiles") in by_sdk


def test_each_request_has_the_same_outcome_annotations_and_services(both):
    by_sdk, by_opentelemetry = (each.summaries for each in both)
    assert by_opentelemetry == by_sdk
    assert len(by_sdk) == len(REQUESTS)
    assert [hits for *_, hits, _, _ in by_sdk if hits]
    assert [causes for *_, causes in by_sdk if causes]
