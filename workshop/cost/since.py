"""Measures what the learner's own app has sent to their sandbox since it was started."""

import time
from pathlib import Path

from workshop.cost.reading import read_measured
from workshop.cost.routes import count_requests, read_access_lines
from workshop.cost.volumes import Measured
from workshop.errors import WorkshopError
from workshop.sandbox.store import open_reader

# The daemon keeps segments for a second before it sends them on; then nothing is on its way.
SETTLED = 1.3
DEADLINE = 8.0


def measure(data: Path, log: Path, since_ns: int) -> Measured:
    """Return what has arrived since an app was started that has ended by now.

    Args:
        data: the sandbox's data.
        log: what backend has printed since it was started, with a line for each request.
        since_ns: when it was started, in nanoseconds since 1970.

    Raises:
        WorkshopError: it has answered no request.
    """
    text = log.read_text("utf-8", errors="replace") if since_ns and log.is_file() else ""
    requests = count_requests(read_access_lines(text))
    if not requests:
        raise WorkshopError(
            "Your app has answered no request since you started it here.",
            "Start it with lab.start_app(), send it requests, then ask again.",
        )
    deadline = time.monotonic() + DEADLINE
    measured, settled = Measured(), 0.0
    while time.monotonic() < min(settled or deadline, deadline):
        with open_reader(data) as reader:
            newer = read_measured(reader, requests, since_ns)
        if newer != measured:
            measured, settled = newer, time.monotonic() + SETTLED
        time.sleep(0.1)
    return measured
