"""What a client of the sandbox calls: find the one that runs, or start it."""

import contextlib
import http.client
import json
import os
import socket
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

import psutil

import workshop
from workshop.errors import WorkshopError
from workshop.sandbox import LOOPBACK, clients, state
from workshop.sandbox.ports import is_daemon_free, is_free
from workshop.sandbox.store import make_folder

READY_DEADLINE = 20.0
STOP_DEADLINE = 10.0
ANSWER_DEADLINE = 2.0
LOG_FILE = "sandbox.log"


@dataclass(frozen=True)
class Running:
    """A sandbox that runs.

    Args:
        url: its HTTP address, without a slash at the end.
        port: its HTTP port.
        daemon_port: the port of its X-Ray daemon, UDP and TCP.
        pid: its process.
        data_dir: where it keeps what arrives.
        doors: the HTTP address of each vendor's own port, which can be broken, by vendor.
    """

    url: str
    port: int
    daemon_port: int
    pid: int
    data_dir: Path
    doors: dict[str, str] = field(default_factory=dict, hash=False)


def find(data_dir: Path) -> Running | None:
    """Return the sandbox that runs with this data, or None.

    Args:
        data_dir: the folder that it was given.
    """
    said = state.read_state(data_dir)
    if said is None or not psutil.pid_exists(said.pid) or _ask_pid(said.port) != said.pid:
        return None
    return Running(said.url, said.port, said.daemon_port, said.pid, data_dir, said.doors)


def ensure(data_dir: Path, port: int = 4318, daemon_port: int = 2000) -> Running:
    """Return the sandbox that runs with this data; start it if there is none.

    One that is started here ends by itself once no process that called this is alive. Where a
    port is taken, a free one is used. Two callers at once start only one.

    Args:
        data_dir: where it keeps what arrives; made if absent.
        port: the HTTP port that it should have, if it has to be started.
        daemon_port: the port of its X-Ray daemon, UDP and TCP, likewise.

    Raises:
        WorkshopError: it ended at once, or was not ready by the deadline.
    """
    data_dir = data_dir.resolve()
    make_folder(data_dir)
    with state.hold_lock(data_dir, state.DECISION_LOCK, 2 * READY_DEADLINE) as held:
        if not held:
            raise WorkshopError(
                f"Another process has been starting the sandbox in {data_dir} for too long.",
                "Wait a moment, then run the same again.",
            )
        clients.register(data_dir)
        found = find(data_dir)
        if found is not None:
            return found
        free_port = port if is_free(port, socket.SOCK_STREAM) else 0
        free_daemon_port = daemon_port if is_daemon_free(daemon_port) else 0
        try:
            return _start(data_dir, free_port, free_daemon_port)
        except WorkshopError:
            if not (free_port or free_daemon_port):
                raise
            # Somebody else may have taken a port between the look and the start.
            return _start(data_dir, 0, 0)


def stop(running: Running) -> None:
    """End a sandbox, and return when it is gone; what it has kept stays."""
    said = state.read_state(running.data_dir)
    if said is None or said.pid != running.pid or not _is_held(running.data_dir):
        # It has ended already, and its process id may be another's by now.
        return
    with contextlib.suppress(psutil.NoSuchProcess):
        process = psutil.Process(running.pid)
        process.terminate()
        try:
            process.wait(STOP_DEADLINE)
        except psutil.TimeoutExpired:
            process.kill()
            process.wait(STOP_DEADLINE)


def stop_if_any(data_dir: Path) -> None:
    """End the sandbox that runs with this data, if there is one."""
    found = find(data_dir)
    if found is not None:
        stop(found)


def _start(data_dir: Path, port: int, daemon_port: int) -> Running:
    words = [sys.executable, "-m", "workshop", "sandbox", "--while-used"]
    words += ["--port", str(port), "--daemon-port", str(daemon_port), "--data", str(data_dir)]
    log = data_dir / LOG_FILE
    with log.open("wb") as sink:
        process = subprocess.Popen(
            words,
            # From where `-m workshop` is this very package, whatever the caller's folder.
            cwd=Path(workshop.__file__).parent.parent,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
            stdin=subprocess.DEVNULL,
            stdout=sink,
            stderr=subprocess.STDOUT,
            # Ctrl-C in the caller's terminal is not meant for the sandbox.
            start_new_session=True,
        )
    # It may outlive us; until then somebody has to take note of its end.
    threading.Thread(target=process.wait, name="sandbox-process", daemon=True).start()
    deadline = time.monotonic() + READY_DEADLINE
    while time.monotonic() < deadline:
        found = find(data_dir)
        if found is not None:
            return found
        if process.poll() is not None and not _is_held(data_dir):
            said = log.read_text("utf-8", errors="replace").strip()
            raise WorkshopError(f"The sandbox did not start:\n{said}", f"Its log: {log}")
        time.sleep(0.02)
    process.kill()
    raise WorkshopError(f"The sandbox was not ready after {READY_DEADLINE:g} s.", f"Its log: {log}")


def _is_held(data_dir: Path) -> bool:
    """Tell whether some sandbox has this data: ready, not yet ready, or too busy to answer."""
    with state.hold_lock(data_dir, state.LIFE_LOCK) as was_free:
        return not was_free


def _ask_pid(port: int) -> int | None:
    """Return the process that answers on a port, if it is a sandbox."""
    # Not `requests`: a proxy in the environment must not be asked for this machine.
    connection = http.client.HTTPConnection(LOOPBACK, port, timeout=ANSWER_DEADLINE)
    try:
        connection.request("GET", "/health")
        answer = json.loads(connection.getresponse().read())
        return int(answer["pid"]) if answer["sandbox"] is True else None
    except (OSError, http.client.HTTPException, ValueError, KeyError, TypeError):
        return None
    finally:
        connection.close()
