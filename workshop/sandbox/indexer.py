"""Indexes what has arrived in a thread of its own, while nothing else arrives."""

import threading

from workshop.sandbox.store import Store

# How often it looks, and for how long nothing may have arrived, in seconds.
LOOK_INTERVAL = 0.1


class Indexer:
    """A thread that makes the first reader wait less.

    Args:
        store: what it indexes.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._run, name="indexer", daemon=True)

    def start(self) -> None:
        """Begin to look."""
        self._thread.start()

    def stop(self) -> None:
        """End; what is not indexed yet is when it is read."""
        self._ending.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._ending.wait(LOOK_INTERVAL):
            while not self._ending.is_set() and self._store.index_if_quiet(LOOK_INTERVAL):
                pass
