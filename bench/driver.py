"""Runs in an app's own process: asks it, without a server, as often as standard input says.

Each line `page 200` or `error 200` is answered by one of JSON: the processor time of a request, in
microseconds, of the thread that answers and of the whole process, which also sends telemetry. To
`profile 200` the answer is whose code a page's time is spent in.
"""

import cProfile
import importlib
import io
import json
import logging
import os
import pstats
import sys
import time
from pathlib import Path

# Long enough for what was made to be sent: the SDKs are told to send each 0.2 s.
SETTLING = 0.6

REQUESTS = {
    "page": ("GET", "/api/activities/@noor", b"", "200 OK"),
    "error": ("POST", "/api/activities", b'{"message": "x", "ttl": "1-hour"}', "500"),
}


def main() -> None:
    """Build the app that the environment names, then serve the lines of standard input."""
    answers = os.fdopen(os.dup(1), "w")
    # What the app prints is made and thrown away, as a container's output would be.
    sys.stdout = sys.stderr = Path(os.devnull).open("w")  # noqa: SIM115 - until the end
    prelude = os.environ.get("BENCH_PRELUDE")
    if prelude:
        sys.path.insert(0, str(Path(__file__).parent / "peers"))
        importlib.import_module(prelude).before()
    sys.path.insert(0, os.environ["BENCH_APP"])
    backend = importlib.import_module("app.backend")
    # The page's own work is what is measured, not another service's: nobody is asked for names.
    importlib.import_module("app.services.authors").fetch_profiles = lambda _handles: {}
    app = backend.create_app()
    if prelude:
        importlib.import_module(prelude).after(app)
    logging.getLogger("werkzeug").disabled = True
    print(json.dumps({"start": time.process_time()}), file=answers, flush=True)
    for line in sys.stdin:
        what, count = line.split()
        do = profile if what == "profile" else measure
        print(json.dumps(do(app, what, int(count))), file=answers, flush=True)
    os._exit(0)


def profile(app, _what, count):  # type: ignore[no-untyped-def]
    """Return each one's share of a page's time in the thread that answers."""
    # Beside this file; its Python's path may not have the course's.
    shares = importlib.import_module("shares")
    profiler = cProfile.Profile()
    with profiler:
        for _ in range(count):
            ask(app, *REQUESTS["page"])
    return shares.sum_up(
        pstats.Stats(profiler, stream=sys.stdout), Path(os.environ["BENCH_APP"], "app")
    )


def measure(app, what, count):  # type: ignore[no-untyped-def]
    """Return the processor time of one request, in microseconds."""
    method, path, body, expected = REQUESTS[what]
    whole, own = time.process_time(), time.thread_time()
    for _ in range(count):
        ask(app, method, path, body, expected)
    own = time.thread_time() - own
    time.sleep(SETTLING)
    whole = time.process_time() - whole
    return {"own": own / count * 1e6, "whole": whole / count * 1e6, "memory": read_memory()}


def ask(app, method, path, body, expected):  # type: ignore[no-untyped-def]
    """Make one request through the app's WSGI interface, as a server does."""
    said = []

    def start_response(status, _headers, _exc_info=None):  # type: ignore[no-untyped-def]
        said.append(status)

    environ = {
        "REQUEST_METHOD": method,
        "PATH_INFO": path,
        "QUERY_STRING": "",
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "4567",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "HTTP_HOST": "127.0.0.1:4567",
        "HTTP_USER_AGENT": "bench/1.0",
        "CONTENT_TYPE": "application/json",
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    answer = app(environ, start_response)
    b"".join(answer)
    if hasattr(answer, "close"):
        answer.close()
    if not said[-1].startswith(expected):
        raise SystemExit(f"{method} {path} answered {said[-1]}, not {expected}")


def read_memory() -> float:
    """Return how much memory the process holds, in megabytes; 0 where the system does not say."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
    except OSError:
        return 0.0
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


if __name__ == "__main__":
    main()
