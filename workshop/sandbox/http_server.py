"""Serves the web app over HTTP, in threads of this process."""

import contextlib
import logging
import socket
import threading
from collections.abc import Callable
from typing import Any

import waitress
from flask import Flask
from waitress import wasyncore

THREADS = 8
# A body of this many bytes or more is refused before it is read. Smaller ones are read, beyond
# half a megabyte into a file, so that the vendor's own answer to a body too long is heard.
RAW_BODY_LIMIT = 128 * 1024 * 1024
CONNECTIONS = 100
# A large export arrives in few pieces, each of which costs a round through Python.
RECEIVED_AT_ONCE = 256 * 1024


class HttpServer:
    """A waitress server that can be stopped from any thread.

    Args:
        app: the web app.
        listener: a bound TCP socket; the server closes it when it stops.
        choose_dispatcher: returns what hands requests to threads, given the server's own.
        connections: how many are open at once; more wait until others close.
        notice_hang_ups: whether a request whose client has hung up is not served any more.
    """

    def __init__(
        self,
        app: Flask,
        listener: socket.socket,
        choose_dispatcher: Callable[[Any], Any] = lambda own: own,
        connections: int = CONNECTIONS,
        notice_hang_ups: bool = False,
    ) -> None:
        # A queue is no reason to warn: exporters may send as fast as they can.
        logging.getLogger("waitress.queue").setLevel(logging.ERROR)
        self._channels: dict[int, Any] = {}
        self._server = waitress.create_server(
            app,
            map=self._channels,
            sockets=[listener],
            threads=THREADS,
            max_request_body_size=RAW_BODY_LIMIT,
            ident="sandbox",
            clear_untrusted_proxy_headers=True,
            connection_limit=connections,
            recv_bytes=RECEIVED_AT_ONCE,
            # Where it looks for a next request, it hears that there is none to come.
            channel_request_lookahead=int(notice_hang_ups),
        )
        self._server.task_dispatcher = choose_dispatcher(self._server.task_dispatcher)
        self._thread = threading.Thread(target=self._server.run, name="http", daemon=True)

    @property
    def connections(self) -> int:
        """How many connections are open now."""
        return len(self._server.active_channels)

    def start(self) -> None:
        """Begin to answer."""
        self._thread.start()

    def stop(self) -> None:
        """Finish the requests at hand, then close all sockets."""
        self._server.task_dispatcher.shutdown()
        self._close_sockets()

    def kill(self) -> None:
        """Close all connections at once, also in the middle of a request, then the rest."""
        closed = threading.Event()
        self._server.trigger.pull_trigger(lambda: self._cut(closed))
        closed.wait()
        self.stop()

    def _cut(self, closed: threading.Event) -> None:
        try:
            # Not the trigger: by that a thread that is still at work wakes the one that waits.
            wasyncore.dispatcher.close(self._server)
            for channel in list(self._server.active_channels.values()):
                channel.handle_close()
        finally:
            closed.set()

    def _close_sockets(self) -> None:
        # Sockets are closed in the thread that waits on them. Woken by something else, it may have
        # closed the trigger, too, before that is pulled.
        with contextlib.suppress(OSError):
            self._server.trigger.pull_trigger(lambda: wasyncore.close_all(self._channels))
        self._thread.join()
