"""The real clients of CloudWatch Logs that these tests use."""

import time

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

KEY = "sandbox"
GROUP = "workshop/backend"
STREAM = "one"
HOUR = 60 * 60 * 1000
DAY = 24 * HOUR


def api_client(url, service="logs", **settings):
    """boto3's client with the sandbox's key; settings are botocore's."""
    return boto3.client(
        service,
        endpoint_url=url,
        region_name="us-east-1",
        aws_access_key_id=KEY,
        aws_secret_access_key=KEY,
        config=Config(retries={"total_max_attempts": 1}, **settings),
    )


def now():
    """Return the time, in milliseconds since 1970."""
    return time.time_ns() // 1_000_000


def refused(operation, **asked):
    """Return the code and the message of the refusal that a client's operation meets."""
    with pytest.raises(ClientError) as caught:
        operation(**asked)
    error = caught.value.response["Error"]
    return error["Code"], error["Message"]
