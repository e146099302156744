"""Reads what a sandbox was sent, in the vendors' units, and finds out for which requests.

What belongs to one request is known by the trace: by its id in spans and log lines, by the trace
itself in X-Ray, and by the request's address in an error report.
"""

import json
import re
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from workshop.checks.xray.makers import is_span
from workshop.cost.routes import name_kind
from workshop.cost.volumes import Kind, Measured, Volume
from workshop.sandbox.cloudwatch.logs import EVENT_OVERHEAD, read_groups
from workshop.sandbox.honeycomb.traces import read_events
from workshop.sandbox.rollbar.items import read_occurrences
from workshop.sandbox.rollbar.occurrence import Occurrence
from workshop.sandbox.store import Reader
from workshop.sandbox.xray.search import span_log
from workshop.sandbox.xray.traces import iterate_xray_traces

# A text may say more than the number: `200 OK`.
_STATUS = re.compile(r"\d{3}")
_XRAY_ID = re.compile(r"1-([0-9a-f]{8})-([0-9a-f]{24})")


def read_measured(reader: Reader, requests: dict[Kind, int], since_ns: int = 0) -> Measured:
    """Return what has arrived, by kind of request.

    Args:
        reader: from `open_reader`.
        requests: how many of each kind were sent.
        since_ns: leave out what came before, in nanoseconds since 1970.
    """
    reading = _Reading()
    lines = _read_lines(reader, since_ns)
    events = read_events(reader, since_ns)
    for event in events:
        reading.learn(event.get("trace.trace_id"), _kind_of_event(event))
    for line in lines:
        reading.learn(line.trace_id, line.kind)
    for event in events:
        reading.add(reading.kinds.get(str(event.get("trace.trace_id"))), Volume(events=1))
    as_spans = _add_segments(reader, reading, since_ns)
    for line in lines:
        reading.add(line.kind or reading.kinds.get(line.trace_id), line.volume)
    for occurrence in read_occurrences(reader, since_ns=since_ns):
        reading.add(_kind_of_occurrence(occurrence, reading.kinds), Volume(occurrences=1))
    classes = {group.log_class for group in read_groups(reader) if group.name != span_log.GROUP}
    is_cheap = classes == {"INFREQUENT_ACCESS"}
    return Measured(
        requests=requests,
        volumes={kind: reading.volumes[kind] for kind in reading.volumes if kind in requests},
        beside=sum(
            (volume for kind, volume in reading.volumes.items() if kind not in requests),
            reading.beside,
        ),
        log_class="INFREQUENT_ACCESS" if is_cheap else "STANDARD",
        as_spans=as_spans,
    )


@dataclass
class _Reading:
    """What is known so far: the kind of each trace by its 32 digits, and the volumes."""

    kinds: dict[str, Kind] = field(default_factory=dict)
    volumes: dict[Kind, Volume] = field(default_factory=lambda: defaultdict(Volume))
    beside: Volume = field(default_factory=Volume)

    def learn(self, trace_id: Any, kind: Kind | None) -> None:
        if trace_id and kind:
            self.kinds[str(trace_id)] = kind

    def add(self, kind: Kind | None, volume: Volume) -> None:
        if kind is None:
            self.beside += volume
        else:
            self.volumes[kind] += volume


@dataclass(frozen=True)
class _Line:
    """One log event: whose it is, as far as it says so itself, and its volume."""

    trace_id: str
    kind: Kind | None
    volume: Volume


def _read_lines(reader: Reader, since_ns: int) -> list[_Line]:
    rows = reader.execute(
        "SELECT message, length(CAST(message AS BLOB)) + ? FROM cloudwatch_log_events"
        " WHERE ingestion_ms >= ? AND group_name != ?",
        (EVENT_OVERHEAD, since_ns // 1_000_000, span_log.GROUP),
    )
    return [_read_line(message, size) for message, size in rows]


def _read_line(message: str, size: int) -> _Line:
    try:
        said = json.loads(message)
    except ValueError:
        said = None
    fields = said if isinstance(said, dict) else {}
    kind = name_request(fields.get("method"), fields.get("path"), fields.get("status"))
    return _Line(str(fields.get("trace_id", "")), kind, Volume(log_events=1, log_bytes=size))


def _kind_of_event(event: dict[str, Any]) -> Kind | None:
    """Return the kind of the request whose server span an event is; by either conventions."""
    if event.get("span.kind") != "server":
        return None
    return name_request(
        event.get("http.request.method") or event.get("http.method"),
        event.get("url.path") or event.get("http.target"),
        event.get("http.response.status_code") or event.get("http.status_code"),
    )


def _add_segments(reader: Reader, reading: _Reading, since_ns: int) -> bool:
    """Add what X-Ray was sent, and tell whether that were spans."""
    documents = reader.execute(
        "SELECT trace_id, sum(length(CAST(document AS BLOB))) FROM xray_segment_documents"
        " WHERE received_ns >= ? GROUP BY trace_id",
        (since_ns,),
    )
    by_trace = dict(documents.fetchall())
    spans = reader.execute(
        "SELECT json_extract(message, '$.traceId') AS trace_id, sum(length(CAST(message AS BLOB)))"
        " FROM cloudwatch_log_events WHERE ingestion_ms >= ? AND group_name = ? GROUP BY trace_id",
        (since_ns // 1_000_000, span_log.GROUP),
    )
    by_w3c_id = dict(spans.fetchall())
    as_spans = False
    for trace in iterate_xray_traces(reader, since_ns):
        as_spans = as_spans or any(is_span(part) for part in trace.segments)
        root = trace.root
        asked = root.http.get("request", {}) if root else {}
        kind = name_request(asked.get("method"), asked.get("url"), root.status) if root else None
        w3c_id = "".join(trace.trace_id.split("-")[1:])
        reading.learn(w3c_id, kind)
        size = by_w3c_id.get(w3c_id) or by_trace.get(trace.trace_id, 0)
        # Where backend's part was not kept, what another tool has of the request tells its kind.
        reading.add(kind or reading.kinds.get(w3c_id), Volume(traces=1, segment_bytes=size))
    return as_spans


def _kind_of_occurrence(occurrence: Occurrence, known: dict[str, Kind]) -> Kind | None:
    """Return whose error it is: backend's own, or that of a request that another service had."""
    asked = occurrence.request
    kind = name_request(asked.method, asked.url, 500) if asked else None
    if kind:
        return kind
    ids = (_XRAY_ID.sub(r"\1\2", each) for each in occurrence.trace_ids.values())
    return next((known[each] for each in ids if each in known), None)


def name_request(method: Any, address: Any, status: Any) -> Kind | None:
    """Return the kind of a request, from what a span or a line says of it; None where it does not.

    Args:
        method: such as `GET`.
        address: its address, or the path alone.
        status: the answer's, as a number or a text that begins with it.
    """
    code = _STATUS.match(str(status))
    if not (method and address and code):
        return None
    return name_kind(str(method), str(address), int(code[0]))
