"""The app under test: a database of its own, and a profiles service that really listens."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest
from flask import Flask, request
from flask.testing import FlaskClient
from werkzeug.serving import make_server

from app import avatars, create_app, profiles
from app.services import profiles_client


@pytest.fixture(autouse=True)
def _database(tmp_path, monkeypatch):
    monkeypatch.setenv("DATABASE", str(tmp_path / "made" / "microblog.db"))


@pytest.fixture
def quick_key(monkeypatch):
    """Signing costs next to nothing, where a test is about something else."""
    monkeypatch.setattr(avatars, "ITERATIONS", 1)


@dataclass
class Listening:
    """A service on a free port: what it was asked, and the status that it answered each time."""

    url: str
    asked: list[str] = field(default_factory=list)
    answered: list[int] = field(default_factory=list)


@contextmanager
def listen(app: Flask) -> Iterator[Listening]:
    server = make_server("127.0.0.1", 0, app, threaded=True)
    service = Listening(f"http://127.0.0.1:{server.server_port}")

    @app.after_request
    def note(response):
        service.asked.append(request.full_path.rstrip("?"))
        service.answered.append(response.status_code)
        return response

    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield service
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def profiles_service(monkeypatch, quick_key) -> Iterator[Listening]:
    with listen(profiles.create_app()) as service:
        monkeypatch.setattr(profiles_client, "PROFILES_URL", service.url)
        yield service


@pytest.fixture
def babble(monkeypatch) -> Iterator[Listening]:
    """Something else than profiles on its port: it answers, but not in JSON."""
    app = Flask("babble")
    app.add_url_rule("/profiles/<handle>", view_func=lambda handle: "<html>")
    with listen(app) as service:
        monkeypatch.setattr(profiles_client, "PROFILES_URL", service.url)
        yield service


@pytest.fixture
def profiles_api(quick_key) -> FlaskClient:
    """The profiles service without a network."""
    return profiles.create_app().test_client()


@pytest.fixture
def backend() -> Flask:
    return create_app()


@pytest.fixture
def api(backend, profiles_service) -> FlaskClient:
    """The backend service, with a profiles service that it can reach."""
    return backend.test_client()
