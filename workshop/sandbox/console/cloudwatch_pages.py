"""The CloudWatch pages: log groups, one group's latest lines, and Insights queries."""

import time
from collections.abc import Sequence

from flask import Blueprint, Response, request

from workshop.sandbox.aws.errors import ApiError
from workshop.sandbox.cloudwatch.insights import run_query
from workshop.sandbox.cloudwatch.logs import read_group, read_groups, read_streams
from workshop.sandbox.console import frame, log_lines
from workshop.sandbox.console.drawings import Drawings
from workshop.sandbox.console.query_results import tabulate
from workshop.sandbox.console.refused import read_last
from workshop.sandbox.store import Reader, Store

PAGE = "cloudwatch"
VENDOR = "logs"
"""What refusals of it are kept under: the service's name in AWS's requests."""
ROWS = 200
"""Lines in the list."""
DRAWN = 1_000
"""Lines in the picture above it."""
QUERIED = 5_000
"""A query looks at so many of its groups' latest lines."""
RESULTS = 1_000
"""Rows of a query's result that are shown."""
HOUR = "3600"
RANGES = {
    "900": "the last 15 minutes",
    HOUR: "the last hour",
    "86400": "the last day",
    "": "all time",
}
PATTERNS = ('{ $.level = "ERROR" }', "{ $.duration_ms > 500 }", '"Exception"')
"""Filter patterns to begin with."""
EXAMPLES = {
    "the latest lines": "fields @timestamp, level, message\n| sort @timestamp desc\n| limit 20",
    "the slowest routes": "filter ispresent(duration_ms)\n"
    "| stats count(*) as requests, avg(duration_ms) as average_ms by route\n"
    "| sort average_ms desc",
    "how many of each level": "stats count(*) as lines by level",
    "lines in each minute": "stats count(*) as lines by bin(1m)",
}
"""Queries to begin with, by what they find."""

# The index on group and time holds all that this counts.
_LINES = "SELECT group_name, count(*) FROM cloudwatch_log_events GROUP BY group_name"


def add_routes(blueprint: Blueprint, store: Store, drawings: Drawings) -> None:
    """Add the pages to the console.

    Args:
        blueprint: the console's.
        store: the sandbox's data.
        drawings: what draws for all pages.
    """

    @blueprint.get("/cloudwatch")
    def show_cloudwatch() -> Response:
        with store.reader() as reader:
            return frame.show(
                "cloudwatch.html",
                PAGE,
                groups=read_groups(reader),
                lines=dict(reader.execute(_LINES).fetchall()),
                refusals=read_last(reader, 1, VENDOR),
            )

    @blueprint.get("/cloudwatch/group")
    def show_group() -> Response:
        name, stream, pattern = frame.asked("name"), frame.asked("stream"), frame.asked("pattern")
        lines: list[log_lines.Line] = []
        refused = ""
        with store.reader() as reader:
            group = read_group(reader, name)
            if group is None:
                return frame.show("absent.html", PAGE, 404, what="log group", name=name)
            try:
                lines = log_lines.read_lines(
                    reader, name, stream=stream or None, pattern=pattern, limit=DRAWN
                )
            except ApiError as error:
                refused = error.message
            return frame.show(
                "log_group.html",
                PAGE,
                group=group,
                streams=read_streams(reader, name),
                stream=stream,
                pattern=pattern,
                examples=PATTERNS,
                lines=lines[:ROWS],
                picture=drawings.draw_volume(lines),
                drawn=DRAWN,
                refused=refused,
                most=ROWS,
                searched=log_lines.SEARCHED,
            )

    @blueprint.get("/cloudwatch/insights")
    def show_insights() -> Response:
        names, query = request.args.getlist("group"), frame.asked("query")
        seconds = request.args.get("range", HOUR)
        seconds = seconds if seconds in RANGES else HOUR
        result, refused, is_cut = None, "", False
        with store.reader() as reader:
            groups = [group.name for group in read_groups(reader)]
            chosen = [name for name in groups if name in names] or groups
            if query:
                start_ms, end_ms = _read_range(seconds)
                first_ms = _find_start(reader, chosen)
                is_cut = first_ms > start_ms
                try:
                    found = run_query(
                        reader, chosen, query, max(start_ms, first_ms), end_ms, RESULTS
                    )
                    result = tabulate(found)
                except ApiError as error:
                    refused = error.message
        return frame.show(
            "insights.html",
            PAGE,
            groups=groups,
            chosen=chosen,
            query=query or next(iter(EXAMPLES.values())),
            examples=EXAMPLES,
            ranges=RANGES,
            seconds=seconds,
            result=result,
            picture=drawings.draw_chart(result.chart) if result and result.chart else None,
            refused=refused,
            is_cut=is_cut,
            queried=QUERIED,
            most=RESULTS,
        )


def _read_range(seconds: str) -> tuple[int, int]:
    """Return the start and the end of a range that ends now, in milliseconds since 1970."""
    now_ms = time.time_ns() // 10**6
    length = int(seconds) * 1000 if seconds else now_ms
    return now_ms - length, now_ms


def _find_start(reader: Reader, groups: Sequence[str]) -> int:
    """Return the time of the earliest line that a query looks at, in milliseconds since 1970."""
    starts = [
        reader.execute(
            "SELECT timestamp_ms FROM cloudwatch_log_events WHERE group_name = ?"
            " ORDER BY timestamp_ms DESC LIMIT 1 OFFSET ?",
            (group, QUERIED // len(groups)),
        ).fetchone()
        for group in groups
    ]
    return max((row[0] for row in starts if row), default=0)
