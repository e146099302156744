"""The Honeycomb pages: recent traces and routes, and one trace as a waterfall."""

from flask import Blueprint, Response, request

from workshop.sandbox.console import frame, recent_traces, same_request
from workshop.sandbox.console.drawings import Drawings
from workshop.sandbox.console.matching import Request
from workshop.sandbox.console.refused import read_last
from workshop.sandbox.honeycomb.spans import Span, Trace
from workshop.sandbox.honeycomb.storage import count_events, count_traces
from workshop.sandbox.honeycomb.traces import read_trace
from workshop.sandbox.store import Store

PAGE = "honeycomb"
ROWS = 50
"""Traces in the list."""
DRAWN_EVENTS = 2_000
"""A trace with more events than this is not drawn: it would take seconds."""


def add_routes(blueprint: Blueprint, store: Store, drawings: Drawings) -> None:
    """Add the pages to the console.

    Args:
        blueprint: the console's.
        store: the sandbox's data.
        drawings: what draws for all pages.
    """

    @blueprint.get("/honeycomb")
    def show_honeycomb() -> Response:
        service, route = frame.asked("service"), frame.asked("route")
        with store.reader() as reader:
            requests = recent_traces.read_requests(reader)
            chosen = recent_traces.choose(requests, service, route)
            if service or route:
                rows = recent_traces.read_rows_of(reader, chosen, ROWS)
            else:
                rows = recent_traces.read_rows(reader, ROWS)
            return frame.show(
                "honeycomb.html",
                PAGE,
                trace_count=count_traces(reader),
                event_count=count_events(reader),
                service=service,
                route=route,
                picture=drawings.draw_heatmap(chosen, _link_request),
                rows=rows,
                routes=recent_traces.sum_up(requests),
                route_events=recent_traces.ROUTE_EVENTS,
                refusals=read_last(reader, 1, PAGE),
            )

    @blueprint.get("/honeycomb/trace/<trace_id>")
    def show_trace(trace_id: str) -> Response:
        with store.reader() as reader:
            row = recent_traces.read_row(reader, trace_id)
            if row is None:
                return frame.show("absent.html", PAGE, 404, what="trace", name=trace_id)
            events = count_events(reader, trace_id)
            trace = read_trace(reader, trace_id) if events <= DRAWN_EVENTS else None
            found = same_request.find(reader, Request(trace_id, row.start_ns, row.path))
        picture, told, chosen = None, "", None
        if trace is not None:
            chosen = _choose(trace, request.args.get("span", ""))
            picture, told = drawings.draw_waterfall(
                trace,
                (PAGE, trace_id, events),
                lambda span: (
                    frame.to("show_trace", trace_id=trace_id, span=span.span_id) + "#chosen"
                ),
                chosen.span_id,
            )
        return frame.show(
            "trace.html",
            PAGE,
            row=row,
            events=events,
            drawn_events=DRAWN_EVENTS,
            picture=picture,
            told=told,
            span=chosen,
            found=found,
        )


def _link_request(each: recent_traces.ServerSpan) -> str:
    return frame.to("show_trace", trace_id=each.trace_id)


def _choose(trace: Trace, span_id: str) -> Span:
    """Return the span that a page was asked to show; the first one where it names none."""
    spans = trace.spans
    return next((span for span in spans if span.span_id == span_id), spans[0])
