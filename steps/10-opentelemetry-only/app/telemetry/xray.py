"""Sends this service's traces to AWS X-Ray: the same spans, signed, and without a daemon."""

import os

import boto3
import requests
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from opentelemetry.exporter.otlp.proto.http import Compression
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from requests.auth import AuthBase

# An attribute that holds the names of those that X-Ray shall index.
INDEXED = "aws.xray.annotations"


class Signature(AuthBase):
    """Signs what goes to AWS, with the keys that boto3 finds."""

    def __init__(self, region: str) -> None:
        self.region = region
        self.credentials = boto3.Session().get_credentials()

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """Return the request with its signature."""
        # OTEL_EXPORTER_OTLP_HEADERS holds for every exporter: this key is no business of AWS's.
        request.headers.pop("x-honeycomb-team", None)
        headers = {"Content-Type": request.headers["Content-Type"]}
        signed = AWSRequest(request.method, request.url, headers, request.body)
        SigV4Auth(self.credentials, "xray", self.region).add_auth(signed)
        request.headers.update(signed.headers)
        return request


def make_exporter() -> OTLPSpanExporter:
    """Return what sends spans to X-Ray's own OTLP endpoint.

    Where that is, and with whose keys, boto3 finds out: from AWS_REGION, AWS_ACCESS_KEY_ID and the
    like. The account has to have Transaction Search switched on.
    """
    region = os.environ.get("AWS_REGION", "us-east-1")
    client = boto3.client("xray", region_name=region)
    session = requests.Session()
    session.auth = Signature(region)
    return OTLPSpanExporter(
        endpoint=f"{client.meta.endpoint_url}/v1/traces",
        compression=Compression.Gzip,
        session=session,
    )
