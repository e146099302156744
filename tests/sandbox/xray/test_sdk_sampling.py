"""The real SDK in a real Flask app samples by the sandbox's rules, and what it records arrives."""

import json
import math
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
import requests
from otlp_clients import wait_until
from xray_clients import rule

from workshop.sandbox.xray.daemon_counts import read_counts
from workshop.sandbox.xray.sampling_statistics import read_sampling_counts

APP = Path(__file__).with_name("traced_app.py")
# The SDK's own is ten seconds.
REPORT_INTERVAL = 0.2
REQUESTS = 200


class TracedApp:
    """The app that runs, and what it sends its requests with."""

    def __init__(self, port):
        self.url = f"http://127.0.0.1:{port}"
        self.session = requests.Session()

    def get(self, path, count=1):
        for _ in range(count):
            answer = self.session.get(self.url + path, timeout=10)
        return answer

    def rules(self):
        """The rate and the quota of each rule that the SDK knows."""
        return self.get("/sdk/rules").json()["rules"]

    def fetched(self):
        """The second in which the SDK last fetched its rules."""
        return self.get("/sdk/rules").json()["fetched"]


@pytest.fixture
def app(sandbox, tmp_path):
    address = f"127.0.0.1:{sandbox.daemon_port}"
    with (tmp_path / "app.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, str(APP), str(REPORT_INTERVAL)],
            env={**os.environ, "AWS_XRAY_DAEMON_ADDRESS": address},
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
        running = TracedApp(process.stdout.readline().strip())
        yield running
        running.session.close()
        process.kill()
        process.communicate()


def reported(sandbox, name):
    """What the SDK has told of a rule, once it has told of all requests."""

    def told():
        with sandbox.reader() as reader:
            (counts,) = [each for each in read_sampling_counts(reader) if each.name == name]
        return counts.requests == REQUESTS and counts

    return wait_until(told, f"the SDK to report {REQUESTS} requests under {name}")


def stored(sandbox, name):
    """The segments that were recorded under a rule, once all that were sent are stored."""
    with sandbox.reader() as reader:
        rows = reader.execute("SELECT document FROM xray_segment_documents").fetchall()
    segments = [json.loads(document) for (document,) in rows]
    return [each for each in segments if each["aws"]["xray"].get("sampling_rule_name") == name]


def test_rules_give_the_counts_that_they_promise(sandbox, api, app):
    for each in (
        rule("nothing", 1, rate=0.0, path="/nothing"),
        rule("all", 2, rate=1.0, path="/all"),
        rule("part", 3, rate=0.3, path="/part"),
        rule("five", 4, rate=0.0, reservoir=5, path="/five"),
    ):
        api.create_sampling_rule(SamplingRule=each)
    # The very first request is decided by the SDK alone: it fetches the rules meanwhile.
    changed = api.get_sampling_targets(SamplingStatisticsDocuments=[])["LastRuleModification"]
    wait_until(lambda: app.fetched() >= changed.timestamp(), "the SDK to know the rules")
    for path in ("/nothing", "/all", "/part"):
        app.get(path, REQUESTS)
    app.get("/five")
    wait_until(lambda: app.rules()["five"][1] == 5, "the SDK to have its quota")
    began = time.time()
    app.get("/five", REQUESTS - 1)
    ended = time.time()

    sent = {name: reported(sandbox, name) for name in ("nothing", "all", "part", "five")}
    for name, counts in sent.items():
        wait_until(
            lambda name=name, counts=counts: len(stored(sandbox, name)) == counts.recorded,
            f"{counts.recorded} segments of the rule {name}",
        )
    assert sent["nothing"].recorded == 0
    assert sent["all"].recorded == REQUESTS
    # 4 standard deviations of as many draws.
    error = 4 * math.sqrt(REQUESTS * 0.3 * 0.7)
    assert abs(sent["part"].recorded - 0.3 * REQUESTS) < error
    # The one before the quota was borrowed; then it was five in each second that had so many.
    seconds = int(ended) - int(began) + 1
    assert sent["five"].borrowed == 1
    assert 5 <= sent["five"].sampled <= 5 * seconds
    with sandbox.reader() as reader:
        counts = read_counts(reader)
    assert (counts.rejected, counts.unprocessed, counts.lost) == (0, 0, 0)


def test_a_change_takes_effect_at_the_sdks_next_report(sandbox, api, app):
    """The SDK fetches its rules every five minutes; a report tells it that there are newer ones."""
    wait_until(lambda: list(app.rules()) == ["Default"], "the SDK to know the built-in rule")
    began = time.monotonic()
    api.create_sampling_rule(SamplingRule=rule("all", rate=1.0))
    wait_until(lambda: "all" in app.rules(), "the SDK to know the new rule")
    api.update_sampling_rule(SamplingRuleUpdate={"RuleName": "all", "FixedRate": 0.0})
    wait_until(lambda: app.rules()["all"][0] == 0.0, "the SDK to know the changed rule")
    api.delete_sampling_rule(RuleName="all")
    wait_until(lambda: list(app.rules()) == ["Default"], "the SDK to forget the rule")
    assert time.monotonic() - began < 60
