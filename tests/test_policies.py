"""The IAM policies in docs/policies/ allow what is called, and nothing that is not.

What the app and the daemon call is recorded at a sandbox; what a reader calls is read from the
notebooks. Here no policy is enforced: that AWS takes them so is not shown.
"""

import fnmatch
import json
import re
import subprocess
import sys

import pytest
from botocore import xform_name

from workshop import place
from workshop.checks.target import learner_app
from workshop.course import step
from workshop.leaks.doors import PAGE, Shot
from workshop.leaks.running import running_backend, stop
from workshop.sandbox import SANDBOX_KEY
from workshop.sandbox.aws import dispatch
from workshop.sandbox.aws.models import load_model
from workshop.sandbox.server import running_sandbox
from workshop.sandbox.xray.forward import Account, Forwarder

FOLDER = place.root() / "docs" / "policies"
# The real daemon reports its own health each minute; the sandbox's, which forwards, does not.
OF_THE_REAL_DAEMON = {"xray:PutTelemetryRecords"}
# Notebook 09 takes the log group away from the app; never one of a learner's own.
AT_THE_SANDBOX_ALONE = {"logs:DeleteLogGroup"}
# What may be called on no resource of its own, and so needs "*".
WITHOUT_RESOURCE = re.compile(
    r"xray:(Put\w+|BatchGetTraces|Get\w+|StartTraceRetrieval|ListRetrievedTraces"
    r"|UpdateTraceSegmentDestination|UpdateIndexingRule)"
    r"|logs:(DescribeLogGroups|GetQueryResults)"
)

POLLERS = """
import sys
from aws_xray_sdk.core.context import Context
from aws_xray_sdk.core.daemon_config import DaemonConfig
from aws_xray_sdk.core.sampling.sampler import DefaultSampler

sampler = DefaultSampler()
sampler.load_settings(DaemonConfig(sys.argv[1]), Context())
sampler._rule_poller._refresh_cache()
rule = sampler._cache.rules[0]
rule.increment_request_count()
rule.increment_sampled_count()
sampler._target_poller._do_work()
"""


def statements(name):
    return json.loads((FOLDER / f"{name}.json").read_text("utf-8"))["Statement"]


def listed(value):
    return [value] if isinstance(value, str) else value


def allowed(name):
    """Return each action that a policy allows, once."""
    actions = [action for each in statements(name) for action in listed(each["Action"])]
    assert len(actions) == len(set(actions))
    return set(actions)


@pytest.fixture
def called(monkeypatch):
    """Collects each action that any sandbox of this process is asked for, signed or by a daemon."""
    actions = {}
    really = dispatch._answer_call

    def answer(store, service, call):
        operation = dispatch._find_wire(service).find_operation(service, call)
        params = json.loads(call.body) if call.body else {}
        actions.setdefault(f"{service}:{operation.name}", []).append(params)
        return really(store, service, call)

    monkeypatch.setattr(dispatch, "_answer_call", answer)
    return actions


def test_app_and_its_daemon(called, tmp_path):
    with running_backend(learner_app(step(7).folder)) as running:
        assert running.send(Shot("GET", PAGE)) == 200
        stop(running)
    of_app = {action for action in called if action.startswith("logs:")}
    assert of_app == allowed("app")
    # That the app asks through the daemon, which signs with credentials of its own.
    assert {action for action in called if action not in of_app} <= allowed("daemon")
    streams = {each["logStreamName"] for each in called["logs:PutLogEvents"]}
    groups = {each["logGroupName"] for each in called["logs:PutLogEvents"]}
    assert groups == {"microblog"}
    resources = [arn for each in statements("app") for arn in listed(each["Resource"])]
    for stream in streams:
        arn = f"arn:aws:logs:us-east-1:123456789012:log-group:microblog:log-stream:{stream}"
        assert any(fnmatch.fnmatchcase(arn, each) for each in resources if "log-stream" in each)


def test_app_that_sends_spans_itself_asks_for_nothing_else(called):
    # Spans are no call of X-Ray's API, and AWS authorizes them as one of it:
    # https://docs.aws.amazon.com/xray/latest/devguide/xray-opentelemetry-bearer-token.html
    with running_backend(learner_app(step(10).folder)) as running:
        assert running.send(Shot("GET", PAGE)) == 200
        stop(running)
    assert set(called) == allowed("app")
    assert allowed("spans") == {"xray:PutTraceSegments"}


def test_daemon_that_forwards(called, tmp_path):
    with running_sandbox(tmp_path / "aws") as aws:
        account = Account(SANDBOX_KEY, SANDBOX_KEY, "us-east-1", endpoint=aws.url)
        forwarder = Forwarder(account)
        with running_sandbox(tmp_path / "near", forwarder=forwarder) as near:
            ask_for_rules_and_targets(near.daemon_port)
        forwarder.send_documents(["{}"])
        forwarder.close()
    assert set(called) | OF_THE_REAL_DAEMON == allowed("daemon")
    assert not set(called) & OF_THE_REAL_DAEMON


def ask_for_rules_and_targets(port):
    """Ask a daemon for what the SDK's two pollers ask it for, with the SDK's own code."""
    # The SDK opens a socket when it is imported, and never closes it: not in this process.
    subprocess.run([sys.executable, "-c", POLLERS, f"127.0.0.1:{port}"], check=True, timeout=30)


def test_reader_calls_what_the_notebooks_call():
    assert notebook_calls() - AT_THE_SANDBOX_ALONE == allowed("reader") | allowed("search")
    assert notebook_calls() >= AT_THE_SANDBOX_ALONE
    assert not allowed("reader") & allowed("search")


def notebook_calls():
    text = "\n".join(
        "".join(cell["source"])
        for file in sorted((place.root() / "notebooks").glob("*.ipynb"))
        for cell in json.loads(file.read_text("utf-8"))["cells"]
        if cell["cell_type"] == "code"
    )
    found = set()
    for service in ("xray", "logs"):
        names = {xform_name(name): name for name in load_model(service).operation_names}
        used = re.findall(rf"\b{service}\.(\w+)\(", text)
        used += re.findall(rf"\b{service}\.get_paginator\(\s*\"(\w+)\"", text)
        used += [name.replace("-", "_") for name in re.findall(rf"!aws {service} ([\w-]+)", text)]
        found |= {f"{service}:{names[each]}" for each in used if each in names}
    return found


@pytest.mark.parametrize("name", ["app", "daemon", "reader", "search", "spans"])
def test_resources_are_as_narrow_as_they_can_be(name):
    for each in statements(name):
        assert each["Effect"] == "Allow"
        for action in listed(each["Action"]):
            assert "*" not in action
            assert (each["Resource"] == "*") == bool(WITHOUT_RESOURCE.fullmatch(action))
