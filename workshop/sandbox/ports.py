"""Opens the sandbox's sockets, on this machine only, and says who holds a port that is taken."""

import contextlib
import random
import socket
from collections.abc import Callable
from typing import TypeVar

import psutil

from workshop.errors import WorkshopError, command
from workshop.sandbox import LOOPBACK
from workshop.sandbox.hosts import listen_address

T = TypeVar("T")

HTTP_OPTION = "--port"
DAEMON_OPTION = "--daemon-port"
# How many numbers are tried until one is free on both sides.
PAIR_ATTEMPTS = 50
# Below those that a system hands out for outgoing connections (Linux from 32768, macOS from 49152),
# and apart from those that apps are started on.
STEADY = range(12_000, 20_000)


def bind_http(port: int) -> socket.socket:
    """Return a TCP socket on loopback, bound and not yet listening.

    Args:
        port: the port; 0 for any that is free.

    Raises:
        WorkshopError: the port is taken, or may not be used.
    """
    return _bind(_open_tcp(), port, HTTP_OPTION)


def bind_daemon(port: int) -> tuple[socket.socket, socket.socket]:
    """Return a UDP socket and a TCP socket on loopback, both on the same number.

    An SDK is told one address for both. Arguments and errors are those of `bind_http`.
    """
    if port == 0:
        # The number that the system picks for one may be taken for the other; the next may not.
        for _ in range(PAIR_ATTEMPTS - 1):
            with contextlib.suppress(WorkshopError):
                return _bind_pair(0)
    return _bind_pair(port)


def bind_steady(bind: Callable[[int], T], wanted: int = 0) -> T:
    """Bind a port that can be let go of and taken again, as one that is broken on purpose is.

    A port of those that the system hands out could be taken meanwhile by an outgoing connection,
    even by one to itself.

    Args:
        bind: `bind_http` or `bind_daemon`.
        wanted: the port to take if it is free; 0 for any.
    """
    tried = [wanted] if wanted else []
    tried += random.sample(STEADY, PAIR_ATTEMPTS)
    for port in tried[:-1]:
        with contextlib.suppress(WorkshopError):
            return bind(port)
    return bind(tried[-1])


def bind_udp_again(port: int) -> socket.socket:
    """Return a UDP socket where one of ours has been; errors as `bind_daemon`."""
    return _bind(socket.socket(socket.AF_INET, socket.SOCK_DGRAM), port, DAEMON_OPTION)


def reserve(port: int) -> socket.socket:
    """Keep a TCP port without listening: who connects is refused, and nobody else can take it."""
    kept = _open_tcp()
    kept.bind((listen_address(), port))
    return kept


def reserve_udp(port: int) -> socket.socket:
    """Keep a UDP port that takes nothing: what is sent there is answered 'port unreachable'."""
    kept = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    kept.bind((listen_address(), port))
    # A socket with a peer takes datagrams of that peer alone, and this one is its own.
    kept.connect((LOOPBACK, port))
    return kept


def is_daemon_free(port: int) -> bool:
    """Tell whether nobody holds a port on loopback, neither UDP nor TCP."""
    return is_free(port, socket.SOCK_DGRAM) and is_free(port, socket.SOCK_STREAM)


def is_free(port: int, kind: socket.SocketKind) -> bool:
    """Tell whether nobody holds a port on loopback.

    Args:
        port: the port.
        kind: `SOCK_STREAM` for TCP, `SOCK_DGRAM` for UDP.
    """
    with socket.socket(socket.AF_INET, kind) as probe:
        if kind == socket.SOCK_STREAM:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
            if kind == socket.SOCK_STREAM:
                probe.listen()
        except OSError:
            return False
    return True


def _bind_pair(port: int) -> tuple[socket.socket, socket.socket]:
    tcp = _bind(_open_tcp(), port, DAEMON_OPTION)
    udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    try:
        return _bind(udp, tcp.getsockname()[1], DAEMON_OPTION), tcp
    except WorkshopError:
        tcp.close()
        raise


def _open_tcp() -> socket.socket:
    opened = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    # A port that was ours a moment ago may be used again at once.
    opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    return opened


def _bind(opened: socket.socket, port: int, option: str) -> socket.socket:
    try:
        opened.bind((listen_address(), port))
        if opened.type == socket.SOCK_STREAM:
            # Binding alone does not tell: only one may listen.
            opened.listen()
    except (OSError, OverflowError) as error:
        opened.close()
        holder = _find_holder(port, opened.type)
        why = f"is taken by {holder}" if holder else f"cannot be used: {error}"
        free = command(f"sandbox {option} 0")
        raise WorkshopError(
            f"Port {port} {why}.",
            f"End what holds it, or let the sandbox pick a free port: `{free}`",
        ) from None
    return opened


def _find_holder(port: int, kind: int) -> str:
    """Return which process holds a port, as far as this user may know."""
    name = "tcp" if kind == socket.SOCK_STREAM else "udp"
    # One process after the other: some systems refuse to tell of all at once.
    for process in psutil.process_iter():
        try:
            # Any state counts: an outgoing connection holds its own end's number as well.
            if any(opened.laddr.port == port for opened in process.net_connections(name)):
                return f"process {process.pid} ({' '.join(process.cmdline())[:80]})"
        except psutil.Error:
            continue
    return ""
