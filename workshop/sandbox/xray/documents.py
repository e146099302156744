"""Keeps the segment documents that reach the X-Ray daemon, as they came."""

from dataclasses import dataclass

from workshop.sandbox.store import Reader, Store

RECEIVED = "received"
REJECTED = "rejected"


@dataclass(frozen=True)
class SegmentDocument:
    """One segment, or subsegment sent on its own.

    Args:
        received_ns: when it arrived, in nanoseconds since 1970.
        trace_id: as it says, such as `1-581cf771-a006649127e371903a2de979`; empty where absent.
        id: its own id, 16 hexadecimal digits; empty where absent.
        name: its name; empty where absent.
        document: its JSON, as it was sent.
    """

    received_ns: int
    trace_id: str
    id: str
    name: str
    document: str


@dataclass(frozen=True)
class DaemonCounts:
    """What the daemon has counted since the data began.

    Args:
        received: datagrams whose document was kept.
        rejected: datagrams that were dropped: another header, or not JSON.
    """

    received: int
    rejected: int


def save_documents(store: Store, documents: list[SegmentDocument], rejected: int) -> None:
    """Keep documents, and count them and what was rejected.

    Args:
        store: where to keep them.
        documents: what has arrived.
        rejected: how many datagrams were dropped meanwhile.
    """
    with store.transaction() as connection:
        connection.executemany(
            "INSERT INTO xray_segment_documents (received_ns, trace_id, id, name, document)"
            " VALUES (?, ?, ?, ?, ?)",
            (
                (each.received_ns, each.trace_id, each.id, each.name, each.document)
                for each in documents
            ),
        )
        connection.executemany(
            "INSERT INTO xray_daemon_counts (name, value) VALUES (?, ?)"
            " ON CONFLICT (name) DO UPDATE SET value = value + excluded.value",
            ((RECEIVED, len(documents)), (REJECTED, rejected)),
        )


def read_documents(reader: Reader, since_ns: int = 0) -> list[SegmentDocument]:
    """Return segment documents in the order of their arrival.

    Args:
        reader: from `open_reader`.
        since_ns: leave out what arrived before, in nanoseconds since 1970.
    """
    rows = reader.execute(
        "SELECT received_ns, trace_id, id, name, document FROM xray_segment_documents"
        " WHERE received_ns >= ? ORDER BY row_id",
        (since_ns,),
    )
    return [SegmentDocument(*row) for row in rows]


def read_counts(reader: Reader) -> DaemonCounts:
    """Return what the daemon has counted."""
    counts = dict(reader.execute("SELECT name, value FROM xray_daemon_counts").fetchall())
    return DaemonCounts(counts.get(RECEIVED, 0), counts.get(REJECTED, 0))
