"""Listens as the X-Ray daemon does: UDP datagrams of a header line and one segment document.

Documents go on to X-Ray in batches, as PutTraceSegments would take them.

Source: `cmd/tracing` and `pkg` of https://github.com/aws/aws-xray-daemon
"""

import contextlib
import json
import logging
import selectors
import socket
import sqlite3
import struct
import sys
import threading
from collections.abc import Callable
from typing import Any

from workshop.sandbox.store import Store
from workshop.sandbox.xray.daemon_counts import DaemonCounts, add_counts
from workshop.sandbox.xray.inbox import BATCH, Inbox
from workshop.sandbox.xray.segments import store_documents

# Room for bursts, as far as the system grants it: what does not fit is lost, as UDP is.
RECEIVE_BUFFER = 4 * 1024 * 1024
DATAGRAM_LIMIT = 65_536
IDLE = 1.0
# Into a store, larger batches than X-Ray takes: most of what one costs it costs whatever its size.
LOCAL_BATCH = 500

# Linux' SO_MEMINFO: nine numbers on a socket's memory, the last one the datagrams it dropped.
_SO_MEMINFO = 55
_MEMINFO = struct.Struct("9I")

_log = logging.getLogger(__name__)


class Daemon:
    """The daemon's UDP side: one thread receives, another one stores.

    Args:
        store: where documents are kept.
        listener: a bound UDP socket; the daemon closes it when it stops.
        idle: how long it waits for more before it sends a batch that is not full, in seconds.
        deliver: takes documents and returns those that X-Ray did not take; it is the store where
            nothing else is said.
    """

    def __init__(
        self,
        store: Store,
        listener: socket.socket,
        idle: float = IDLE,
        deliver: Callable[[list[str]], list[dict[str, Any]]] | None = None,
    ) -> None:
        self._store = store
        self._deliver = deliver or (lambda documents: store_documents(store, documents))
        self._socket = listener
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER)
        self._socket.setblocking(False)
        self._inbox = Inbox(idle, BATCH if deliver else LOCAL_BATCH)
        self._lost = 0
        # Of a socket that another daemon has had before, not what was lost there.
        self._take_lost()
        self._waking, self._wake = socket.socketpair()
        self._threads = [
            threading.Thread(target=self._receive, name="xray-daemon-receives", daemon=True),
            threading.Thread(target=self._keep, name="xray-daemon-keeps", daemon=True),
        ]

    def start(self) -> None:
        """Begin to listen."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Keep what has arrived, then end and close the socket; more than once does no harm."""
        self._wake.close()
        for thread in self._threads:
            thread.join()
        self._waking.close()
        self._socket.close()

    def _receive(self) -> None:
        with selectors.DefaultSelector() as selector:
            selector.register(self._socket, selectors.EVENT_READ)
            selector.register(self._waking, selectors.EVENT_READ)
            ending = False
            while not ending:
                ready = {key.fileobj for key, _ in selector.select()}
                ending = self._waking in ready
                # Also when it ends: what has arrived until then is kept.
                with contextlib.suppress(BlockingIOError):
                    while True:
                        self._inbox.put(self._socket.recv(DATAGRAM_LIMIT))
        self._inbox.close()

    def _keep(self) -> None:
        counts = DaemonCounts()
        while (batch := self._inbox.take()).datagrams:
            parsed = [parse_datagram(datagram) for datagram in batch.datagrams]
            documents = [document for document in parsed if document is not None]
            counts += DaemonCounts(
                received=len(parsed) + batch.spilled,
                rejected=len(parsed) - len(documents),
                spilled=batch.spilled,
                lost=self._take_lost(),
            )
            try:
                counts += DaemonCounts(unprocessed=self._send(documents))
            except sqlite3.Error as error:
                _log.error("%d segments dropped: %s", len(documents), error)
                counts += DaemonCounts(spilled=len(documents))
            # What cannot be written now is written with the next batch.
            with contextlib.suppress(sqlite3.Error):
                add_counts(self._store, counts)
                counts = DaemonCounts()

    def _send(self, documents: list[str]) -> int:
        """Pass documents on, and return how many were not taken."""
        unprocessed = self._deliver(documents) if documents else []
        if unprocessed:
            _log.warning("Unprocessed segments: %d, such as %s", len(unprocessed), unprocessed[0])
        return len(unprocessed)

    def _take_lost(self) -> int:
        """Return how many datagrams the system has dropped since this was last asked."""
        if sys.platform != "linux":
            return 0
        told = self._socket.getsockopt(socket.SOL_SOCKET, _SO_MEMINFO, _MEMINFO.size)
        before, self._lost = self._lost, _MEMINFO.unpack(told)[-1]
        return self._lost - before


def parse_datagram(datagram: bytes) -> str | None:
    """Return the document of one datagram, or None where the daemon would reject it.

    The daemon looks at the header only; X-Ray judges the document.

    Args:
        datagram: `{"format":"json","version":1}`, a line feed, and the document.
    """
    head, _, body = datagram.partition(b"\n")
    try:
        header = json.loads(head)
    except (ValueError, RecursionError):
        return None
    if not body or not isinstance(header, dict):
        return None
    if header.get("format") != "json" or header.get("version") != 1:
        return None
    return body.decode("utf-8", errors="replace")
