"""Serves the web app over HTTP, in threads of this process."""

import logging
import socket
import threading
from typing import Any

import waitress
from flask import Flask
from waitress import wasyncore

THREADS = 8
# A body of this many bytes or more is refused before it is read. Smaller ones are read, beyond
# half a megabyte into a file, so that the vendor's own answer to a body too long is heard.
RAW_BODY_LIMIT = 128 * 1024 * 1024


class HttpServer:
    """A waitress server that can be stopped from any thread.

    Args:
        app: the web app.
        listener: a bound TCP socket; the server closes it when it stops.
    """

    def __init__(self, app: Flask, listener: socket.socket) -> None:
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
        )
        self._thread = threading.Thread(target=self._server.run, name="http", daemon=True)

    def start(self) -> None:
        """Begin to answer."""
        self._thread.start()

    def stop(self) -> None:
        """Finish the requests at hand, then close all sockets."""
        self._server.task_dispatcher.shutdown()
        # Sockets are closed in the thread that waits on them.
        self._server.trigger.pull_trigger(lambda: wasyncore.close_all(self._channels))
        self._thread.join()
