"""CloudWatch Logs Insights: queries over log events.

The language is emulated as far as AWS documents it exactly; the rest is refused by name.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass

from workshop.sandbox.cloudwatch.bounded_regex import within_time
from workshop.sandbox.cloudwatch.insights.errors import MalformedQueryError
from workshop.sandbox.cloudwatch.insights.plan import plan_query
from workshop.sandbox.cloudwatch.insights.rows import Row, read_events
from workshop.sandbox.cloudwatch.insights.values import show
from workshop.sandbox.store import Reader

__all__ = ["QueryResult", "run_query"]


LIMIT = 10_000
"""The most rows of a query that nobody gives a limit."""


@dataclass(frozen=True)
class QueryResult:
    """What a query found.

    Args:
        columns: the names of all fields, in the query's order.
        keys: those by which the last `stats` tells its rows apart.
        rows: the fields of each row that have a value, in the query's order. Rows that are log
            events have the field `@ptr` at their end.
        records_matched: how many log events met all filters before any `stats`.
        records_scanned: how many log events are in the time range.
        bytes_scanned: the bytes of their messages in UTF-8.
    """

    columns: list[str]
    keys: list[str]
    rows: list[dict[str, str]]
    records_matched: int
    records_scanned: int
    bytes_scanned: int


def run_query(
    reader: Reader,
    groups: Sequence[str],
    query: str,
    start_ms: int,
    end_ms: int,
    limit: int | None = None,
) -> QueryResult:
    """Run a query.

    Args:
        reader: from `open_reader`.
        groups: names of log groups; one that does not exist has no events.
        query: in the language of CloudWatch Logs Insights.
        start_ms: the start of the time range, in milliseconds since 1970.
        end_ms: its end, included.
        limit: at most so many rows, and no more than the query's own limit.

    Raises:
        MalformedQueryError: it is not valid, not emulated, or an expression in it takes too long.
    """
    plan = plan_query(query, int(time.time()))
    rows = list(read_events(reader, groups, start_ms, end_ms))
    scanned = len(rows)
    size = sum(len(str(row.values["@message"]).encode()) for row in rows)
    with within_time(MalformedQueryError):
        for stage in plan.finding:
            rows = stage(rows)
        matched = len(rows)
        for stage in plan.shaping:
            rows = stage(rows)
    columns = plan.columns if plan.is_aggregated else [*plan.columns, "@ptr"]
    most = min((each for each in (limit, plan.limit) if each is not None), default=LIMIT)
    shown = [_show_row(row, columns) for row in rows[:most]]
    return QueryResult(columns, plan.keys, shown, matched, scanned, size)


def _show_row(row: Row, columns: list[str]) -> dict[str, str]:
    found = ((name, row.get(name)) for name in columns)
    return {name: show(value) for name, value in found if value is not None}
