"""Writes spans into the log group `aws/spans`, as Transaction Search does.

The group is there once the switch has been used; spans are log events there, which Logs Insights
can be asked about. AWS says that they are kept in the form of OpenTelemetry's conventions, and does
not publish it in full: members are named here as in OTLP's JSON, with attributes as objects.

Source:
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch-Transaction-Search-ingesting-span-log-groups.html
"""

import json
import sqlite3
import time
from collections.abc import Iterator
from typing import Any

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from workshop.sandbox.otlp.values import read_attributes

GROUP = "aws/spans"
STREAM = "default"
_KINDS = ("UNSPECIFIED", "INTERNAL", "SERVER", "CLIENT", "PRODUCER", "CONSUMER")
_STATUSES = ("UNSET", "OK", "ERROR")
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def make_group(connection: sqlite3.Connection) -> None:
    """Make the log group, if it is not there.

    Args:
        connection: in a transaction.
    """
    now = time.time_ns() // 10**6
    connection.execute(
        "INSERT OR IGNORE INTO cloudwatch_log_groups (name, created_ms, log_group_class, tags)"
        " VALUES (?, ?, 'STANDARD', '{}')",
        (GROUP, now),
    )
    connection.execute(
        "INSERT OR IGNORE INTO cloudwatch_log_streams (group_name, name, created_ms)"
        " VALUES (?, ?, ?)",
        (GROUP, STREAM, now),
    )


def write_spans(connection: sqlite3.Connection, export: ExportTraceServiceRequest) -> None:
    """Write each span of an export as a log event, if the group is there.

    Args:
        connection: in a transaction.
        export: the export, whose spans all have been checked.
    """
    is_there = connection.execute(
        "SELECT 1 FROM cloudwatch_log_streams WHERE group_name = ? AND name = ?", (GROUP, STREAM)
    ).fetchone()
    events = sorted(_list_events(export)) if is_there else []
    if not events:
        return
    now = time.time_ns() // 10**6
    connection.executemany(
        "INSERT INTO cloudwatch_log_events"
        " (group_name, stream_name, timestamp_ms, ingestion_ms, message) VALUES (?, ?, ?, ?, ?)",
        [(GROUP, STREAM, timestamp_ms, now, message) for timestamp_ms, message in events],
    )
    connection.execute(
        "UPDATE cloudwatch_log_streams SET"
        " first_event_ms = min(coalesce(first_event_ms, ?1), ?1),"
        " last_event_ms = max(coalesce(last_event_ms, ?2), ?2),"
        " last_ingestion_ms = ?3 WHERE group_name = ?4 AND name = ?5",
        (events[0][0], events[-1][0], now, GROUP, STREAM),
    )


def _list_events(export: ExportTraceServiceRequest) -> Iterator[tuple[int, str]]:
    """Yield the time of each span's end, in milliseconds since 1970, and its JSON text."""
    for resource_spans in export.resource_spans:
        resource = {"attributes": read_attributes(resource_spans.resource.attributes)}
        for scope_spans in resource_spans.scope_spans:
            scope = {"name": scope_spans.scope.name, "version": scope_spans.scope.version}
            for span in scope_spans.spans:
                told = {"resource": resource, "scope": scope, **_describe(span)}
                yield span.end_time_unix_nano // 10**6, _encode(told)


def _describe(span: Span) -> dict[str, Any]:
    start, end = span.start_time_unix_nano, span.end_time_unix_nano
    told: dict[str, Any] = {
        "traceId": span.trace_id.hex(),
        "spanId": span.span_id.hex(),
        **({"parentSpanId": span.parent_span_id.hex()} if span.parent_span_id else {}),
        "name": span.name,
        "kind": _name(_KINDS, span.kind),
        "startTimeUnixNano": start,
        "endTimeUnixNano": end,
        "durationNano": max(end - start, 0),
        "attributes": read_attributes(span.attributes),
        "status": {"code": _name(_STATUSES, span.status.code)},
    }
    if span.status.message:
        told["status"]["message"] = span.status.message
    events = [
        {
            "timeUnixNano": event.time_unix_nano,
            "name": event.name,
            "attributes": read_attributes(event.attributes),
        }
        for event in span.events
    ]
    return told | ({"events": events} if events else {})


def _name(names: tuple[str, ...], number: int) -> str:
    return names[number] if 0 <= number < len(names) else names[0]
