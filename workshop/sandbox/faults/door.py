"""A vendor's own port: what is broken there is broken for that vendor alone.

While nobody shall answer, the port is kept, bound and not listening, so that connections are
refused and no other program takes it.
"""

import contextlib
import socket
from collections.abc import Callable

from flask import Flask

from workshop.sandbox.faults import dispatchers
from workshop.sandbox.faults.modes import (
    ERROR,
    KILLED,
    LATE,
    LATE_SECONDS,
    REFUSED,
    SILENT,
    THROTTLED,
)
from workshop.sandbox.http_server import HttpServer
from workshop.sandbox.ports import bind_http, reserve

# Fewer than a process may open files, with five doors; what waits beyond it waits in the system.
CONNECTIONS = 150
CLOSED = (REFUSED, KILLED)


class Door:
    """One port of a vendor, served in the mode that it is in.

    Args:
        vendor: whose.
        app: what answers when all is well.
        refuse: returns what answers instead, by the mode `500` or `429`.
        listener: a bound TCP socket; the door closes it when it stops.
        late_seconds: how late it answers when it is late.
    """

    def __init__(
        self,
        vendor: str,
        app: Flask,
        refuse: Callable[[str], Flask],
        listener: socket.socket,
        late_seconds: float = LATE_SECONDS,
    ) -> None:
        self.vendor = vendor
        self.port: int = listener.getsockname()[1]
        self._app = app
        self._refuse = refuse
        self._late_seconds = late_seconds
        # Listening while it serves, from one server to the next; only bound while it is closed.
        self._socket = listener
        self._mode = ""
        self._server: HttpServer | None = None

    def start(self) -> None:
        """Begin to answer."""
        self._serve()

    @property
    def connections(self) -> int:
        """How many clients it has now."""
        return self._server.connections if self._server else 0

    def change(self, mode: str) -> None:
        """Serve in another mode.

        Args:
            mode: one of `modes.MODES`, or empty for all is well.

        Raises:
            WorkshopError: another program has taken the port meanwhile.
        """
        if mode == self._mode:
            return
        closing = mode in CLOSED
        # What a silent one holds would hold up its end for ever.
        self._end_server(cut=closing or self._mode in (SILENT, LATE))
        if closing and self._mode not in CLOSED:
            self._socket.close()
            self._socket = reserve(self.port)
        elif not closing and self._mode in CLOSED:
            self._socket.close()
            self._socket = bind_http(self.port)
        self._mode = mode
        if not closing:
            self._serve()

    def stop(self) -> None:
        """End it and close its port."""
        self._end_server(cut=bool(self._mode))
        self._socket.close()

    def _serve(self) -> None:
        app = self._refuse(self._mode) if self._mode in (ERROR, THROTTLED) else self._app
        self._server = HttpServer(
            app,
            self._socket.dup(),
            lambda own: dispatchers.choose(self._mode, own, self._late_seconds),
            CONNECTIONS,
            notice_hang_ups=True,
        )
        self._server.start()

    def _end_server(self, cut: bool) -> None:
        server, self._server = self._server, None
        if server is not None:
            with contextlib.suppress(OSError):
                (server.kill if cut else server.stop)()
