"""Runs what takes telemetry in, each as a program of its own: the sandbox, and its peers."""

import contextlib
import http.client
import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from bench import environments
from workshop.processes import free_port
from workshop.sandbox import running

DEADLINE = 60.0
PHOENIX_DEADLINE = 600.0


@dataclass(frozen=True)
class Server:
    """One that runs.

    Args:
        url: where it is.
        pid: its process.
        folder: where it may keep things.
    """

    url: str
    pid: int
    folder: Path


@dataclass(frozen=True)
class Kind:
    """One that can be run.

    Args:
        run: runs it, while a `with` lasts, with a folder of its own.
        share: which part of what the others are sent it is sent: the slow ones get less.
        wait: waits until it has kept as many as are told, where its answer does not say so.
    """

    run: Callable[[Path], contextlib.AbstractContextManager[Server]]
    share: float = 1.0
    wait: Callable[[Server, int], None] = lambda _server, _count: None


@contextlib.contextmanager
def run_sandbox(folder: Path) -> Iterator[Server]:
    """Run the sandbox."""
    words = [sys.executable, "-m", "workshop", "sandbox", "--port", "0", "--daemon-port", "0"]
    with _ended(
        subprocess.Popen([*words, "--data", str(folder)], stdout=subprocess.DEVNULL)
    ) as pid:
        deadline = time.monotonic() + DEADLINE
        while (found := running.find(folder)) is None:
            if time.monotonic() > deadline:
                raise RuntimeError("the sandbox did not start")
            time.sleep(0.02)
        yield Server(found.url, pid, folder)


@contextlib.contextmanager
def run_straightforward(folder: Path) -> Iterator[Server]:
    """Run the straightforward way."""
    program = str(Path(__file__).with_name("straightforward.py"))
    process = subprocess.Popen(
        [sys.executable, program, str(folder / "spans.db")], stdout=subprocess.PIPE, text=True
    )
    with _ended(process) as pid:
        assert process.stdout is not None  # noqa: S101
        yield Server(f"http://127.0.0.1:{int(process.stdout.readline())}", pid, folder)


def find_peers(names: tuple[str, ...], absent: list[str]) -> dict[str, Kind]:
    """Install peers, each in an environment of its own.

    Args:
        names: some of `PEERS`.
        absent: who cannot be installed is added, with the reason.
    """
    found = {}
    for name in names:
        try:
            found[name] = PEERS[name](environments.make(name).parent)
        except environments.CannotInstallError as error:
            absent.append(str(error))
    return found


def _moto(programs: Path) -> Kind:
    return Kind(
        lambda folder: _running(
            folder, lambda port: [str(programs / "moto_server"), "-H", "127.0.0.1", "-p", f"{port}"]
        )
    )


def _ministack(programs: Path) -> Kind:
    return Kind(
        lambda folder: _running(
            folder,
            lambda _port: [str(programs / "ministack")],
            lambda port: {"GATEWAY_PORT": f"{port}", "MINISTACK_HOST": "127.0.0.1"},
        )
    )


def _oteltap(programs: Path) -> Kind:
    return Kind(
        lambda folder: _running(
            folder, lambda port: [str(programs / "python"), "-m", "oteltap", "--port", f"{port}"]
        )
    )


def _phoenix(programs: Path) -> Kind:
    """Arize's: it acknowledges what it keeps later, so that what it has kept is looked up."""

    def variables(port: int) -> dict[str, str]:
        return {
            "PHOENIX_PORT": f"{port}",
            "PHOENIX_GRPC_PORT": f"{free_port()}",
            "PHOENIX_HOST": "127.0.0.1",
            "PHOENIX_TELEMETRY_ENABLED": "false",
        }

    def run(folder: Path) -> contextlib.AbstractContextManager[Server]:
        return _running(
            folder,
            lambda _port: [str(programs / "phoenix"), "serve"],
            lambda port: variables(port) | {"PHOENIX_WORKING_DIR": str(folder)},
        )

    def wait(server: Server, count: int) -> None:
        deadline = time.monotonic() + PHOENIX_DEADLINE
        file = f"{(server.folder / 'phoenix.db').as_uri()}?mode=ro"
        with contextlib.closing(sqlite3.connect(file, uri=True)) as connection:
            while connection.execute("SELECT count(*) FROM spans").fetchone()[0] < count:
                if time.monotonic() > deadline:
                    raise RuntimeError("Phoenix did not keep what it acknowledged")
                time.sleep(0.05)

    return Kind(run, share=1 / 50, wait=wait)


PEERS: dict[str, Callable[[Path], Kind]] = {
    "moto": _moto,
    "ministack": _ministack,
    "oteltap": _oteltap,
    "phoenix": _phoenix,
}


@contextlib.contextmanager
def _running(
    folder: Path,
    command: Callable[[int], list[str]],
    variables: Callable[[int], Mapping[str, str]] = lambda _port: {},
) -> Iterator[Server]:
    port = free_port()
    quiet = subprocess.DEVNULL
    process: subprocess.Popen[Any] = subprocess.Popen(
        command(port), stdout=quiet, stderr=quiet, env={**os.environ, **variables(port)}, cwd=folder
    )
    with _ended(process) as pid:
        url = f"http://127.0.0.1:{port}"
        deadline = time.monotonic() + DEADLINE
        while not _answers(url):
            if time.monotonic() > deadline or process.poll() is not None:
                raise RuntimeError(f"{command(port)[0]} did not start")
            time.sleep(0.05)
        yield Server(url, pid, folder)


def _answers(url: str) -> bool:
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=DEADLINE)
    try:
        connection.request("GET", "/")
        connection.getresponse().read()
    except OSError:
        return False
    finally:
        connection.close()
    return True


@contextlib.contextmanager
def _ended(process: "subprocess.Popen[Any]") -> Iterator[int]:
    try:
        yield process.pid
    finally:
        process.kill()
        process.communicate()
