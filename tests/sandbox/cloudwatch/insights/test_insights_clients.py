"""boto3 and the AWS CLI query what they sent, against a running sandbox."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import boto3
import pytest
from botocore.exceptions import ClientError

AWS = Path(sys.executable).with_name("aws")
GROUP = "/workshop/backend"
KEY = "sandbox"
MESSAGES = [
    {"level": "INFO", "route": "/home", "latency": 12},
    {"level": "ERROR", "route": "/search", "latency": 900},
    {"level": "INFO", "route": "/home", "latency": 30},
]


@pytest.fixture
def logs(sandbox):
    """boto3's client, for a sandbox that has been sent `MESSAGES`."""
    client = boto3.client(
        "logs",
        endpoint_url=sandbox.url,
        region_name="us-east-1",
        aws_access_key_id=KEY,
        aws_secret_access_key=KEY,
    )
    client.create_log_group(logGroupName=GROUP)
    client.create_log_stream(logGroupName=GROUP, logStreamName="web")
    now_ms = int(time.time()) * 1000
    client.put_log_events(
        logGroupName=GROUP,
        logStreamName="web",
        logEvents=[
            {"timestamp": now_ms - 1000 + place, "message": json.dumps(message)}
            for place, message in enumerate(MESSAGES)
        ],
    )
    yield client
    client.close()


def _times():
    now = int(time.time())
    return {"startTime": now - 60, "endTime": now + 60}


def _wait(client, query_id):
    for _ in range(10):
        answer = client.get_query_results(queryId=query_id)
        if answer["status"] not in ("Scheduled", "Running"):
            return answer
    raise AssertionError("the query does not end")


def test_boto3_waits_for_a_query_and_reads_its_rows(logs):
    text = "stats count(*) as n, max(latency) as slowest by route | sort slowest desc"
    started = logs.start_query(logGroupName=GROUP, queryString=text, **_times())
    answer = _wait(logs, started["queryId"])
    rows = [{each["field"]: each["value"] for each in row} for row in answer["results"]]
    assert rows == [
        {"route": "/search", "n": "1", "slowest": "900"},
        {"route": "/home", "n": "2", "slowest": "30"},
    ]
    assert answer["statistics"]["recordsMatched"] == 3
    listed = logs.describe_queries(logGroupName=GROUP, status="Complete")["queries"]
    assert [each["queryString"] for each in listed] == [text]


def test_boto3_is_told_where_a_query_is_malformed(logs):
    text = "fields @message | pattern @message"
    with pytest.raises(logs.exceptions.MalformedQueryException) as caught:
        logs.start_query(logGroupName=GROUP, queryString=text, **_times())
    error = caught.value.response["queryCompileError"]
    assert "'pattern' is not emulated" in error["message"]
    assert error["location"] == {"startCharOffset": 18, "endCharOffset": 25}


def test_boto3_stops_a_query_once(logs):
    started = logs.start_query(logGroupName=GROUP, queryString="fields @message", **_times())
    assert logs.stop_query(queryId=started["queryId"])["success"] is True
    with pytest.raises(ClientError, match="not running"):
        logs.stop_query(queryId=started["queryId"])


def test_boto3_is_told_that_a_log_group_is_missing(logs):
    with pytest.raises(logs.exceptions.ResourceNotFoundException):
        logs.start_query(logGroupName="none", queryString="fields @message", **_times())


def test_the_aws_cli_starts_a_query_and_gets_its_results(logs, tmp_path):
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "AWS_ACCESS_KEY_ID": KEY,
        "AWS_SECRET_ACCESS_KEY": KEY,
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ENDPOINT_URL_CLOUDWATCH_LOGS": logs.meta.endpoint_url,
    }

    def aws(*words):
        done = subprocess.run(
            [AWS, "logs", *words],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        )
        return json.loads(done.stdout)

    times = _times()
    started = aws(
        *("start-query", "--log-group-name", GROUP),
        *("--start-time", str(times["startTime"]), "--end-time", str(times["endTime"])),
        *("--query-string", "fields route | filter level = 'ERROR'"),
    )
    query_id = started["queryId"]
    assert aws("get-query-results", "--query-id", query_id)["status"] == "Running"
    answer = aws("get-query-results", "--query-id", query_id)
    assert answer["status"] == "Complete"
    assert answer["results"][0][0] == {"field": "route", "value": "/search"}
