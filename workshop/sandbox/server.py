"""Runs a sandbox: in this process for a test or a check, or as a program until Ctrl-C."""

import contextlib
import functools
import os
import select
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

from flask import Flask

from workshop.errors import WorkshopError, command
from workshop.sandbox import LOOPBACK, clients, running, state
from workshop.sandbox.faults import control, making, told
from workshop.sandbox.faults.daemon_door import DaemonDoor
from workshop.sandbox.faults.doors import Doors
from workshop.sandbox.faults.modes import Fault
from workshop.sandbox.http_server import HttpServer
from workshop.sandbox.indexer import Indexer
from workshop.sandbox.ports import bind_daemon, bind_http, bind_steady
from workshop.sandbox.state import State
from workshop.sandbox.store import Reader, Store, make_folder
from workshop.sandbox.web import create_app
from workshop.sandbox.xray.daemon import IDLE, Daemon
from workshop.sandbox.xray.daemon_proxy import create_proxy
from workshop.sandbox.xray.search.settings import switch_on

if TYPE_CHECKING:
    from workshop.sandbox.xray.forward import Forwarder

# How long a sandbox that ends when unused waits for its first client, in seconds.
GRACE = 10.0
LOOK_INTERVAL = 0.5


class Sandbox:
    """A sandbox that runs in this process; made by `running_sandbox`.

    Args:
        data_dir: where it keeps what arrives.
        store: the data, open for writing.
        port: its HTTP port.
        daemon_port: the port of its X-Ray daemon, UDP and TCP.
        daemon: the daemon's UDP side.
        doors: each vendor's own port, which can be broken; None where there are none.
    """

    def __init__(
        self,
        data_dir: Path,
        store: Store,
        port: int,
        daemon_port: int,
        daemon: Daemon | DaemonDoor,
        doors: Doors | None = None,
    ) -> None:
        self.data_dir = data_dir
        self.store = store
        self.port = port
        self.daemon_port = daemon_port
        self._daemon = daemon
        self._doors = doors

    @property
    def url(self) -> str:
        """Its HTTP address, without a slash at the end."""
        return f"http://{LOOPBACK}:{self.port}"

    @property
    def doors(self) -> Doors:
        """Each vendor's own port, which can be broken.

        Raises:
            RuntimeError: it was made without.
        """
        if self._doors is None:
            raise RuntimeError("this sandbox was made without doors")
        return self._doors

    def end_daemon(self) -> None:
        """End the daemon's UDP side: all segments that have come are kept when this returns."""
        self._daemon.stop()

    def reader(self) -> contextlib.AbstractContextManager[Reader]:
        """Open its data for reading, as `open_reader` does."""
        return self.store.reader()


@contextlib.contextmanager
def running_sandbox(
    data_dir: Path,
    port: int = 0,
    daemon_port: int = 0,
    forwarder: "Forwarder | None" = None,
    rollbar_limit: int | None = None,
    *,
    with_doors: bool = False,
    searching: bool = False,
    daemon_idle: float = IDLE,
) -> Iterator[Sandbox]:
    """Run a sandbox in threads of this process, for as long as the `with` lasts.

    Args:
        data_dir: where it keeps what arrives; made if absent.
        port: its HTTP port; 0 for any that is free.
        daemon_port: the port of its X-Ray daemon, UDP and TCP; 0 for any that is free.
        forwarder: where its daemon passes on all that it is sent; None keeps it here.
        rollbar_limit: how many items a minute a token may post to its Rollbar; None for what the
            environment says.
        with_doors: whether each vendor has a port of its own beside, which can be broken.
        searching: switch X-Ray's Transaction Search on, which its OTLP endpoint asks for, and have
            every trace indexed.
        daemon_idle: how long its daemon waits for more segments before it keeps a few, in seconds;
            with doors it is the real daemon's.

    Raises:
        WorkshopError: a port is taken, another sandbox has this folder, or the folder cannot
            be used.
    """
    with contextlib.ExitStack() as stack:
        make_folder(data_dir)
        if not stack.enter_context(state.hold_lock(data_dir, state.LIFE_LOCK)):
            raise _already_running(data_dir)
        store = Store(data_dir)
        stack.callback(store.close)
        if searching:
            switch_on(store)
        # Left by one that was killed: whoever reads it now would ask a dead port.
        state.remove_state(data_dir)
        http_socket = stack.enter_context(bind_http(port))
        app = create_app(store, rollbar_limit)
        open_behind = (
            _open_doors if with_doors else functools.partial(_open_daemon, idle=daemon_idle)
        )
        daemon, doors, own_daemon_port = open_behind(
            stack, store, app, http_socket.getsockname()[1] if port else 0, daemon_port, forwarder
        )
        sandbox = Sandbox(
            data_dir, store, http_socket.getsockname()[1], own_daemon_port, daemon, doors
        )
        indexer = Indexer(store)
        indexer.start()
        stack.callback(indexer.stop)
        http = HttpServer(app, http_socket)
        http.start()
        stack.callback(http.stop)
        state.write_state(
            data_dir,
            State(
                os.getpid(),
                sandbox.url,
                sandbox.port,
                sandbox.daemon_port,
                time.time_ns(),
                doors.urls if doors else {},
            ),
        )
        stack.callback(state.remove_state, data_dir)
        yield sandbox


def _open_daemon(
    stack: contextlib.ExitStack,
    store: Store,
    _app: Flask,
    _port: int,
    daemon_port: int,
    forwarder: "Forwarder | None",
    idle: float,
) -> tuple[Daemon, None, int]:
    """Run X-Ray's daemon; the other vendors are spoken to at the sandbox's own port."""
    udp, tcp = map(stack.enter_context, bind_daemon(daemon_port))
    number = udp.getsockname()[1]
    daemon = Daemon(store, udp, idle, deliver=forwarder.send_documents if forwarder else None)
    daemon.start()
    stack.callback(daemon.stop)
    proxy = HttpServer(create_proxy(store, forwarder.pass_on if forwarder else None), tcp)
    proxy.start()
    stack.callback(proxy.stop)
    return daemon, None, number


def _open_doors(
    stack: contextlib.ExitStack,
    store: Store,
    app: Flask,
    port: int,
    daemon_port: int,
    forwarder: "Forwarder | None",
) -> tuple[DaemonDoor, Doors, int]:
    """Give each vendor a port of its own, X-Ray's daemon among them."""
    if daemon_port:
        udp, tcp = bind_daemon(daemon_port)
    else:
        udp, tcp = bind_steady(bind_daemon)
    number = udp.getsockname()[1]
    sockets = (stack.enter_context(udp), stack.enter_context(tcp))
    doors = making.make_doors(store, app, port, sockets, forwarder)
    stack.callback(doors.stop)
    app.register_blueprint(control.create_blueprint(doors))
    told.let_know(app, lambda: doors.faults)
    doors.start()
    return doors.daemon, doors, number


def serve(
    port: int = 4318,
    daemon_port: int = 2000,
    *,
    data: Path,
    while_used: bool = False,
    forwarder: "Forwarder | None" = None,
    searching: bool = False,
) -> None:
    """Run a sandbox until Ctrl-C or SIGTERM.

    Args:
        port: its HTTP port; 0 for any that is free.
        daemon_port: the port of its X-Ray daemon, UDP and TCP; 0 for any that is free.
        data: where it keeps what arrives; made if absent.
        while_used: end, too, when no process that `clients.register` noted is alive.
        forwarder: as `running_sandbox`.
        searching: as `running_sandbox`.

    Raises:
        WorkshopError: as `running_sandbox`.
    """
    with (
        _wake_on_signals() as wake,
        running_sandbox(
            data, port, daemon_port, forwarder, with_doors=True, searching=searching
        ) as sandbox,
    ):
        print(f"sandbox: Honeycomb's traces  {sandbox.url}/v1/traces  key: sandbox")
        print(f"sandbox: X-Ray's daemon      {LOOPBACK}:{sandbox.daemon_port}/udp and tcp")
        if forwarder:
            print(f"sandbox: what it is sent     goes on to {forwarder.url}, and is not kept here")
        print(f"sandbox: AWS's API           {sandbox.url}  key and secret: sandbox")
        print(f"sandbox: Rollbar's items     {sandbox.url}/api/1/  token: sandbox")
        print(f"sandbox: what arrived        {sandbox.url}/")
        print("sandbox: Ctrl-C ends it; what arrived is kept", flush=True)
        sandbox.doors.on_change = _say_faults
        began = time.monotonic()
        was_used = False
        while True:
            if while_used:
                was_used = was_used or clients.any_alive(data)
                is_past_grace = was_used or time.monotonic() > began + GRACE
                if is_past_grace and _is_unused(data):
                    break
            if select.select([wake], [], [], LOOK_INTERVAL)[0]:
                break
    print("sandbox: stopped", flush=True)


def _say_faults(faults: list[Fault]) -> None:
    if faults:
        names = ", ".join(map(str, faults))
        print(f"sandbox: broken on purpose   {names}; `{command('mend')}` undoes it", flush=True)
    else:
        print("sandbox: nothing is broken any more", flush=True)


def _is_unused(data_dir: Path) -> bool:
    """Tell whether nobody uses the sandbox; if so, nobody can find it from now on."""
    with state.hold_lock(data_dir, state.DECISION_LOCK) as held:
        if not held or clients.any_alive(data_dir):
            return False
        state.remove_state(data_dir)
        return True


@contextlib.contextmanager
def _wake_on_signals() -> Iterator[int]:
    """Give a descriptor that can be read once Ctrl-C or SIGTERM has come."""
    reading, writing = os.pipe()

    def wake(_number: int, _frame: FrameType | None) -> None:
        os.write(writing, b".")

    before = {number: signal.signal(number, wake) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield reading
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        os.close(reading)
        os.close(writing)


def _already_running(data_dir: Path) -> WorkshopError:
    found = running.find(data_dir)
    where = f" at {found.url} (process {found.pid})" if found else ""
    return WorkshopError(
        f"A sandbox already runs{where}, with its data in {data_dir}.",
        "Use that one, or give this one another folder with --data.",
    )
