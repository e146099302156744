"""Ends a process with all that it has started, also what has left its tree."""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Iterable

import psutil

from workshop.hurry import Hurry

# The environment variable by which all that one caller has started can be found.
MARK = "WORKSHOP_RUN"
CHILDREN_DEADLINE = 1.0
KILL_ROUNDS = 20


def end(
    process: subprocess.Popen[bytes],
    politely: signal.Signals,
    seconds: float,
    mark: str = "",
    hurry: Hurry | None = None,
) -> tuple[bool, int]:
    """End a process that leads its own group, and all that it started: asked first, then by force.

    Args:
        process: the leader, started with `start_new_session`.
        politely: the signal that asks it to end.
        seconds: how long it may take.
        mark: the value of `MARK` in its environment; finds also what has left its tree.
        hurry: once it is set, nothing is asked any more.

    Returns:
        Whether it ended by itself within the deadline, and how many of its children did not.
    """
    # What it started may have left its group; it can be found only while its parent lives.
    started = members(process)
    willing = True
    if process.poll() is None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, politely)
        willing = wait(process, seconds, hurry)
    started |= marked(mark)
    # Children that were asked together with their parent may take a moment longer.
    patience = CHILDREN_DEADLINE if willing and not (hurry and hurry.is_set()) else 0
    left_behind = len(_still_alive(started, patience)) if willing else 0
    kill(process, mark, started)
    process.wait()
    return willing, left_behind


def members(process: subprocess.Popen[bytes]) -> set[psutil.Process]:
    """Return a process and all that it has started, as far as its tree tells."""
    if process.returncode is not None:
        # Its number may be another process's by now.
        return set()
    try:
        leader = psutil.Process(process.pid)
        return {leader, *leader.children(recursive=True)}
    except psutil.Error:
        return set()


def kill(
    process: subprocess.Popen[bytes], mark: str = "", known: Iterable[psutil.Process] = ()
) -> None:
    """Kill a process that leads its own group, and all that it started.

    Args:
        process: the leader.
        mark: the value of `MARK` in its environment.
        known: more processes that belong to it.
    """
    victims = {*members(process), *known}
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    _kill_each(victims)
    kill_marked(mark)


def kill_marked(mark: str) -> None:
    """Kill every process that carries a mark, and those that they start meanwhile."""
    for _ in range(KILL_ROUNDS):
        victims = marked(mark)
        if not victims:
            return
        _kill_each(victims)
        _still_alive(victims, CHILDREN_DEADLINE)


def marked(mark: str) -> set[psutil.Process]:
    """Return the living processes whose environment holds `MARK` with this value.

    The environment is inherited, so that a process which has left its parent, its group and its
    session can still be told from others.

    Args:
        mark: the value, or its part before a slash; an empty one is carried by none.
    """
    if not mark:
        return set()
    return {each for each in psutil.process_iter() if _carries(each, mark)}


def _carries(process: psutil.Process, mark: str) -> bool:
    try:
        carried = process.environ().get(MARK, "")
        return f"{carried}/".startswith(f"{mark}/") and _is_alive(process)
    except (psutil.Error, OSError):
        return False


def wait(process: subprocess.Popen[bytes], seconds: float, hurry: Hurry | None = None) -> bool:
    """Wait for a process to end; tell whether it did.

    Args:
        process: the process.
        seconds: how long it may take.
        hurry: ends the wait once it is set.
    """
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and not (hurry and hurry.is_set()):
        if process.poll() is not None:
            return True
        time.sleep(0.01)
    return process.poll() is not None


def _still_alive(processes: Iterable[psutil.Process], seconds: float) -> list[psutil.Process]:
    """Return those that have not ended by the deadline."""
    deadline = time.monotonic() + seconds
    while True:
        alive = [each for each in processes if _is_alive(each)]
        if not alive or time.monotonic() >= deadline:
            return alive
        time.sleep(0.01)


def _is_alive(process: psutil.Process) -> bool:
    """Tell whether a process can still do anything: one that only waits to be reaped cannot."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False


def _kill_each(processes: Iterable[psutil.Process]) -> None:
    for each in processes:
        with contextlib.suppress(psutil.Error):
            each.kill()
