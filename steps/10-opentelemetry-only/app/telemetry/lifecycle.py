"""When telemetry begins and when it ends: it never holds up the app for long."""

import os
import signal
import sys
import threading
import time
from collections.abc import Callable

from flask.helpers import get_debug_flag
from werkzeug.serving import is_running_from_reloader

# Longer than a late answer takes; far less than the ten seconds after which docker kills.
SECONDS_TO_END = 3.0

_last_sends: list[Callable[[], object]] = []


def is_only_watching() -> bool:
    """Tell whether this process serves nobody.

    With --debug, `flask run` starts the app twice: one process watches the files, and starts the
    other, which serves, anew whenever one changes.
    """
    is_flask_run = os.environ.get("FLASK_RUN_FROM_CLI") == "true" and "run" in sys.argv
    reloads = "--reload" in sys.argv or (get_debug_flag() and "--no-reload" not in sys.argv)
    return is_flask_run and reloads and not is_running_from_reloader()


def at_the_end(send: Callable[[], object]) -> None:
    """Have something sent at the end of this process, before `watch_for_the_end` is called."""
    _last_sends.append(send)


def watch_for_the_end() -> None:
    """See to it that this process sends what it still holds, and ends soon all the same."""
    if os.environ.get("FLASK_RUN_FROM_CLI") == "true":
        # gunicorn ends in good order on SIGTERM; `flask run` would be gone, with all that it holds.
        signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    _start_threads()
    # gunicorn's workers may be forked from a process that has the app already.
    os.register_at_fork(after_in_child=_start_threads)


def _start_threads() -> None:
    # What Python calls at its end may start no thread any more: these wait from the beginning.
    is_over = threading.Event()
    sending = [
        threading.Thread(target=_send, args=[is_over, send], daemon=True) for send in _last_sends
    ]
    for thread in sending:
        thread.start()
    # Not a daemon: Python waits for it, as it does for Rollbar's threads, and no longer.
    threading.Thread(target=_end, args=[is_over, sending]).start()


def _send(is_over: threading.Event, send: Callable[[], object]) -> None:
    is_over.wait()
    send()


def _end(is_over: threading.Event, sending: list[threading.Thread]) -> None:
    threading.main_thread().join()
    is_over.set()
    deadline = time.monotonic() + SECONDS_TO_END
    for thread in sending:
        thread.join(max(0, deadline - time.monotonic()))
