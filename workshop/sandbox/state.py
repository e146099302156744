"""The file in which a sandbox says where it listens, and the locks around it."""

import contextlib
import fcntl
import json
import os
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path

STATE_FILE = "sandbox.json"
# Held by a sandbox while it lives; the system lets go of it even after `kill -9`.
LIFE_LOCK = "sandbox.lock"
# Held by whoever decides whether a sandbox has to be started, or may end.
DECISION_LOCK = "start.lock"


@dataclass(frozen=True)
class State:
    """Where a sandbox listens.

    Args:
        pid: its process.
        url: its HTTP address, without a slash at the end.
        port: its TCP port.
        daemon_port: the port of its X-Ray daemon, UDP and TCP.
        started_ns: when it was ready, in nanoseconds since 1970.
        doors: the HTTP address of each vendor's own port, by vendor.
    """

    pid: int
    url: str
    port: int
    daemon_port: int
    started_ns: int
    doors: dict[str, str] = field(default_factory=dict)


def write_state(data_dir: Path, state: State) -> None:
    """Write the file, whole or not at all."""
    scratch = data_dir / f"{STATE_FILE}.{state.pid}"
    scratch.write_text(json.dumps(asdict(state)), "utf-8")
    scratch.replace(data_dir / STATE_FILE)


def read_state(data_dir: Path) -> State | None:
    """Return what the file says, or None where there is none that can be read."""
    try:
        return State(**json.loads((data_dir / STATE_FILE).read_text("utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def remove_state(data_dir: Path) -> None:
    """Remove the file, if it is there."""
    (data_dir / STATE_FILE).unlink(missing_ok=True)


@contextlib.contextmanager
def hold_lock(data_dir: Path, name: str, seconds: float = 0.0) -> Iterator[bool]:
    """Hold one of the two locks, if it can be had in time.

    Args:
        data_dir: the sandbox's folder.
        name: `LIFE_LOCK` or `DECISION_LOCK`.
        seconds: how long to wait for it.

    Yields:
        Whether it is held.
    """
    deadline = time.monotonic() + seconds
    descriptor = os.open(data_dir / name, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        held = _try_lock(descriptor)
        while not held and time.monotonic() < deadline:
            time.sleep(0.02)
            held = _try_lock(descriptor)
        yield held
    finally:
        os.close(descriptor)


def _try_lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
