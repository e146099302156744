"""The daemon has one number for UDP and TCP, on loopback, and names who holds it."""

import os
import socket

import psutil
import pytest

from workshop.errors import WorkshopError
from workshop.sandbox import ports, running
from workshop.sandbox.ports import bind_daemon, bind_http, bind_steady, is_daemon_free
from workshop.sandbox.server import running_sandbox


def test_one_number_serves_both_on_loopback_only(sandbox):
    kinds = {socket.SOCK_DGRAM, socket.SOCK_STREAM}
    mine = psutil.Process().net_connections("inet")
    bound = [each for each in mine if each.laddr.port == sandbox.daemon_port and not each.raddr]
    assert {each.type for each in bound} == kinds
    assert {each.laddr.ip for each in bound} == {"127.0.0.1"}


@pytest.mark.parametrize("kind", [socket.SOCK_DGRAM, socket.SOCK_STREAM])
def test_a_number_taken_on_one_side_is_named_with_who_has_it(tmp_path, kind):
    # A number that no outgoing connection of another test can take on the side that is let go of.
    udp, tcp = bind_steady(bind_daemon)
    with udp, tcp:
        other, let_go = (udp, tcp) if kind == socket.SOCK_DGRAM else (tcp, udp)
        let_go.close()
        port = other.getsockname()[1]
        assert not is_daemon_free(port)
        with pytest.raises(WorkshopError) as caught, running_sandbox(tmp_path, daemon_port=port):
            pass
    assert f"Port {port} is taken by process {os.getpid()} (" in caught.value.what
    assert "sandbox --daemon-port 0" in caught.value.next_step
    # Neither side is left open by the failure.
    with running_sandbox(tmp_path, daemon_port=port) as sandbox:
        assert sandbox.daemon_port == port


def test_an_outgoing_connection_that_holds_a_number_is_named():
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.create_connection(server.getsockname()) as outgoing,
    ):
        port = outgoing.getsockname()[1]
        with pytest.raises(WorkshopError) as caught:
            bind_http(port)
    assert f"Port {port} is taken by process {os.getpid()} (" in caught.value.what


def test_a_number_that_is_free_on_one_side_only_is_not_chosen(monkeypatch):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind(("127.0.0.1", 0))
        taken = other.getsockname()[1]
        real = ports._bind_pair
        asked = []

        def first_the_taken_one(port):
            asked.append(port)
            return real(taken if len(asked) == 1 else port)

        monkeypatch.setattr(ports, "_bind_pair", first_the_taken_one)
        udp, tcp = bind_daemon(0)
    with udp, tcp:
        assert udp.getsockname() == tcp.getsockname()
        assert udp.getsockname()[1] != taken
    assert asked == [0, 0]


def test_a_sandbox_takes_another_number_where_tcp_alone_is_taken(tmp_path, monkeypatch):
    monkeypatch.setattr(running, "_start", lambda data_dir, *ports: ports)
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        assert running.ensure(tmp_path, 0, port) == (0, 0)
