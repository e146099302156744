"""Takes segment documents in: from the daemon, PutTraceSegments and the OTLP endpoint alike."""

import sqlite3
import time
from collections.abc import Sequence
from typing import Any

from workshop.sandbox import refusals
from workshop.sandbox.store import Store
from workshop.sandbox.xray.search.settings import read_settings
from workshop.sandbox.xray.unindexed import index_later
from workshop.sandbox.xray.validation import InvalidSegmentError, parse_document

# A document takes the place of an earlier one of the same id, but one that is in progress never
# that of a complete one: by UDP they may arrive in another order.
_KEEP = """
INSERT INTO xray_segment_documents
    (received_ns, trace_id, id, name, in_progress, document, searched, indexed)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (trace_id, id) DO UPDATE SET
    received_ns = excluded.received_ns, name = excluded.name,
    in_progress = excluded.in_progress, document = excluded.document,
    searched = excluded.searched, indexed = excluded.indexed
WHERE in_progress OR NOT excluded.in_progress
"""


def store_documents(store: Store, documents: list[str]) -> list[dict[str, Any]]:
    """Keep segment documents; when this returns they survive the process.

    What is not taken is remembered as a refusal, for the daemon tells its clients nothing.

    Args:
        store: where to keep them.
        documents: the JSON text of each, as it was sent.

    Returns:
        Those that are not taken, as PutTraceSegments tells them: `ErrorCode`, `Message`, and
        the `Id` where it could be read.
    """
    read = []
    unprocessed: list[dict[str, Any]] = []
    for text in documents:
        try:
            read.append((parse_document(text), text))
        except InvalidSegmentError as error:
            unprocessed.append(_tell(error))
    with store.transaction() as connection:
        keep_documents(connection, read)
        _remember(connection, unprocessed, time.time_ns())
    return unprocessed


def keep_documents(
    connection: sqlite3.Connection, documents: Sequence[tuple[dict[str, Any], str]]
) -> None:
    """Keep documents that are valid.

    Args:
        connection: in a transaction.
        documents: what each says, and its JSON text.
    """
    now = time.time_ns()
    settings = read_settings(connection)
    rows = [
        (
            *(now, said["trace_id"], said["id"], said["name"]),
            *(said.get("in_progress") is True, text),
            *(settings.is_on, settings.indexes(said["trace_id"])),
        )
        for said, text in documents
    ]
    connection.executemany(_KEEP, rows)
    index_later(
        connection, [(said, row[-1]) for (said, _), row in zip(documents, rows, strict=True)]
    )


def put_trace_segments(store: Store, params: dict[str, Any]) -> dict[str, Any]:
    """Answer PutTraceSegments."""
    unprocessed = store_documents(store, params["TraceSegmentDocuments"])
    return {"UnprocessedTraceSegments": unprocessed}


def put_telemetry_records(_store: Store, _params: dict[str, Any]) -> dict[str, Any]:
    """Answer PutTelemetryRecords: what a daemon tells of itself is taken, and not kept."""
    return {}


def _tell(error: InvalidSegmentError) -> dict[str, Any]:
    told = {"ErrorCode": error.code, "Message": error.message}
    return {"Id": error.segment_id, **told} if error.segment_id else told


def _remember(connection: sqlite3.Connection, unprocessed: list[dict[str, Any]], now: int) -> None:
    connection.executemany(
        "INSERT INTO refusals (time_ns, vendor, kind, status, reason, path, user_agent)"
        " VALUES (?, 'xray', ?, 200, ?, '/TraceSegments', '')",
        [(now, refusals.SEGMENT, each["Message"]) for each in unprocessed],
    )
