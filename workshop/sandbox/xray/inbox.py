"""Holds datagrams between their arrival and their storing, in a memory that is bounded."""

import sys
import threading
import time
from collections import deque
from dataclasses import dataclass

# How many segments go to X-Ray at once. Source: `pkg/cfg` of the daemon.
BATCH = 50
MEMORY_LIMIT = 16 * 1024 * 1024
# A burst is read before it is stored: the socket's buffer is small, and whoever stores would keep
# the interpreter from whoever reads. In seconds: what ends a burst, and how long one may last.
PAUSE = 0.01
LONGEST_BURST = 0.25


@dataclass(frozen=True)
class Batch:
    """What is to be stored next.

    Args:
        datagrams: in the order of their arrival; none only when all is done.
        spilled: how many were dropped since the last batch, for want of memory.
    """

    datagrams: list[bytes]
    spilled: int


class Inbox:
    """A queue for one thread that receives and one that stores.

    Args:
        idle: how long a batch that is not full waits for more, in seconds since the last arrival.
        most: how many datagrams are taken out at once.
        memory_limit: how many bytes may wait; beyond it the oldest datagrams are dropped.
    """

    def __init__(self, idle: float, most: int = BATCH, memory_limit: int = MEMORY_LIMIT) -> None:
        self._idle = idle
        self._most = most
        self._memory_limit = memory_limit
        self._waiting: deque[bytes] = deque()
        self._size = 0
        self._spilled = 0
        self._last_arrival = 0.0
        self._full_since = 0.0
        self._is_closed = False
        self._changed = threading.Condition()

    def put(self, datagram: bytes) -> None:
        """Take a datagram in."""
        with self._changed:
            self._waiting.append(datagram)
            self._size += sys.getsizeof(datagram)
            while self._size > self._memory_limit:
                self._size -= sys.getsizeof(self._waiting.popleft())
                self._spilled += 1
            self._last_arrival = time.monotonic()
            if len(self._waiting) == BATCH:
                self._full_since = self._last_arrival
            # The first begins the wait for more, a full batch ends it.
            if len(self._waiting) in (1, BATCH):
                self._changed.notify()

    def close(self) -> None:
        """Say that nothing more will come."""
        with self._changed:
            self._is_closed = True
            self._changed.notify()

    def take(self) -> Batch:
        """Wait for a full batch, a long pause or the end, and return what there is."""
        with self._changed:
            while not self._is_closed:
                left = self._wait_at_most()
                if left is not None and left <= 0:
                    break
                self._changed.wait(left)
            # What does not fill a batch yet waits for more.
            ready = len(self._waiting) // BATCH * BATCH or len(self._waiting)
            datagrams = [self._waiting.popleft() for _ in range(min(self._most, ready))]
            self._size -= sum(map(sys.getsizeof, datagrams))
            spilled, self._spilled = self._spilled, 0
            return Batch(datagrams, spilled)

    def _wait_at_most(self) -> float | None:
        """Return for how many seconds what is here may still wait; None where nothing is."""
        if not self._waiting:
            return None
        until = self._last_arrival + self._idle
        if len(self._waiting) >= BATCH:
            until = min(self._last_arrival + PAUSE, self._full_since + LONGEST_BURST)
        return until - time.monotonic()
