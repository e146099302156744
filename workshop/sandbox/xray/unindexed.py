"""Notes which traces wait to be indexed, and has as many indexed as a reader needs.

To index a trace takes ten times as long as to keep it. So it is done when somebody reads, or when
nothing else is to be done; and who asks for the latest traces waits for no more than those.
"""

import sqlite3
from collections.abc import Iterable, Mapping
from typing import Any

from workshop.sandbox.store import Reader
from workshop.sandbox.xray.index import find_time, index_traces

# A few at a time: many rows are written faster at once, and who else writes has to wait.
TRACES_AT_ONCE = 50
# How many may wait: so that who reads all of them first need not wait for long.
MOST_WAITING = 50_000

_WITHIN = "indexed AND time_ns >= :start AND time_ns < :end"


def index_later(
    connection: sqlite3.Connection, arrived: Iterable[tuple[Mapping[str, Any], bool]]
) -> None:
    """Note the traces that documents belong to; where very many wait, index some now.

    Args:
        connection: in a transaction.
        arrived: what each document says, and whether its trace is to get a summary.
    """
    connection.executemany(
        "INSERT INTO xray_unindexed (trace_id, time_ns, indexed) VALUES (?, ?, ?)"
        " ON CONFLICT (trace_id) DO UPDATE SET time_ns = min(time_ns, excluded.time_ns),"
        " indexed = max(indexed, excluded.indexed)",
        [
            (said["trace_id"], find_time(said["trace_id"], said["start_time"]), is_indexed)
            for said, is_indexed in arrived
        ],
    )
    beyond = "SELECT 1 FROM xray_unindexed LIMIT 1 OFFSET ?"
    while connection.execute(beyond, (MOST_WAITING,)).fetchone():
        index_waiting(connection)


def index_waiting(connection: sqlite3.Connection) -> None:
    """Index some of the traces that wait for it.

    Args:
        connection: in a transaction.
    """
    found = connection.execute("SELECT trace_id FROM xray_unindexed LIMIT ?", (TRACES_AT_ONCE,))
    _index(connection, [trace_id for (trace_id,) in found.fetchall()])


def index_latest(
    connection: sqlite3.Connection, start_ns: int, end_ns: int, before: tuple[int, str], count: int
) -> None:
    """Index what waits of the latest traces in a time.

    Args:
        connection: in a transaction.
        start_ns: when the time begins, in nanoseconds since 1970.
        end_ns: when it has ended.
        before: a time and an id: only traces that are earlier, or then and of a lesser id.
        count: how many traces are to be read.
    """
    some = f"{_WITHIN} AND (time_ns, trace_id) < (:before, :id)"
    latest = (
        "SELECT trace_id FROM xray_unindexed WHERE trace_id IN (SELECT trace_id FROM ("  # noqa: S608
        f"SELECT time_ns, trace_id FROM xray_traces WHERE {some}"
        f" UNION SELECT time_ns, trace_id FROM xray_unindexed WHERE {some}"
        " ORDER BY time_ns DESC, trace_id DESC LIMIT :count))"
    )
    params = {"start": start_ns, "end": end_ns, "before": before[0], "id": before[1]}
    # Once more where a trace turns out to be of another time than its last document tells.
    while waiting := connection.execute(latest, params | {"count": count}).fetchall():
        _index(connection, [trace_id for (trace_id,) in waiting])


def count_waiting(reader: Reader, start_ns: int, end_ns: int) -> int:
    """Return how many traces in a time wait of which nothing is indexed yet.

    Args:
        reader: from `open_reader`.
        start_ns: when the time begins, in nanoseconds since 1970.
        end_ns: when it has ended.
    """
    (count,) = reader.execute(
        f"SELECT count(*) FROM (SELECT trace_id FROM xray_unindexed WHERE {_WITHIN}) AS waiting"  # noqa: S608
        " LEFT JOIN xray_traces AS known ON known.trace_id = waiting.trace_id AND known.indexed"
        " AND known.time_ns >= :start AND known.time_ns < :end WHERE known.trace_id IS NULL",
        {"start": start_ns, "end": end_ns},
    ).fetchone()
    return int(count)


def _index(connection: sqlite3.Connection, trace_ids: list[str]) -> None:
    index_traces(connection, trace_ids)
    connection.executemany(
        "DELETE FROM xray_unindexed WHERE trace_id = ?", [(each,) for each in trace_ids]
    )
