"""Counts what the X-Ray daemon was sent, and what became of it."""

from dataclasses import astuple, dataclass, fields

from workshop.sandbox.store import Reader, Store


@dataclass(frozen=True)
class DaemonCounts:
    """How many datagrams, since the data began.

    Args:
        received: those that the daemon has read; the next three are among them.
        rejected: those without the header that the daemon wants, or with nothing after it.
        spilled: those that it dropped, because too much was waiting or could not be written.
        unprocessed: those that X-Ray did not take, as PutTraceSegments would have said.
        lost: those that the system dropped before the daemon could read them. Only Linux tells;
            elsewhere it is 0.
    """

    received: int = 0
    rejected: int = 0
    spilled: int = 0
    unprocessed: int = 0
    lost: int = 0

    @property
    def dropped(self) -> int:
        """How many valid ones may have been among those that nobody kept: spilled and lost."""
        return self.spilled + self.lost

    def __add__(self, other: "DaemonCounts") -> "DaemonCounts":
        """Return both together."""
        return DaemonCounts(*map(sum, zip(astuple(self), astuple(other), strict=True)))


_NAMES = tuple(field.name for field in fields(DaemonCounts))


def add_counts(store: Store, counts: DaemonCounts) -> None:
    """Add to what has been counted."""
    with store.transaction() as connection:
        connection.executemany(
            "INSERT INTO xray_daemon_counts (name, value) VALUES (?, ?)"
            " ON CONFLICT (name) DO UPDATE SET value = value + excluded.value",
            zip(_NAMES, astuple(counts), strict=True),
        )


def read_counts(reader: Reader) -> DaemonCounts:
    """Return what has been counted."""
    return DaemonCounts(**dict(reader.execute("SELECT name, value FROM xray_daemon_counts")))
