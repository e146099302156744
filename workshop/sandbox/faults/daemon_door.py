"""The UDP side of X-Ray's daemon, and what its being ill means: datagrams know no answer.

An SDK sends a segment and hears nothing, whatever becomes of it. So the modes differ in what comes
through, never in what the app sees; what an SDK asks by TCP has a `Door`.
"""

import socket
import threading
from collections.abc import Callable
from typing import Any

from workshop.sandbox.faults.modes import KILLED, LATE, LATE_SECONDS, REFUSED
from workshop.sandbox.ports import bind_udp_again, reserve_udp
from workshop.sandbox.xray.daemon import Daemon

Deliver = Callable[[list[str]], list[dict[str, Any]]]
CLOSED = (REFUSED, KILLED)


class DaemonDoor:
    """A daemon that can be made ill.

    Args:
        make_daemon: makes one, with a bound UDP socket and with what takes its documents.
        deliver: takes documents when all is well.
        listener: a bound UDP socket; the door closes it when it stops.
        late_seconds: how late documents come through when it is late.
    """

    def __init__(
        self,
        make_daemon: Callable[[socket.socket, Deliver], Daemon],
        deliver: Deliver,
        listener: socket.socket,
        late_seconds: float = LATE_SECONDS,
    ) -> None:
        self.port: int = listener.getsockname()[1]
        self._make_daemon = make_daemon
        self._deliver = deliver
        self._late_seconds = late_seconds
        # Taking datagrams from one daemon to the next; none while it is closed.
        self._socket = listener
        self._mode = ""
        self._late: dict[object, list[str]] = {}
        self._daemon: Daemon | None = None

    def start(self) -> None:
        """Begin to listen."""
        self._daemon = self._make_daemon(self._socket.dup(), self._pass_on)
        self._daemon.start()

    def change(self, mode: str) -> None:
        """Go over to another mode.

        Args:
            mode: one of `modes.MODES`, or empty for all is well.

        Raises:
            WorkshopError: another program has taken the port meanwhile.
        """
        if mode == KILLED:
            # What it has not yet passed on goes with it.
            self._mode = mode
        self._end_daemon()
        before, self._mode = self._mode, mode
        if mode in CLOSED:
            self._socket.close()
            self._socket = reserve_udp(self.port)
            return
        if before in CLOSED:
            self._socket.close()
            self._socket = bind_udp_again(self.port)
        self.start()

    def stop(self) -> None:
        """Pass on what has come, as far as it would have come through, and end."""
        self._end_daemon()
        for key in list(self._late):
            self._deliver_late(key)
        self._socket.close()

    def _pass_on(self, documents: list[str]) -> list[dict[str, Any]]:
        if not self._mode:
            return self._deliver(documents)
        if self._mode == LATE:
            key = object()
            self._late[key] = documents
            timer = threading.Timer(self._late_seconds, self._deliver_late, [key])
            timer.daemon = True
            timer.start()
        # Else X-Ray does not take them, or nobody is there: the daemon drops them.
        return []

    def _deliver_late(self, key: object) -> None:
        documents = self._late.pop(key, None)
        if documents:
            self._deliver(documents)

    def _end_daemon(self) -> None:
        daemon, self._daemon = self._daemon, None
        if daemon is not None:
            daemon.stop()
