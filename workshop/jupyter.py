"""Starts the sandbox and JupyterLab together, and ends both together."""

import os
import secrets
import signal
import subprocess
import sys
import time
import webbrowser
from pathlib import Path

import requests

from workshop import place, process_tree, processes
from workshop.errors import WorkshopError
from workshop.sandbox import running

READY_DEADLINE = 60.0
STOP_DEADLINE = 10.0
FIRST_PAGE = "lab/tree/notebooks/00-meet-the-app.ipynb"


def serve(port: int, open_browser: bool) -> None:
    """Run the sandbox and JupyterLab until Ctrl-C.

    Args:
        port: JupyterLab's port; where it is taken, or 0, a free one is used and named.
        open_browser: whether to open the first notebook; its address is printed in any case.

    Raises:
        WorkshopError: JupyterLab ended, or did not answer by the deadline.
    """
    # A closed terminal and a container that is stopped end it as Ctrl-C does.
    for sign in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(sign, _as_interrupt)
    sandbox: running.Running | None = None
    jupyter: subprocess.Popen[bytes] | None = None
    began = time.monotonic()
    try:
        print("lab: starting the sandbox", flush=True)
        sandbox = running.ensure(place.state() / "sandbox")
        print(f"lab: the sandbox is at {sandbox.url}", flush=True)
        print("lab: starting JupyterLab", flush=True)
        token = secrets.token_urlsafe(24)
        port = _usable(port)
        log = place.state() / "jupyter.log"
        jupyter = _start(port, token, log)
        _wait_until_ready(jupyter, port, token, log)
        address = f"http://127.0.0.1:{port}/{FIRST_PAGE}?token={token}"
        print(f"lab: ready after {time.monotonic() - began:.1f} s. Ctrl-C ends everything.\n")
        print(f"    {address}\n", flush=True)
        if open_browser:
            webbrowser.open(address)
        if jupyter.wait():
            raise WorkshopError("JupyterLab ended with an error.", f"Its log: {log}")
    except KeyboardInterrupt:
        print("\nlab: stopping", flush=True)
    finally:
        # A second Ctrl-C must not leave half of it running.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        if jupyter is not None:
            process_tree.end(jupyter, signal.SIGTERM, STOP_DEADLINE)
        if sandbox is not None:
            running.stop(sandbox)
    print("lab: stopped; your work is in app/ and notebooks/, `make lab` starts again")


def _as_interrupt(_signal: int, _frame: object) -> None:
    raise KeyboardInterrupt


def _usable(port: int) -> int:
    """Return the port, or a free one where it is taken, and say so."""
    if port and processes.is_free(port):
        return port
    other = processes.free_port()
    if port:
        print(f"lab: port {port} is taken, so JupyterLab uses {other}", flush=True)
    return other


def _start(port: int, token: str, log: Path) -> subprocess.Popen[bytes]:
    env = {
        **os.environ,
        # By variable, not by argument: arguments can be read by every user of the machine.
        "JUPYTER_TOKEN": token,
        "JUPYTER_PREFER_ENV_PATH": "1",
        # What a learner types in JupyterLab's terminal is what the course prints.
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}",
    }
    env.pop("PYTHONDONTWRITEBYTECODE", None)
    words = [sys.executable, "-m", "jupyterlab", "--no-browser"]
    settings = {
        "ServerApp.ip": processes.LOCALHOST,
        "ServerApp.port": port,
        "ServerApp.port_retries": 0,
        "ServerApp.root_dir": place.root(),
        "ServerApp.allow_root": True,
        # The course needs no network, so JupyterLab does not ask for news or for updates.
        "LabApp.news_url": None,
        "LabApp.check_for_updates_class": "jupyterlab.NeverCheckForUpdate",
    }
    words += [f"--{name}={value}" for name, value in settings.items()]
    with log.open("wb") as sink:
        return subprocess.Popen(
            words,
            cwd=place.root(),
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=sink,
            stderr=subprocess.STDOUT,
            # Ctrl-C in the terminal is ours to handle: JupyterLab would ask a question.
            start_new_session=True,
        )


def _wait_until_ready(jupyter: subprocess.Popen[bytes], port: int, token: str, log: Path) -> None:
    deadline = time.monotonic() + READY_DEADLINE
    headers = {"Authorization": f"token {token}"}
    while time.monotonic() < deadline:
        if jupyter.poll() is not None:
            last = processes.last_error(log.read_text("utf-8", errors="replace"))
            raise WorkshopError(f"JupyterLab ended at once: {last}", f"Its log: {log}")
        try:
            url = f"http://127.0.0.1:{port}/api/status"
            if requests.get(url, headers=headers, timeout=1).ok:
                return
        except requests.RequestException:
            time.sleep(0.1)
    raise WorkshopError(f"JupyterLab is silent after {READY_DEADLINE:g} s.", f"Its log: {log}")
