"""How slow this machine is just now, for tests whose limit is a time."""

import time

LOOPS = 300_000
# What they take a processor of today that does nothing else.
USUAL_SECONDS = 0.021


def find_factor():
    """Return how many times as long as usual Python takes here for the same work; 1 at least."""
    return max(1.0, min(_count() for _ in range(3)) / USUAL_SECONDS)


def _count():
    began = time.thread_time()
    total = 0
    for number in range(LOOPS):
        total += number * number % 7
    return time.thread_time() - began
