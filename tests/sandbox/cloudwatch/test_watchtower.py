"""watchtower, the handler that the course uses, against a running sandbox.

Streams are made beforehand where every line counts: while watchtower 3.4 makes a stream, it drops
what is logged meanwhile (`creating_log_stream` in `CloudWatchLogHandler.emit`).
"""

import logging
import os
import subprocess
import sys
import threading
import warnings
from collections import defaultdict
from pathlib import Path

import pytest
from cloudwatch_clients import GROUP
from watchtower import CloudWatchLogHandler

WORKERS = Path(__file__).with_name("forked_loggers.py")
LINES = 10_000
THREADS = 4


@pytest.fixture
def handler(sandbox, monkeypatch):
    """A handler whose STS client finds the sandbox by the environment, as an app's does."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "sandbox")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "ca-central-1")
    monkeypatch.setenv("AWS_ENDPOINT_URL", sandbox.url)
    made = []

    def make(**settings):
        made.append(CloudWatchLogHandler(log_group_name=GROUP, send_interval=1, **settings))
        return made[-1]

    yield make
    for each in made:
        each.close()
        each.cwl_client.close()


def read_messages(logs):
    """Return all messages of the group, by their streams."""
    found = defaultdict(list)
    for page in logs.get_paginator("filter_log_events").paginate(logGroupName=GROUP):
        for event in page["events"]:
            found[event["logStreamName"]].append(event["message"])
    return found


def test_it_makes_a_group_with_tags_and_retention(handler, logs):
    handler(log_group_retention_days=7, log_group_tags={"step": "04"})
    (group,) = logs.describe_log_groups()["logGroups"]
    assert (group["logGroupName"], group["retentionInDays"]) == (GROUP, 7)
    assert logs.list_tags_log_group(logGroupName=GROUP)["tags"] == {"step": "04"}
    handler(log_group_retention_days=14)
    assert logs.describe_log_groups()["logGroups"][0]["retentionInDays"] == 14


def make_streams(logs, *names):
    logs.create_log_group(logGroupName=GROUP)
    for name in names:
        logs.create_log_stream(logGroupName=GROUP, logStreamName=name)


def test_ten_thousand_lines_of_four_threads_arrive_in_order(handler, logs):
    make_streams(logs, *(f"t{number}" for number in range(THREADS)))
    made = handler(log_stream_name="{thread_name}")
    logger = logging.getLogger("workshop.threads")
    logger.propagate = False
    logger.setLevel(logging.INFO)
    logger.addHandler(made)

    def write():
        for number in range(LINES // THREADS):
            logger.info("line %d", number)

    threads = [threading.Thread(target=write, name=f"t{number}") for number in range(THREADS)]
    try:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        # A batch that is refused, or rejected in part, would be told by a warning.
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            made.flush()
    finally:
        logger.removeHandler(made)
    expected = [f"line {number}" for number in range(LINES // THREADS)]
    assert read_messages(logs) == {f"t{number}": expected for number in range(THREADS)}


def test_two_forked_workers_lose_no_line(sandbox, logs):
    make_streams(logs, "workers.0", "workers.1")
    environment = {
        "PATH": os.environ["PATH"],
        "AWS_ACCESS_KEY_ID": "sandbox",
        "AWS_SECRET_ACCESS_KEY": "sandbox",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ENDPOINT_URL": sandbox.url,
    }
    done = subprocess.run(
        [sys.executable, WORKERS, GROUP],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (done.returncode, done.stderr) == (0, "")
    expected = [f"line {number}" for number in range(1000)]
    assert read_messages(logs) == {"workers.0": expected, "workers.1": expected}


def test_json_lines_can_be_searched(handler, logs):
    made = handler(log_stream_name="json")
    logger = logging.getLogger("workshop.json")
    logger.propagate = False
    logger.addHandler(made)
    try:
        for status in (200, 404, 500):
            logger.warning({"status": status, "path": "/api"})
        made.flush()
    finally:
        logger.removeHandler(made)
    found = logs.filter_log_events(logGroupName=GROUP, filterPattern="{ $.status >= 500 }")
    assert [event["message"] for event in found["events"]] == ['{"status": 500, "path": "/api"}']
