"""Makes the doors of one sandbox."""

import socket
from contextlib import ExitStack
from typing import TYPE_CHECKING

from flask import Flask

from workshop.sandbox.faults import answers
from workshop.sandbox.faults.daemon_door import DaemonDoor
from workshop.sandbox.faults.door import Door
from workshop.sandbox.faults.doors import Doors
from workshop.sandbox.faults.modes import CLOUDWATCH, HONEYCOMB, ROLLBAR, XRAY
from workshop.sandbox.ports import bind_http, bind_steady
from workshop.sandbox.store import Store
from workshop.sandbox.xray.daemon import Daemon
from workshop.sandbox.xray.daemon_proxy import create_proxy
from workshop.sandbox.xray.segments import store_documents

if TYPE_CHECKING:
    from workshop.sandbox.xray.forward import Forwarder

# Theirs are the ports that follow the sandbox's own, where these are free.
IN_ORDER = (HONEYCOMB, CLOUDWATCH, ROLLBAR, XRAY)


def make_doors(
    store: Store,
    app: Flask,
    port: int,
    daemon_sockets: tuple[socket.socket, socket.socket],
    forwarder: "Forwarder | None" = None,
) -> Doors:
    """Return doors that are still to be started.

    Args:
        store: the sandbox's data.
        app: its web app.
        port: its own HTTP port; 0 where that was for the system to choose.
        daemon_sockets: UDP and TCP, for X-Ray's daemon.
        forwarder: where the daemon passes on all that it is sent; None keeps it here.

    Raises:
        WorkshopError: no port is free.
    """
    udp, tcp = daemon_sockets
    proxy = create_proxy(store, forwarder.pass_on if forwarder else None)
    doors = [_make_door(store, XRAY, proxy, tcp)]
    with ExitStack() as opened:
        for place, vendor in enumerate(IN_ORDER, start=1):
            listener = opened.enter_context(bind_steady(bind_http, port + place if port else 0))
            doors.append(_make_door(store, vendor, app, listener))
        opened.pop_all()
    daemon = DaemonDoor(
        lambda listener, deliver: Daemon(store, listener, deliver=deliver),
        forwarder.send_documents if forwarder else lambda each: store_documents(store, each),
        udp,
    )
    return Doors(doors, daemon)


def _make_door(store: Store, vendor: str, app: Flask, listener: socket.socket) -> Door:
    return Door(vendor, app, lambda mode: answers.create_app(store, vendor, mode), listener)
