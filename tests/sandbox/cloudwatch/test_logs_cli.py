"""The `aws` command, as the course prints it, against a running sandbox."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from cloudwatch_clients import GROUP, KEY, STREAM, now

AWS = Path(sys.executable).with_name("aws")


@pytest.fixture
def aws(sandbox, tmp_path):
    """Run `aws …`, and return what it prints."""
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "AWS_ACCESS_KEY_ID": KEY,
        "AWS_SECRET_ACCESS_KEY": KEY,
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ENDPOINT_URL": sandbox.url,
        "AWS_EC2_METADATA_DISABLED": "true",
    }

    def run(*words, status=0):
        done = subprocess.run(
            [sys.executable, AWS, *words],
            env=environment,
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert done.returncode == status, done.stderr
        if status:
            return done.stderr
        return json.loads(done.stdout) if done.stdout else None

    return run


def test_the_command_line_writes_and_searches(aws):
    group, stream = ("--log-group-name", GROUP), ("--log-stream-name", STREAM)
    aws("logs", "create-log-group", *group)
    aws("logs", "put-retention-policy", *group, "--retention-in-days", "7")
    aws("logs", "create-log-stream", *group, *stream)
    events = [
        {"timestamp": now(), "message": json.dumps({"level": level, "ms": 12})}
        for level in ("INFO", "ERROR")
    ]
    put = aws("logs", "put-log-events", *group, *stream, "--log-events", json.dumps(events))
    assert put.keys() == {"nextSequenceToken"}
    found = aws("logs", "filter-log-events", *group, "--filter-pattern", '{ $.level = "ERROR" }')
    assert [each["message"] for each in found["events"]] == ['{"level": "ERROR", "ms": 12}']
    assert len(aws("logs", "get-log-events", *group, *stream, "--limit", "1")["events"]) == 1


def test_the_command_line_prints_why_it_is_refused(aws):
    error = aws("logs", "filter-log-events", "--log-group-name", "none", status=255)
    assert "(ResourceNotFoundException)" in error
    assert "The specified log group does not exist." in error
    error = aws("logs", "list-anomalies", status=255)
    assert "CloudWatch Logs's ListAnomalies is not emulated" in error


def test_the_command_line_tells_who_one_is(aws):
    assert aws("sts", "get-caller-identity") == {
        "UserId": "sandbox",
        "Account": "000000000000",
        "Arn": "arn:aws:iam::000000000000:user/sandbox",
    }
