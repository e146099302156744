"""The real clients that meet a broken back end, each with what it says of it."""

import logging
import subprocess
import sys
from pathlib import Path

import boto3
from aws_xray_sdk.core.emitters.udp_emitter import UDPEmitter
from aws_xray_sdk.core.models.segment import Segment
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SpanExportResult

from workshop.sandbox import LOOPBACK

REPORTER = Path(__file__).parent / "rollbar_at_door.py"
TIMEOUT = 1.0
PATIENT = 6.0
DEADLINE = 30.0


def export_span(sandbox, caplog, seconds=TIMEOUT):
    """Send one span with OpenTelemetry's exporter; return whether it arrived, and what it logs."""
    exporter = OTLPSpanExporter(
        f"{sandbox.doors.urls['honeycomb']}/v1/traces",
        headers={"x-honeycomb-team": "sandbox"},
        timeout=seconds,
    )
    span = TracerProvider().get_tracer("tests").start_span("a")
    span.end()
    caplog.clear()
    with caplog.at_level(logging.WARNING):
        result = exporter.export([span])
    exporter.shutdown()
    return result is SpanExportResult.SUCCESS, caplog.text


def logs_client(sandbox, seconds=TIMEOUT):
    """A client of CloudWatch Logs that speaks to its door and tries once."""
    return boto3.client(
        "logs",
        endpoint_url=sandbox.doors.urls["cloudwatch"],
        region_name="us-east-1",
        aws_access_key_id="sandbox",
        aws_secret_access_key="sandbox",
        config=_config(seconds),
    )


def create_group(sandbox, name, seconds=TIMEOUT):
    """Make a log group with boto3; return the error's name, or nothing."""
    return _name_error(lambda: logs_client(sandbox, seconds).create_log_group(logGroupName=name))


def ask_rules(sandbox, seconds=TIMEOUT):
    """Ask X-Ray's daemon for sampling rules, as its SDK does; return the error's name."""
    client = boto3.client(
        "xray",
        endpoint_url=f"http://{LOOPBACK}:{sandbox.daemon_port}",
        region_name="us-east-1",
        config=_config(seconds, signature_version=UNSIGNED),
    )
    return _name_error(client.get_sampling_rules)


def send_segment(sandbox, name):
    """Send one segment with the X-Ray SDK's emitter, which never raises."""
    segment = Segment(name)
    segment.close()
    emitter = UDPEmitter(f"{LOOPBACK}:{sandbox.daemon_port}")
    emitter.send_entity(segment)
    emitter._socket.close()


def report_item(sandbox, message, seconds=TIMEOUT):
    """Report a message with Rollbar's library, in a process of its own; return what it logs."""
    words = [sys.executable, str(REPORTER), sandbox.doors.urls["rollbar"], str(seconds), message]
    return subprocess.run(words, capture_output=True, text=True, timeout=DEADLINE).stderr


def count(sandbox, table):
    with sandbox.reader() as reader:
        return reader.execute(f"SELECT count(*) FROM {table}").fetchone()[0]


def _config(seconds, **options):
    return Config(
        connect_timeout=seconds,
        read_timeout=seconds,
        retries={"total_max_attempts": 1},
        **options,
    )


def _name_error(call):
    try:
        call()
    except ClientError as error:
        status = error.response["ResponseMetadata"]["HTTPStatusCode"]
        return f"{status} {error.response['Error']['Code']}"
    except BotoCoreError as error:
        return type(error).__name__
    return ""
