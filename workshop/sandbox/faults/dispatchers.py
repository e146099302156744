"""What becomes of a request that a silent or a late back end has read.

Neither keeps a thread waiting, so that any number of clients can be kept waiting.
"""

import heapq
import threading
import time
from typing import Any

from workshop.sandbox.faults.modes import LATE, SILENT


class Silence:
    """Takes requests, and never serves one.

    Args:
        inner: the dispatcher of the server, whose threads it ends.
    """

    def __init__(self, inner: Any) -> None:
        self._inner = inner

    def add_task(self, task: Any) -> None:
        """Take a request, and forget it; its connection stays open until its client hangs up."""

    def shutdown(self) -> None:
        """End the threads."""
        self._inner.shutdown()


class Delay:
    """Has requests served some time after they came.

    Args:
        inner: the dispatcher of the server, which serves them.
        seconds: how much later.
    """

    def __init__(self, inner: Any, seconds: float) -> None:
        self._inner = inner
        self._seconds = seconds
        self._waiting: list[tuple[float, int, Any]] = []
        self._count = 0
        self._ended = False
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._hand_on, name="late", daemon=True)
        self._thread.start()

    def add_task(self, task: Any) -> None:
        """Take a request, to be served when its time has come."""
        with self._changed:
            self._count += 1
            heapq.heappush(self._waiting, (time.monotonic() + self._seconds, self._count, task))
            self._changed.notify()

    def shutdown(self) -> None:
        """End the threads; what still waits is never served."""
        with self._changed:
            self._ended = True
            self._changed.notify()
        self._thread.join()
        self._inner.shutdown()

    def _hand_on(self) -> None:
        while True:
            with self._changed:
                while not self._ended and not (self._waiting and self._left() <= 0):
                    self._changed.wait(self._left() if self._waiting else None)
                if self._ended:
                    return
                _, _, task = heapq.heappop(self._waiting)
            # One whose client has hung up meanwhile is closed unserved.
            self._inner.add_task(task)

    def _left(self) -> float:
        return self._waiting[0][0] - time.monotonic()


def choose(mode: str, inner: Any, late_seconds: float) -> Any:
    """Return the dispatcher that a mode needs, which may be the server's own.

    Args:
        mode: one of `modes.MODES`, or empty for a back end that is well.
        inner: the dispatcher of the server.
        late_seconds: how late a late one is.
    """
    if mode == SILENT:
        return Silence(inner)
    return Delay(inner, late_seconds) if mode == LATE else inner
