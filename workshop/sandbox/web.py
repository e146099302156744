"""The sandbox's web app: its own pages, the vendors' addresses, and who may ask."""

import os
import sqlite3

from flask import Flask, Response, jsonify, request
from werkzeug.exceptions import HTTPException, MethodNotAllowed, NotFound

from workshop.errors import command
from workshop.sandbox import VERSION, refusals
from workshop.sandbox.aws import dispatch
from workshop.sandbox.console import pages
from workshop.sandbox.faults.told import current_faults
from workshop.sandbox.honeycomb import receive
from workshop.sandbox.honeycomb.storage import count_events, count_traces
from workshop.sandbox.hosts import is_this_machine
from workshop.sandbox.rollbar import receive as rollbar
from workshop.sandbox.spelling import spell_reason
from workshop.sandbox.store import Store
from workshop.sandbox.xray.otlp import receive as otlp

# After how many seconds a client may send again what could not be kept.
RETRY_AFTER = 1

COUNTS = """
SELECT (SELECT count(*) FROM xray_segment_documents),
       (SELECT count(*) FROM rollbar_items), (SELECT count(*) FROM rollbar_occurrences),
       (SELECT count(*) FROM refusals)
"""

PAGE = """\
The workshop's sandbox. It stands in for the vendors, on this machine only.

Honeycomb   traces at {url}v1/traces, with the key 'sandbox'
            {traces} traces, {events} events
X-Ray       segment documents by UDP, and the API at {url} with the key 'sandbox';
            signed spans at {url}v1/traces
            {documents} documents
Rollbar     items at {url}api/1/, with the token 'sandbox'; read with 'sandbox-read'
            {items} items, {occurrences} occurrences
Refused     {refused} requests

Ctrl-C where it was started ends it; so does: kill {pid}
"""


def create_app(store: Store, rollbar_limit: int | None = None) -> Flask:
    """Return the web app of one sandbox.

    Args:
        store: where it keeps what arrives.
        rollbar_limit: as `running_sandbox`.
    """
    app = Flask(__name__, static_folder=None)
    # A doubled slash is another path to the vendors, not one to be mended by a redirect.
    app.url_map.merge_slashes = False
    app.register_blueprint(receive.create_blueprint(store))
    app.register_blueprint(rollbar.create_blueprint(store, rollbar_limit))

    @app.before_request
    def check_host() -> Response | None:
        if is_this_machine(request.environ.get("HTTP_HOST", "")):
            return None
        reason = "the sandbox answers to 127.0.0.1 and localhost only"
        _record(refusals.HOST, 421, reason, vendor="")
        return Response(f"{reason}\n", 421, content_type="text/plain")

    # After the check above: what is asked by another name is no vendor's business.
    app.register_blueprint(otlp.create_blueprint(store))
    app.register_blueprint(dispatch.create_blueprint(store))

    app.after_request(spell_reason)

    def tell_plainly() -> Response:
        with store.reader() as reader:
            counts = reader.execute(COUNTS).fetchone()
            traces, events = count_traces(reader), count_events(reader)
        documents, items, occurrences, refused = counts
        page = PAGE.format(
            url=request.host_url,
            traces=traces,
            events=events,
            documents=documents,
            items=items,
            occurrences=occurrences,
            refused=refused,
            pid=os.getpid(),
        )
        faults = current_faults()
        if faults:
            page += (
                f"Broken on purpose: {', '.join(map(str, faults))}; `{command('mend')}` undoes it\n"
            )
        return Response(page, content_type="text/plain; charset=utf-8")

    app.register_blueprint(pages.create_blueprint(store, tell_plainly))

    @app.get("/health")
    def tell_health() -> Response:
        return jsonify(sandbox=True, pid=os.getpid(), version=VERSION)

    @app.errorhandler(sqlite3.OperationalError)
    def ask_to_wait(error: sqlite3.OperationalError) -> Response:
        # A full disk, or more at once than can be written: what is sent again later is not lost.
        reason = f"the sandbox cannot keep this now: {error}"
        headers = {"Retry-After": str(RETRY_AFTER)}
        return Response(f"{reason}\n", 503, headers, content_type="text/plain; charset=utf-8")

    @app.errorhandler(NotFound)
    def refuse_path(error: HTTPException) -> Response:
        reason = f"there is nothing at {request.path}"
        is_browser = request.method == "GET" and receive.KEY_HEADER not in request.headers
        if not is_browser:
            # The path came from outside, and is kept apart: the reason stays free of it.
            _record(refusals.UNKNOWN_PATH, 404, "there is nothing at this path", _vendor())
        return Response(f"{reason}\n", error.code, content_type="text/plain; charset=utf-8")

    @app.errorhandler(MethodNotAllowed)
    def refuse_method(error: MethodNotAllowed) -> Response:
        reason = f"{request.method} is not a method of this path"
        _record(refusals.METHOD, 405, reason, _vendor())
        allowed = {"Allow": ", ".join(sorted(error.valid_methods or ()))}
        return Response(f"{reason}\n", 405, allowed, content_type="text/plain; charset=utf-8")

    def _record(kind: str, status: int, reason: str, vendor: str) -> None:
        refusals.record_refusal(
            store,
            vendor=vendor,
            kind=kind,
            status=status,
            reason=reason,
            path=request.path,
            user_agent=request.headers.get("User-Agent", ""),
        )

    return app


def _vendor() -> str:
    """Return whom a request to an unknown path was meant for."""
    is_honeycomb = receive.KEY_HEADER in request.headers or "/v1/" in request.path
    return receive.VENDOR if is_honeycomb else ""
