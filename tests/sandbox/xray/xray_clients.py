"""The real clients of X-Ray that these tests use, and documents made by hand."""

import json
import time

import boto3
from botocore.config import Config

# What aws-xray-sdk's UDP emitter sends before each document.
HEADER = '{"format":"json","version":1}\n'
KEY = "sandbox"


def api_client(url, **settings):
    """boto3's X-Ray client with the sandbox's key; settings are botocore's."""
    return boto3.client(
        "xray",
        endpoint_url=url,
        region_name="us-east-1",
        aws_access_key_id=KEY,
        aws_secret_access_key=KEY,
        config=Config(**settings),
    )


def segment(number=1, **members):
    """A segment document; another number is another trace."""
    start = int(time.time())
    return {
        "name": "backend",
        "id": f"{number:016x}",
        "trace_id": f"1-{start:08x}-{number:024x}",
        "start_time": start,
        "end_time": start + 0.25,
        "in_progress": False,
        **members,
    }


def datagram(document):
    text = document if isinstance(document, str) else json.dumps(document)
    return (HEADER + text).encode()


def rule(name, priority=5000, rate=0.1, reservoir=0, path="*", **members):
    """A SamplingRule, as the API takes it."""
    return {
        "RuleName": name,
        "ResourceARN": "*",
        "Priority": priority,
        "FixedRate": rate,
        "ReservoirSize": reservoir,
        "ServiceName": "backend",
        "ServiceType": "*",
        "Host": "*",
        "HTTPMethod": "*",
        "URLPath": path,
        "Version": 1,
        **members,
    }
