"""How long each page takes on the server, in an empty store and in a large one.

    PYTHONPATH=. .venv/bin/python tests/console/bench_pages.py

The large store has 100,000 spans, 50,000 segments, 200,000 log lines and 10,000 occurrences. Times
are the thread's own, so that a busy machine cannot lengthen them, and the longest of several asks:
the first one draws, the others find the drawing.
"""

import sys
import tempfile
import time
from pathlib import Path

import large_store
from console_client import Client
from test_console_large_store import ADDRESSES, LIMIT

from workshop.sandbox.store import Store

ASKS = 5


def main():
    with tempfile.TemporaryDirectory() as folder:
        empty, large = (Store(Path(folder) / name) for name in ("empty", "large"))
        large_store.fill(large)
        clients = Client(empty), Client(large)
        for client in clients:
            client.get("/xray")  # the first drawing of a process imports what draws
        print(f"{'page':70} {'empty':>8} {'large':>8}")
        slow = 0
        for address in ADDRESSES:
            before, after = (measure(client, address) for client in clients)
            slow += after > LIMIT
            mark = "" if after <= LIMIT else f"  more than {LIMIT * 1000:.0f} ms"
            print(f"{address[:70]:70} {before * 1000:5.0f} ms {after * 1000:5.0f} ms{mark}")
        empty.close()
        large.close()
    sys.exit(slow > 0)


def measure(client, address):
    """Return the longest of a page's times, in seconds."""
    times = []
    for _ in range(ASKS):
        began = time.thread_time()
        client.get(address)
        times.append(time.thread_time() - began)
    return max(times)


if __name__ == "__main__":
    main()
