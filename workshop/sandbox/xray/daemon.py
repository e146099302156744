"""Listens as the X-Ray daemon does: UDP datagrams of a header line and one segment document.

Source: `pkg/tracesegment` in https://github.com/aws/aws-xray-daemon
"""

import contextlib
import json
import selectors
import socket
import threading
import time

from workshop.sandbox.store import Store
from workshop.sandbox.xray.documents import SegmentDocument, save_documents

# Room for bursts: what does not fit into the socket's buffer is lost, as UDP is.
RECEIVE_BUFFER = 4 * 1024 * 1024
DATAGRAM_LIMIT = 65_536
BATCH = 200


class Daemon:
    """The daemon's UDP side, in a thread of its own.

    Args:
        store: where documents are kept.
        listener: a bound UDP socket; the daemon closes it when it stops.
    """

    def __init__(self, store: Store, listener: socket.socket) -> None:
        self._store = store
        self._socket = listener
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER)
        self._socket.setblocking(False)
        self._waking, self._wake = socket.socketpair()
        self._thread = threading.Thread(target=self._listen, name="xray-daemon", daemon=True)

    def start(self) -> None:
        """Begin to listen."""
        self._thread.start()

    def stop(self) -> None:
        """Keep what has arrived, then end and close the socket."""
        self._wake.close()
        self._thread.join()
        self._waking.close()
        self._socket.close()

    def _listen(self) -> None:
        with selectors.DefaultSelector() as selector:
            selector.register(self._socket, selectors.EVENT_READ)
            selector.register(self._waking, selectors.EVENT_READ)
            ending = False
            while not ending:
                ready = {key.fileobj for key, _ in selector.select()}
                ending = self._waking in ready
                # Also when it ends: what has arrived until then is kept.
                while datagrams := self._receive():
                    self._keep(datagrams)

    def _receive(self) -> list[bytes]:
        """Return datagrams that have arrived, as many as are kept at once."""
        datagrams: list[bytes] = []
        with contextlib.suppress(BlockingIOError):
            while len(datagrams) < BATCH:
                datagrams.append(self._socket.recv(DATAGRAM_LIMIT))
        return datagrams

    def _keep(self, datagrams: list[bytes]) -> None:
        parsed = [parse_datagram(datagram) for datagram in datagrams]
        documents = [document for document in parsed if document is not None]
        save_documents(self._store, documents, len(parsed) - len(documents))


def parse_datagram(datagram: bytes) -> SegmentDocument | None:
    """Return the document of one datagram, or None where the daemon would reject it.

    The true daemon looks at the header only, and X-Ray drops a document that is not JSON; here
    both are rejected at once. What the document says is not checked.

    Args:
        datagram: `{"format":"json","version":1}`, a line feed, and one JSON object.
    """
    head, _, body = datagram.partition(b"\n")
    try:
        header = json.loads(head)
        text = body.decode("utf-8").strip()
        document = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(header, dict) or not isinstance(document, dict):
        return None
    if header.get("format") != "json" or header.get("version") != 1:
        return None
    said = (document.get("trace_id"), document.get("id"), document.get("name"))
    try:
        trace_id, own_id, name = (
            value.encode("utf-8").decode("utf-8") if isinstance(value, str) else ""
            for value in said
        )
    except UnicodeEncodeError:
        return None
    return SegmentDocument(time.time_ns(), trace_id, own_id, name, text)
