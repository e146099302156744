"""`workshop lab` as a whole: both servers answer, and Ctrl-C leaves nothing."""

import os
import re
import signal
import subprocess
import sys
import threading

import psutil
import pytest
import requests

from workshop.sandbox import running


@pytest.fixture
def lab(checkout):
    process = subprocess.Popen(
        [sys.executable, "-m", "workshop", "lab", "--no-browser", "--port", "0"],
        cwd=checkout,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    watchdog = threading.Timer(90, os.killpg, (process.pid, signal.SIGKILL))
    watchdog.start()
    yield process
    if process.poll() is None:
        process.send_signal(signal.SIGINT)
        process.stdout.read()
        process.wait()
    watchdog.cancel()
    process.stdout.close()


def _read_address(process):
    for line in process.stdout:
        found = re.search(r"http://127\.0\.0\.1:\d+/lab\S*", line)
        if found:
            return found.group()
    raise AssertionError("it ended without an address")


def _of_this_lab(checkout):
    """Return all processes that work in the scratch copy."""
    found = []
    for process in psutil.process_iter():
        try:
            if str(checkout) in process.cwd() or str(checkout) in " ".join(process.cmdline()):
                found.append(process)
        except psutil.Error:
            continue
    return found


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM], ids=["ctrl-c", "terminate"])
def test_both_servers_answer_and_nothing_is_left(lab, checkout, sign):
    address = _read_address(lab)
    page = requests.get(address, timeout=10)
    assert page.ok
    assert "notebooks/00-meet-the-app.ipynb" in address
    server, token = address.split("/lab")[0], address.partition("token=")[2]
    kernel = requests.post(
        f"{server}/api/kernels",
        headers={"Authorization": f"token {token}"},
        json={"name": "python3"},
        timeout=10,
    )
    assert kernel.status_code == 201
    sandbox = running.find(checkout / ".workshop" / "sandbox")
    assert requests.get(f"{sandbox.url}/health", timeout=5).json()["sandbox"] is True

    os.kill(lab.pid, sign)
    assert "make lab` starts again" in lab.stdout.read()
    assert lab.wait(30) == 0
    assert _of_this_lab(checkout) == []


def test_without_the_token_nobody_gets_in(lab):
    address = _read_address(lab)
    answer = requests.get(address.partition("?")[0], timeout=10, allow_redirects=False)
    assert answer.status_code in (302, 403)
    kernels = requests.get(f"{address.split('/lab')[0]}/api/kernels", timeout=10)
    assert kernels.status_code == 403
