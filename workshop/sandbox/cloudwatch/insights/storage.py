"""Keeps queries and their results.

A query is run when it is started, and then behaves as one that takes a while: it is Scheduled
until it is first asked for, answers Running once, and is Complete from the second look on. So a
client has to wait for it, as on AWS, and equal clients see equal answers.
"""

import json
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from workshop.sandbox.cloudwatch.insights import QueryResult
from workshop.sandbox.store import Reader, Store

SCHEDULED = "Scheduled"
RUNNING = "Running"
COMPLETE = "Complete"
CANCELLED = "Cancelled"
_NEXT = {SCHEDULED: RUNNING, RUNNING: COMPLETE}
_COLUMNS = (
    "number, id, created_ms, duration_ms, query, group_names, status, records_matched,"
    " records_scanned, bytes_scanned"
)


@dataclass(frozen=True)
class StoredQuery:
    """A query that was started.

    Args:
        number: its place in the order of their start.
        id: its id.
        created_ms: when it was started, in milliseconds since 1970.
        duration_ms: how long it took, in milliseconds.
        query: its text.
        groups: the names of its log groups.
        status: as the API calls it.
        records_matched: as in its result.
        records_scanned: as in its result.
        bytes_scanned: as in its result.
    """

    number: int
    id: str
    created_ms: int
    duration_ms: int
    query: str
    groups: list[str]
    status: str
    records_matched: int
    records_scanned: int
    bytes_scanned: int


def store_query(
    store: Store, query: str, groups: Sequence[str], result: QueryResult, duration_ms: int
) -> str:
    """Keep a query with its result, and return its new id.

    Args:
        store: the sandbox's data.
        query: its text.
        groups: the names of its log groups.
        result: what it found.
        duration_ms: how long it took, in milliseconds.
    """
    query_id = str(uuid.uuid4())
    row = (
        *(query_id, time.time_ns() // 10**6, duration_ms, query, json.dumps(list(groups))),
        *(SCHEDULED, result.records_matched, result.records_scanned, result.bytes_scanned),
    )
    with store.transaction() as connection:
        connection.execute(
            "INSERT INTO cloudwatch_insights_queries"
            " (id, created_ms, duration_ms, query, group_names, status, records_matched,"
            " records_scanned, bytes_scanned) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            row,
        )
        connection.executemany(
            "INSERT INTO cloudwatch_insights_rows (query_id, position, fields) VALUES (?, ?, ?)",
            ((query_id, place, json.dumps(fields)) for place, fields in enumerate(result.rows)),
        )
    return query_id


def look_at_query(store: Store, query_id: str) -> StoredQuery | None:
    """Return a query as it is at this look, or None if there is none; each look brings it on."""
    with store.transaction() as connection:
        found = _find(connection, query_id)
        if found is None or found.status not in _NEXT:
            return found
        _set_status(connection, query_id, _NEXT[found.status])
        return _find(connection, query_id)


def cancel_query(store: Store, query_id: str) -> StoredQuery | None:
    """Cancel a query that has not ended, and return it as it was before."""
    with store.transaction() as connection:
        found = _find(connection, query_id)
        if found is not None and found.status in _NEXT:
            _set_status(connection, query_id, CANCELLED)
        return found


def list_queries(
    reader: Reader, *, group: str | None, status: str | None, before: int, limit: int
) -> list[StoredQuery]:
    """Return queries, the latest first.

    Args:
        reader: from `open_reader`.
        group: only queries of this log group.
        status: only queries with this status.
        before: only queries with a lower number.
        limit: at most so many.
    """
    rows = reader.execute(
        f"SELECT {_COLUMNS} FROM cloudwatch_insights_queries AS query"  # noqa: S608
        " WHERE number < ? AND (? IS NULL OR status = ?)"
        " AND (? IS NULL OR ? IN (SELECT value FROM json_each(group_names)))"
        " ORDER BY number DESC LIMIT ?",
        (before, status, status, group, group, limit),
    )
    return [_read(row) for row in rows]


def read_rows(reader: Reader, query_id: str, start: int, limit: int) -> list[dict[str, str]]:
    """Return some rows of a query's result, from a position that counts from 0."""
    rows = reader.execute(
        "SELECT fields FROM cloudwatch_insights_rows WHERE query_id = ? AND position >= ?"
        " ORDER BY position LIMIT ?",
        (query_id, start, limit),
    )
    return [json.loads(fields) for (fields,) in rows]


def count_rows(reader: Reader, query_id: str) -> int:
    """Return how many rows a query's result has."""
    (count,) = reader.execute(
        "SELECT count(*) FROM cloudwatch_insights_rows WHERE query_id = ?", (query_id,)
    ).fetchone()
    return int(count)


def _find(reader: Reader, query_id: str) -> StoredQuery | None:
    row = reader.execute(
        f"SELECT {_COLUMNS} FROM cloudwatch_insights_queries WHERE id = ?",  # noqa: S608
        (query_id,),
    ).fetchone()
    return None if row is None else _read(row)


def _read(row: Any) -> StoredQuery:
    number, query_id, created_ms, duration_ms, query, groups, *rest = row
    return StoredQuery(number, query_id, created_ms, duration_ms, query, json.loads(groups), *rest)


def _set_status(connection: Reader, query_id: str, status: str) -> None:
    connection.execute(
        "UPDATE cloudwatch_insights_queries SET status = ? WHERE id = ?", (status, query_id)
    )
