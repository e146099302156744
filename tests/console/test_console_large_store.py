"""Pages stay quick in a large store: what they read is bounded, however much there is."""

import time

import large_store
import pytest
from console_client import Client

from tests.slowness import find_factor
from workshop.sandbox.store import Store

LIMIT = 0.3
"""Seconds of this thread's own time, on a machine of the usual speed."""
TRIES = 3
LARGEST = 400_000
"""Characters of a page."""
NUMBER = large_store.TRACES - 100
START = large_store.START_S + NUMBER
TRACE = f"1{NUMBER:031x}"

ADDRESSES = [
    "/",
    "/honeycomb",
    "/honeycomb?service=backend&route=GET /api/7",
    f"/honeycomb/trace/{TRACE}",
    "/xray",
    '/xray?filter=service("profiles") { fault }',
    "/xray?filter=duration > 5",
    f"/xray/trace/1-{START:08x}-{NUMBER:024x}",
    "/cloudwatch",
    "/cloudwatch/group?name=backend",
    '/cloudwatch/group?name=backend&pattern={ $.level = "NEVER" }',
    '/cloudwatch/group?name=backend&pattern="never"',
    "/cloudwatch/insights",
    "/cloudwatch/insights?range=&query=stats count(*) by level",
    "/cloudwatch/insights?range=&query=stats count(*) by bin(1m)",
    "/rollbar?status=all",
    "/rollbar/item/3",
    f"/request?id={TRACE}",
    f"/request?at={START * 1000}&path=/api/{NUMBER % 20}",
]


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    store = Store(tmp_path_factory.mktemp("large"))
    large_store.fill(store)
    # The first drawing of a process imports what draws.
    filled = Client(store)
    filled.text("/xray")
    yield filled
    store.close()


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_page_takes_less_than_its_limit(client, address):
    quickest = min(_measure(client, address) for _ in range(TRIES))
    assert quickest < LIMIT * find_factor()


def _measure(client, address):
    began = time.thread_time()
    page = client.text(address)
    assert len(page) < LARGEST
    return time.thread_time() - began
