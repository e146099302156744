"""The known traffic: what comes of each request is said, in time, whatever answers."""

import socket
import threading
import time

import pytest
from werkzeug import Response
from werkzeug.serving import make_server

from workshop.checks import traffic
from workshop.hurry import Hurry
from workshop.processes import free_port


@pytest.fixture
def serve():
    """Answer each request with what a function returns; return the address."""
    servers = []

    def start(answer):
        server = make_server("127.0.0.1", 0, answer, threaded=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        return f"http://127.0.0.1:{server.server_port}"

    yield start
    for server in servers:
        server.shutdown()


def test_what_is_asked(serve):
    paths = []

    def answer(environ, start_response):
        paths.append(environ["REQUEST_METHOD"] + " " + environ["PATH_INFO"])
        return Response(status=204)(environ, start_response)

    done = traffic.drive(serve(answer), traffic.BOOTCAMP)
    assert {asked.status for asked in done} == {204}
    assert len(paths) == len(done) == len(traffic.routes(traffic.COURSE))
    for path in ("home", "notifications", "@andrewbrown", "search"):
        assert f"GET /api/activities/{path}" in paths
    for path in ("GET /api/message_groups", "GET /api/messages/@londo", "POST /api/messages"):
        assert path in paths


def test_each_outcome(serve):
    def answer(environ, start_response):
        return Response(status=int(environ["PATH_INFO"].strip("/")))(environ, start_response)

    url = serve(answer)
    for status in (200, 302, 404, 500):
        assert traffic.ask(url, "GET", f"/{status}").status == status
    told = str(traffic.ask(url, "GET", "/503"))
    assert told == "GET /503 → 503"


def test_nobody_listens():
    asked = traffic.ask(f"http://127.0.0.1:{free_port()}", "GET", "/")
    assert (asked.status, asked.problem) == (0, "refused")


@pytest.mark.parametrize(
    "said",
    [b"", b"\x00\xff\x00", b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nshort"],
    ids=["nothing", "no HTTP", "too little"],
)
def test_it_breaks_off(said):
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer():
            connection, _ = server.accept()
            with connection:
                connection.recv(1000)
                connection.sendall(said)

        threading.Thread(target=answer, daemon=True).start()
        asked = traffic.ask(f"http://127.0.0.1:{server.getsockname()[1]}", "GET", "/")
    assert (asked.status, asked.problem) == (0, "broke off")


def test_it_never_answers():
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"http://127.0.0.1:{server.getsockname()[1]}"
        began = time.monotonic()
        asked = traffic.ask(url, "GET", "/", seconds=0.3)
        assert (asked.status, asked.problem) == (0, "timed out")
        assert time.monotonic() - began < traffic.REQUEST_DEADLINE


def test_silence_ends_the_traffic(monkeypatch):
    monkeypatch.setattr(traffic, "REQUEST_DEADLINE", 0.2)
    monkeypatch.setattr(traffic, "NEXT_DEADLINE", 0.1)
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"http://127.0.0.1:{server.getsockname()[1]}"
        done = traffic.drive(url, traffic.COURSE)
    assert [asked.problem for asked in done] == ["timed out", "timed out"]


def test_a_wish_to_stop_ends_it():
    hurry = Hurry()
    hurry.set()
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"http://127.0.0.1:{server.getsockname()[1]}"
        began = time.monotonic()
        assert traffic.ask(url, "GET", "/", hurry=hurry).problem == "timed out"
        assert traffic.drive(url, traffic.COURSE, hurry) == []
        assert time.monotonic() - began < traffic.REQUEST_DEADLINE


def test_a_proxy_does_not_come_between(serve, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{free_port()}")
    monkeypatch.setenv("NO_PROXY", "")
    assert traffic.ask(serve(Response(status=204)), "GET", "/").status == 204


def test_an_endless_answer_is_read_only_so_far(serve, monkeypatch):
    monkeypatch.setattr(traffic, "LARGEST_ANSWER", 100_000)

    def pour():
        while True:
            yield b"x" * 10_000

    asked = traffic.ask(serve(lambda e, s: Response(pour())(e, s)), "GET", "/")
    assert asked.status == 200
