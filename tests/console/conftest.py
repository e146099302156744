import threading
import time

import pytest
from console_client import Client
from walked import CALLS, GROUP, REQUESTS, Walk, trace_id, xray_id

from workshop.sandbox.server import running_sandbox
from workshop.sandbox.store import Store

DEADLINE = 20.0


@pytest.fixture(scope="session")
def walked(tmp_path_factory):
    """A running sandbox that has been sent a small workshop."""
    with running_sandbox(tmp_path_factory.mktemp("walked") / "sandbox") as sandbox:
        walk = Walk(sandbox.url, sandbox.daemon_port)
        walk.send()
        deadline, pause = time.monotonic() + DEADLINE, threading.Event()
        while _count_segments(sandbox) < REQUESTS * (1 + CALLS):
            assert time.monotonic() < deadline, "X-Ray's segments did not arrive"
            pause.wait(0.02)
        sandbox.walk = walk
        yield sandbox


def _count_segments(sandbox):
    with sandbox.reader() as reader:
        return reader.execute("SELECT count(*) FROM xray_segments").fetchone()[0]


@pytest.fixture(scope="session")
def client(walked):
    """A client of the walked workshop's pages; no test may change what it holds."""
    return Client(walked.store)


@pytest.fixture
def empty(tmp_path):
    """A client of a sandbox that nothing has been sent to."""
    store = Store(tmp_path / "store")
    yield Client(store)
    store.close()


@pytest.fixture(scope="session")
def addresses(walked):
    """One address of each page, by what it shows."""
    start = walked.walk.begin(3)
    return {
        "overview": "/",
        "honeycomb": "/honeycomb",
        "trace": f"/honeycomb/trace/{trace_id(3)}",
        "span": f"/honeycomb/trace/{trace_id(3)}?span={32:016x}",
        "xray": "/xray",
        "xray filter": '/xray?filter=service("profiles")',
        "xray bad filter": "/xray?filter=%3Cimg%20src=x%20onerror=alert(1)%3E",
        "segments": f"/xray/trace/{xray_id(3, start)}",
        "cloudwatch": "/cloudwatch",
        "log group": f"/cloudwatch/group?name={GROUP}",
        "log filter": f'/cloudwatch/group?name={GROUP}&pattern={{ $.level = "ERROR" }}',
        "log bad filter": f"/cloudwatch/group?name={GROUP}&pattern={{<img src=x onerror=alert(1)>",
        "insights": "/cloudwatch/insights",
        "insights result": "/cloudwatch/insights?query=stats count(*) by bin(5s)",
        "insights lines": "/cloudwatch/insights?query=fields @message, @logStream",
        "insights refused": "/cloudwatch/insights?query=<img src=x onerror=alert(1)>",
        "rollbar": "/rollbar",
        "item": "/rollbar/item/1",
        "request": f"/request?id={trace_id(3)}",
        "request unknown": "/request?id=<img>&path=<img src=x onerror=alert(1)>&at=1",
    }
