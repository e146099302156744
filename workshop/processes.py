"""Starts a Flask service as a real process, waits until it answers, and ends all of it."""

import atexit
import contextlib
import random
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import psutil

from workshop import process_tree
from workshop.errors import WorkshopError
from workshop.hurry import Hurry
from workshop.ignored import ignored_here_alone

START_DEADLINE = 20.0
STOP_DEADLINE = 6.0
MOST_OUTPUT = 200_000
LOCALHOST = "127.0.0.1"
SERVICE_PORTS = range(20_000, 32_000)
# Ports that were handed out a moment ago, and on which nobody listens yet: their UDP side is held,
# which tells other processes that choose a port, and is in no service's way.
MOST_HELD = 64
_held: deque[socket.socket] = deque()
_holding = threading.Lock()


class DidNotStartError(Exception):
    """A service ended, or stayed silent, instead of answering.

    Args:
        service: the service, with its output for whoever explains.
        reason: `ended` or `silent`.
    """

    def __init__(self, service: "Service", reason: str) -> None:
        super().__init__(f"{service.name} {reason}")
        self.service = service
        self.reason = reason


@dataclass
class Service:
    """One running process and what it says.

    Args:
        name: what messages call it.
        process: the process; it leads a process group of its own.
        port: the TCP port on which it should answer.
        log: the file that takes its output.
        own_port: it was not told its port, and opens one of its own choice.
        left_behind: once it was stopped: how many processes that it had started outlived it.
    """

    name: str
    process: subprocess.Popen[bytes]
    port: int
    log: Path
    own_port: bool = False
    left_behind: int = 0

    @property
    def url(self) -> str:
        """Where it answers, without a slash at the end."""
        return f"http://{LOCALHOST}:{self.port}"

    def output(self) -> str:
        """Return what it has printed so far; of very much, the end."""
        if not self.log.is_file():
            return ""
        with self.log.open("rb") as source:
            skipped = max(0, self.log.stat().st_size - MOST_OUTPUT)
            source.seek(skipped)
            text = _readable(source.read(MOST_OUTPUT).decode("utf-8", errors="replace"))
        part, _, rest = text.partition("\n")
        # What begins within a line would only puzzle, unless that line is most of it.
        return rest if skipped and len(part) < len(rest) else text


def _readable(text: str) -> str:
    """Return a text without colours and without what could move a terminal's cursor."""
    plain = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", text.replace("\r\n", "\n"))
    return "".join(
        sign if sign.isprintable() or sign in "\n\t" else "\N{REPLACEMENT CHARACTER}"
        for sign in plain
    )


def free_port() -> int:
    """Return a TCP port that nobody uses now, nor has been given a moment ago.

    It lies below those that a system hands out for outgoing connections (Linux from 32768, macOS
    from 49152), as one of these could take it before the service does.
    """
    while True:
        port = random.choice(SERVICE_PORTS)  # noqa: S311 - nothing secret hangs on it
        if _hold(port) and is_free(port):
            return port


def _hold(port: int) -> bool:
    """Hold the UDP side of a port for a while; tell whether nobody else did."""
    held = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    try:
        held.bind((LOCALHOST, port))
    except OSError:
        held.close()
        return False
    with _holding:
        _held.append(held)
        if len(_held) > MOST_HELD:
            _held.popleft().close()
    return True


@atexit.register
def _let_go() -> None:
    for held in _held:
        held.close()


def flask_words(module: str, port: int, python: str = sys.executable) -> list[str]:
    """Return the command that serves one Flask module, without debugger and reloader."""
    flask = [python, "-m", "flask", "--app", module]
    return [*flask, "run", "--port", str(port), "--no-debug", "--no-reload"]


def launch(
    name: str, words: list[str], port: int, folder: Path, env: Mapping[str, str], logs: Path
) -> Service:
    """Start one service in a process group of its own.

    Args:
        name: what messages call it; its output goes to `logs/<name>.log`.
        words: the command.
        port: the port on which it will answer; 0 where it chooses one itself.
        folder: its working directory.
        env: its whole environment.
        logs: the folder for its output, made if absent.

    Raises:
        WorkshopError: the command cannot be run.
    """
    logs.mkdir(parents=True, exist_ok=True)
    log = logs / f"{name}.log"
    with log.open("wb") as sink, ignored_here_alone():
        try:
            process = subprocess.Popen(
                words,
                cwd=folder,
                env=dict(env),
                stdin=subprocess.DEVNULL,
                stdout=sink,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        except OSError as error:
            raise WorkshopError(
                f"{words[0]} cannot be run: {error.strerror}.",
                "Name a command that serves the app, such as `flask --app app run --port {port}`.",
            ) from None
    return Service(name, process, port, log, own_port=not port)


def wait_until_listening(
    service: Service, seconds: float = START_DEADLINE, hurry: Hurry | None = None
) -> None:
    """Wait until a service accepts connections.

    Args:
        service: the service; where it chooses its port itself, `port` is set to it.
        seconds: how long it may take.
        hurry: ends the wait once it is set.

    Raises:
        DidNotStartError: it ended, or had not opened its port by the deadline.
    """
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and not (hurry and hurry.is_set()):
        if service.process.poll() is not None:
            raise DidNotStartError(service, "ended")
        if service.own_port:
            service.port = next(iter(listening_ports(service.process)), 0)
        with socket.socket() as probe:
            probe.settimeout(0.2)
            if service.port and probe.connect_ex((LOCALHOST, service.port)) == 0:
                return
        time.sleep(0.02)
    raise DidNotStartError(service, "silent")


def listening_ports(process: subprocess.Popen[bytes]) -> list[int]:
    """Return the TCP ports on which a process and what it started listen, lowest first."""
    ports: set[int] = set()
    for each in process_tree.members(process):
        with contextlib.suppress(psutil.Error, OSError):
            connections = each.net_connections("tcp")
            ports |= {one.laddr.port for one in connections if one.status == psutil.CONN_LISTEN}
    return sorted(ports)


def stop(
    service: Service,
    seconds: float = STOP_DEADLINE,
    politely: signal.Signals = signal.SIGINT,
) -> bool:
    """End a service and whatever it started.

    `flask run` flushes its SDKs on Ctrl-C (SIGINT) and loses what they hold on SIGTERM.

    Args:
        service: the service.
        seconds: how long it may take before it is killed.
        politely: the signal that asks it to end.

    Returns:
        Whether it ended by itself within the deadline.
    """
    willing, service.left_behind = process_tree.end(service.process, politely, seconds)
    return willing


def is_free(port: int) -> bool:
    """Tell whether a server could listen on this TCP port now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOCALHOST, port))
        except OSError:
            return False
    return True


def last_error(output: str) -> str:
    """Return the line that says why a Python program ended: the last line of its traceback."""
    lines = [line for line in output.splitlines() if line.strip()]
    errors = [
        line for line in lines if re.match(r"^[\w.]+(Error|Exception|Exit|Interrupt)\b", line)
    ]
    return (errors or lines or ["it printed nothing"])[-1].strip()
