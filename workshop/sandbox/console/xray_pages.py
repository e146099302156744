"""The X-Ray pages: service map, traces by filter expression, sampling, and one trace's segments."""

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, request

from workshop.sandbox.aws.errors import ApiError
from workshop.sandbox.console import frame, same_request, spelling
from workshop.sandbox.console.drawings import Drawings
from workshop.sandbox.console.matching import Request
from workshop.sandbox.console.refused import read_last
from workshop.sandbox.store import Reader, Store
from workshop.sandbox.xray.graph import get_service_graph
from workshop.sandbox.xray.groups import read_groups
from workshop.sandbox.xray.sampling_rules import read_rules
from workshop.sandbox.xray.sampling_statistics import read_sampling_counts
from workshop.sandbox.xray.trace import XraySegment, XrayTrace, as_ns
from workshop.sandbox.xray.trace_summaries import PAGE as SUMMARIES
from workshop.sandbox.xray.trace_summaries import get_trace_summaries
from workshop.sandbox.xray.traces import read_xray_trace
from workshop.views import segments

PAGE = "xray"
ROWS = 50
"""Traces in the list."""
DRAWN_DOCUMENTS = 1_000
"""A trace of more documents than this is not drawn: it would take seconds."""
EXAMPLES = (
    "fault",
    'service("profiles") { fault }',
    "responsetime > 0.5",
    'http.url CONTAINS "search"',
)
"""Filter expressions to begin with."""
ALL_TIME = {"StartTime": 0, "EndTime": 8_999_999_999}

_COUNTS = "SELECT (SELECT count(*) FROM xray_traces), (SELECT count(*) FROM xray_segment_documents)"


@dataclass(frozen=True)
class SegmentRow:
    """One trace in a list.

    Args:
        trace_id: in X-Ray's spelling.
        name: of the service that the request reached first; empty where its root has not arrived.
        asked: the request's method and path.
        path: its path alone.
        status: its HTTP status, or None.
        marks: how it failed: 'fault', 'error', 'throttle'.
        is_partial: whether something of it is missing.
        start_ns: when it began, in nanoseconds since 1970.
        duration_ms: from its earliest start to its latest end.
    """

    trace_id: str
    name: str
    asked: str
    path: str
    status: int | None
    marks: list[str]
    is_partial: bool
    start_ns: int
    duration_ms: float


def add_routes(blueprint: Blueprint, store: Store, drawings: Drawings) -> None:
    """Add the pages to the console.

    Args:
        blueprint: the console's.
        store: the sandbox's data.
        drawings: what draws for all pages.
    """

    @blueprint.get("/xray")
    def show_xray() -> Response:
        expression, refused, found = frame.asked("filter"), "", []
        try:
            found = _find_summaries(store, expression)
        except ApiError as error:
            refused = error.message
        picture, told, mapped_ns = None, "", 0
        if found:
            # A trace's id, by which it is found, holds whole seconds.
            start = int(min(summary["StartTime"] for summary in found))
            mapped_ns = start * 10**9
            services = _read_map(store, expression, start)
            if services:
                picture, told = drawings.draw_map(services, "Who calls whom", _link_service)
        with store.reader() as reader:
            trace_count, document_count = reader.execute(_COUNTS).fetchone()
            rules = read_rules(reader)
            counts = {each.name: each for each in read_sampling_counts(reader)}
            return frame.show(
                "xray.html",
                PAGE,
                expression=expression,
                examples=EXAMPLES,
                refused=refused,
                trace_count=trace_count,
                document_count=document_count,
                rows=[_describe(summary) for summary in found[:ROWS]],
                found=len(found),
                most_found=SUMMARIES,
                mapped_ns=mapped_ns,
                picture=picture,
                told=told,
                rules=[(rule, counts[rule.name]) for rule in rules],
                groups=read_groups(reader),
                refusals=read_last(reader, 1, PAGE),
            )

    @blueprint.get("/xray/trace/<trace_id>")
    def show_xray_trace(trace_id: str) -> Response:
        with store.reader() as reader:
            documents = _count_documents(reader, trace_id)
            trace = None
            if documents <= DRAWN_DOCUMENTS:
                trace = read_xray_trace(reader, trace_id)
            if not documents:
                return frame.show("absent.html", PAGE, 404, what="trace", name=trace_id)
            found = same_request.find(reader, Request(trace_id))
        picture, told, chosen = None, "", None
        if trace is not None:
            spans = segments.as_trace(trace)
            chosen = _choose(trace, request.args.get("segment", ""))
            picture, told = drawings.draw_waterfall(
                spans,
                (PAGE, trace_id, documents, trace.end),
                lambda span: (
                    frame.to("show_xray_trace", trace_id=trace_id, segment=span.span_id) + "#chosen"
                ),
                chosen.id,
            )
        return frame.show(
            "xray_trace.html",
            PAGE,
            trace_id=trace_id,
            trace=trace,
            documents=documents,
            drawn_documents=DRAWN_DOCUMENTS,
            picture=picture,
            told=told,
            segment=chosen,
            found=found,
        )


def _find_summaries(store: Store, expression: str) -> list[dict[str, Any]]:
    """Return the summaries of the latest traces that a filter expression takes, at most a page.

    Raises:
        ApiError: it is not a filter expression.
    """
    wanted = {"FilterExpression": expression} if expression else {}
    found: list[dict[str, Any]] = get_trace_summaries(store, {**ALL_TIME, **wanted})[
        "TraceSummaries"
    ]
    return found


def _read_map(store: Store, expression: str, start: int) -> list[dict[str, Any]]:
    wanted = {"FilterExpression": expression} if expression else {}
    asked = {**ALL_TIME, "StartTime": start, **wanted}
    services: list[dict[str, Any]] = get_service_graph(store, asked)["Services"]
    return services


def _link_service(name: str) -> str:
    escaped = name.replace("\\", "\\\\").replace('"', '\\"')
    return frame.to("show_xray", filter=f'service("{escaped}")')


def _describe(summary: dict[str, Any]) -> SegmentRow:
    http = summary["Http"]
    path = spelling.path_of(http.get("HttpURL"))
    marks = {"fault": "HasFault", "error": "HasError", "throttle": "HasThrottle"}
    return SegmentRow(
        trace_id=summary["Id"],
        name=summary.get("EntryPoint", {}).get("Name", ""),
        asked=f"{http.get('HttpMethod', '')} {path}".strip(),
        path=path,
        status=http.get("HttpStatus"),
        marks=[word for word, member in marks.items() if summary[member]],
        is_partial=summary["IsPartial"],
        start_ns=as_ns(summary["StartTime"]),
        duration_ms=summary["Duration"] * 1000,
    )


def _count_documents(reader: Reader, trace_id: str) -> int:
    (documents,) = reader.execute(
        "SELECT count(*) FROM xray_segment_documents WHERE trace_id = ?", (trace_id,)
    ).fetchone()
    return int(documents)


def _choose(trace: XrayTrace, segment_id: str) -> XraySegment:
    """Return the segment that a page was asked to show; the trace's first where it names none."""
    parts = [part for part in trace.parts if not part.is_inferred]
    first = trace.root or parts[0]
    return next((part for part in parts if part.id == segment_id), first)
