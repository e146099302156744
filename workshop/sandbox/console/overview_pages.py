"""The first page, with what has arrived, and the page of one request in all tools."""

import os
from collections.abc import Callable

from flask import Blueprint, Response, request

from workshop.sandbox import state
from workshop.sandbox.console import frame, same_request
from workshop.sandbox.console.matching import Request
from workshop.sandbox.console.refused import read_last
from workshop.sandbox.honeycomb.storage import count_events, count_traces
from workshop.sandbox.store import Reader, Store
from workshop.sandbox.xray.daemon_counts import read_counts

PAGE = "overview"
DIGITS = 13
"""Of milliseconds since 1970, for the next 260 years."""
REFUSALS = 20


def _rows(table: str) -> Callable[[Reader], int]:
    """Return what counts a table's rows."""
    return lambda reader: int(
        reader.execute(f"SELECT count(*) FROM {table}").fetchone()[0]  # noqa: S608
    )


COUNTS: dict[str, dict[str, Callable[[Reader], int]]] = {
    "honeycomb": {"trace": count_traces, "event": count_events},
    "xray": {"trace": _rows("xray_traces"), "document": _rows("xray_segment_documents")},
    "cloudwatch": {
        "log group": _rows("cloudwatch_log_groups"),
        "line": _rows("cloudwatch_log_events"),
    },
    "rollbar": {"item": _rows("rollbar_items"), "occurrence": _rows("rollbar_occurrences")},
}
"""What is counted of each tool: the noun, and how."""


_LATEST = {
    "honeycomb": "SELECT max(last_ns) FROM honeycomb_exports",
    "xray": "SELECT max(time_ns) FROM xray_traces",
    "cloudwatch": "SELECT max((SELECT max(timestamp_ms) FROM cloudwatch_log_events"
    " WHERE group_name = kept.name)) * 1000000 FROM cloudwatch_log_groups AS kept",
    "rollbar": "SELECT max(timestamp) * 1000000000 FROM rollbar_occurrences",
}
"""When the latest of each tool happened, in nanoseconds since 1970."""


def add_routes(blueprint: Blueprint, store: Store, tell_plainly: Callable[[], Response]) -> None:
    """Add the pages to the console.

    Args:
        blueprint: the console's.
        store: the sandbox's data.
        tell_plainly: answers who wants no HTML, such as curl.
    """

    @blueprint.get("/")
    def show_overview() -> Response:
        if not _wants_html():
            return tell_plainly()
        with store.reader() as reader:
            counts = {
                tool: {noun: count(reader) for noun, count in counted.items()}
                for tool, counted in COUNTS.items()
            }
            latest = {tool: reader.execute(query).fetchone()[0] for tool, query in _LATEST.items()}
            running = state.read_state(store.data_dir)
            return frame.show(
                "overview.html",
                PAGE,
                counts=counts,
                latest=latest,
                refusals=read_last(reader, REFUSALS),
                dropped=read_counts(reader).dropped,
                pid=os.getpid(),
                daemon_port=running.daemon_port if running else None,
            )

    @blueprint.get("/request")
    def show_request() -> Response:
        wanted = Request(frame.asked("id"), _read_time(frame.asked("at")), frame.asked("path"))
        tool = request.args.get("in", "")
        with store.reader() as reader:
            found = same_request.find(reader, wanted)
        for match in found.matches.get(tool, [])[:1]:
            return frame.lead(match.endpoint, **match.values)
        return frame.show("request.html", "request", found=found, wanted=wanted, missing=tool)


def _wants_html() -> bool:
    """Tell a browser, or a page's script, from a client that takes anything, such as curl."""
    is_script = frame.FRAGMENT_HEADER in request.headers
    types = ("text/plain", "text/html")
    return is_script or request.accept_mimetypes.best_match(types) == "text/html"


def _read_time(text: str) -> int | None:
    """Return milliseconds since 1970 as nanoseconds; None where a text is no such number."""
    is_time = text.isascii() and text.isdecimal() and len(text) <= DIGITS
    return int(text) * 10**6 if is_time else None
