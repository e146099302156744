"""Notes how an app sets up Rollbar and what it reports; sends it to the check's sandbox."""

import functools
import os
import sys
from urllib.parse import urlsplit, urlunsplit

from workshop_probe.noting import in_request, note, quietly, where

# Rollbar's SDK reads no variable: this one says where it sends in a check.
ROLLBAR = os.environ.get("WORKSHOP_ROLLBAR_ENDPOINT", "")


def instead_of_rollbar(endpoint):
    """Return an address with the check's sandbox in the place of Rollbar itself, else as it is."""
    parts = urlsplit(str(endpoint))
    if not ROLLBAR or not (parts.hostname or "").endswith("rollbar.com"):
        return endpoint
    return urlunsplit((*urlsplit(ROLLBAR)[:2], *parts[2:]))


def watch_rollbar(rollbar):
    """Note how Rollbar is set up and what is reported; never a token.

    Unlike most else here this does change something: nothing is sent to Rollbar itself.
    """

    def wrap(name, call):
        wrapped = getattr(rollbar, name)
        setattr(rollbar, name, functools.wraps(wrapped)(functools.partial(call, wrapped)))

    def redirect():
        rollbar.SETTINGS["endpoint"] = instead_of_rollbar(rollbar.SETTINGS["endpoint"])

    def note_init(first, given):
        settings = rollbar.SETTINGS
        parts = urlsplit(str(given))
        note(
            "rollbar-init",
            first=first,
            has_token=bool(settings["access_token"]),
            host=parts.netloc.rpartition("@")[2],
            path=parts.path,
            handler=settings["handler"],
            enabled=bool(settings["enabled"]),
            logs_payload=bool(settings["log_payload_on_error"]),
            where=where(),
        )

    def note_report(uuid):
        flask = sys.modules.get("flask")
        request = flask.request if in_request() else None
        note(
            "rollbar-report",
            uuid=uuid or "",
            method=request.method if request else "",
            path=request.path if request else "",
            where=where(),
        )

    def init(wrapped, *args, **kwargs):
        first = not rollbar._initialized
        wrapped(*args, **kwargs)
        given = rollbar.SETTINGS["endpoint"]
        quietly(redirect)
        quietly(note_init, first, given)

    def report(wrapped, *args, **kwargs):
        uuid = wrapped(*args, **kwargs)
        quietly(note_report, uuid)
        return uuid

    redirect()
    wrap("init", init)
    wrap("report_exc_info", report)
    wrap("report_message", report)
