"""Keeps what the sandbox was sent in one SQLite file, safe from `kill -9` once it is committed."""

import contextlib
import os
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from workshop.errors import WorkshopError

FILE_NAME = "sandbox.sqlite"
# One for what all share and X-Ray and Honeycomb need, and one beside the code of each newer vendor.
SCHEMAS = sorted(Path(__file__).parent.rglob("schema.sql"))
SCHEMA_VERSION = 7
# Marks the file as ours, so that no other program's database is ever written to.
APPLICATION_ID = 0x77736278
BUSY_TIMEOUT = 10.0
WRITERS_TURN = 0.01

Reader = sqlite3.Connection


def make_folder(data_dir: Path) -> None:
    """Make the folder for a sandbox's data, if it is absent.

    Raises:
        WorkshopError: it cannot be made, or not be written to.
    """
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _unusable(data_dir, error) from None
    if not os.access(data_dir, os.W_OK):
        raise _unusable(data_dir, PermissionError("it is not ours to write to"))


class Store:
    """The one writer of a sandbox's data.

    All threads share one connection behind a lock: SQLite has one writer at a time in any case,
    and a lock hands over faster than SQLite's own waiting. The write-ahead log lets others read
    meanwhile; `synchronous=NORMAL` may lose the last commits in a power cut, never in a crash of
    the process (https://www.sqlite.org/wal.html).

    Args:
        data_dir: the folder of the data, made if absent.

    Raises:
        WorkshopError: the folder cannot be used, or its file was written by something else.
    """

    def __init__(self, data_dir: Path) -> None:
        make_folder(data_dir)
        self.data_dir = data_dir
        self._lock = threading.Lock()
        self._last_change = 0.0
        self._changes = 0
        file = data_dir / FILE_NAME
        try:
            self._connection = sqlite3.connect(file, BUSY_TIMEOUT, check_same_thread=False)
        except sqlite3.OperationalError as error:
            raise _unusable(data_dir, error) from None
        try:
            self._prepare(file)
        except sqlite3.OperationalError as error:
            self._connection.close()
            raise _unusable(data_dir, error) from None
        except sqlite3.DatabaseError:
            self._connection.close()
            raise _foreign(file, "is not a database of the sandbox") from None
        except WorkshopError:
            self._connection.close()
            raise

    def _prepare(self, file: Path) -> None:
        connection = self._connection
        is_empty = connection.execute("SELECT count(*) FROM sqlite_master").fetchone() == (0,)
        if not is_empty:
            _check_is_ours(connection, file)
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=NORMAL")
        # The log goes over into the file every 32 MiB, not every 4: a page that is written again
        # and again, as those of indexes are, goes over once.
        connection.execute("PRAGMA wal_autocheckpoint=8000")
        if is_empty:
            # One transaction: a process killed here must not leave half a schema.
            tables = "".join(schema.read_text("utf-8") for schema in SCHEMAS)
            connection.executescript(
                f"BEGIN IMMEDIATE; {tables}"
                f"PRAGMA application_id={APPLICATION_ID}; PRAGMA user_version={SCHEMA_VERSION};"
                "COMMIT;"
            )

    @contextlib.contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Give the connection for one transaction: all of it is kept, or none."""
        with self._lock:
            with self._connection:
                yield self._connection
            self._changes += 1
        self._last_change = time.monotonic()

    @property
    def changes(self) -> int:
        """How many transactions have been kept: while it is the same, nothing new can be read."""
        return self._changes

    def reader(self) -> contextlib.AbstractContextManager[Reader]:
        """Open the same data for reading, as `open_reader` does."""
        self.index()
        return open_reader(self.data_dir)

    def reader_of_some(
        self, index: Callable[[sqlite3.Connection], None]
    ) -> contextlib.AbstractContextManager[Reader]:
        """Open the same data for reading, where only some of what waits has to be indexed before.

        Args:
            index: indexes that, in the transaction that it is given.
        """
        with self._lock, self._connection:
            if _needs_index(self._connection):
                index(self._connection)
        return open_reader(self.data_dir, with_index=False)

    def index(self) -> None:
        """Index all that waits for it; a transaction that reads what is indexed needs it before."""
        while self._index_some():
            pass

    def index_if_quiet(self, pause: float) -> bool:
        """Index some of what waits for it, unless something has just arrived.

        Args:
            pause: for how long nothing may have arrived, in seconds.

        Returns:
            Whether anything was indexed.
        """
        return time.monotonic() > self._last_change + pause and self._index_some()

    def _index_some(self) -> bool:
        with self._lock, self._connection:
            return _index_some(self._connection)

    def close(self) -> None:
        """Close the file; a store that is closed takes nothing more."""
        with self._lock:
            self._connection.close()


@contextlib.contextmanager
def open_reader(data_dir: Path, *, with_index: bool = True) -> Iterator[Reader]:
    """Open a sandbox's data for reading, from any process, while the sandbox runs or after it.

    All that is read inside one `with` is of one moment. What is indexed only when it is read is
    indexed first.

    Args:
        data_dir: the folder that the sandbox was given.
        with_index: whether all that waits to be indexed is, before anything is read.

    Raises:
        WorkshopError: no sandbox has run there, or the file was written by something else.
    """
    file = data_dir / FILE_NAME
    if not file.is_file():
        raise WorkshopError(
            f"No sandbox has kept anything in {data_dir}.",
            "Start one there first, or name the folder of the one that runs.",
        )
    connection = sqlite3.connect(
        f"{file.resolve().as_uri()}?mode=ro", BUSY_TIMEOUT, uri=True, isolation_level=None
    )
    try:
        try:
            _check_is_ours(connection, file)
        except sqlite3.DatabaseError:
            raise _foreign(file, "is not a database of the sandbox") from None
        if with_index:
            _index_all(file, connection)
        connection.execute("BEGIN")
        yield connection
    finally:
        connection.close()


def _index_all(file: Path, reader: Reader) -> None:
    """Index what waits for it, in transactions of its own."""
    if not _needs_index(reader):
        return
    with contextlib.closing(sqlite3.connect(file, BUSY_TIMEOUT)) as connection:
        is_more = True
        while is_more:
            with connection:
                connection.execute("BEGIN IMMEDIATE")
                is_more = _index_some(connection)
            # Whoever waits to write asks again after some milliseconds, and is to have a chance.
            time.sleep(WRITERS_TURN)


def _needs_index(reader: Reader) -> bool:
    return reader.execute("SELECT 1 FROM xray_unindexed LIMIT 1").fetchone() is not None


def _index_some(connection: sqlite3.Connection) -> bool:
    """Index some of what waits for it, in a transaction, and tell whether anything did."""
    if not _needs_index(connection):
        return False
    # Late, for it needs this module; and most readers find nothing to index.
    from workshop.sandbox.xray.unindexed import index_waiting

    index_waiting(connection)
    return True


def _check_is_ours(connection: sqlite3.Connection, file: Path) -> None:
    (application_id,) = connection.execute("PRAGMA application_id").fetchone()
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if application_id != APPLICATION_ID:
        raise _foreign(file, "is not a database of the sandbox")
    if version != SCHEMA_VERSION:
        raise _foreign(
            file, f"was written by another version of the sandbox ({version}, not {SCHEMA_VERSION})"
        )


def _foreign(file: Path, what: str) -> WorkshopError:
    return WorkshopError(
        f"{file} {what}.", f"Move it away and start again: mv '{file}' '{file}.old'"
    )


def _unusable(data_dir: Path, error: Exception) -> WorkshopError:
    return WorkshopError(
        f"The sandbox cannot keep its data in {data_dir}: {error}.",
        "Give it a folder that it can write to, with --data.",
    )
