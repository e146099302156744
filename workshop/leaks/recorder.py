"""Stands in for the service that an app calls, and keeps all that it is told."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from flask import Flask, Response, request
from werkzeug.serving import WSGIRequestHandler, make_server

from workshop import processes

# How long it may take until it hears that it shall end, in seconds.
STOP_AFTER = 0.05


@dataclass(frozen=True)
class Told:
    """One request that the app made.

    Args:
        line: the method and the path, without the query.
        parts: what it consists of, by name: `header baggage`, `query`, `body`.
    """

    line: str
    parts: dict[str, str]


@dataclass
class Recorder:
    """What was heard so far, and what is answered.

    Args:
        port: where it listens.
        told: the requests, in order.
        redirect: while it is set, each answer sends the caller there.
    """

    port: int = 0
    told: list[Told] = field(default_factory=list)
    redirect: str = ""


class _Quiet(WSGIRequestHandler):
    """Writes no access log: the terminal is the report's."""

    def log(self, type: str, message: str, *args: object) -> None:  # noqa: A002 - theirs
        """Drop a line."""


@contextmanager
def recording() -> Iterator[Recorder]:
    """Run a recorder in a thread, for as long as the `with` lasts.

    It answers as the profiles service does, so that pages of the app succeed.
    """
    recorder = Recorder()
    app = Flask(__name__)

    @app.route("/", defaults={"path": ""}, methods=["GET", "POST", "PUT", "PATCH", "DELETE"])
    @app.route("/<path:path>", methods=["GET", "POST", "PUT", "PATCH", "DELETE"])
    def answer(path: str) -> Response:
        headers = {f"header {name}": value for name, value in request.headers}
        query = request.query_string.decode("latin-1")
        body = request.get_data().decode("utf-8", errors="replace")
        parts = {"path": request.path, "query": query, **headers, "body": body}
        recorder.told.append(Told(f"{request.method} {request.path}", parts))
        if recorder.redirect:
            return Response(status=302, headers={"Location": recorder.redirect})
        handles = request.args.get("handles", "")
        profiles = [_describe(handle) for handle in handles.split(",") if handle]
        found = {"profiles": profiles} if handles else _describe(path.rpartition("/")[2])
        return Response(json.dumps(found), content_type="application/json")

    server = make_server(processes.LOCALHOST, 0, app, threaded=True, request_handler=_Quiet)
    recorder.port = server.server_port
    thread = threading.Thread(
        target=server.serve_forever, args=(STOP_AFTER,), name="recorder", daemon=True
    )
    thread.start()
    try:
        yield recorder
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _describe(handle: str) -> dict[str, str]:
    return {"handle": handle, "display_name": handle, "avatar_url": ""}
