"""An app is run by its Dockerfile's command, on this machine's port."""

import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from workshop.checks import target
from workshop.failure import production

GUNICORN = '["gunicorn", "--bind=0.0.0.0:4567", "--workers=2", "--threads=4", "app:create_app()"]'


@pytest.fixture
def make(tmp_path):
    """Return a function that makes an app of the course's layout with a Dockerfile."""

    def write(text):
        (tmp_path / "app").mkdir(exist_ok=True)
        if text is not None:
            (tmp_path / "app" / "Dockerfile").write_bytes(text)
        return target.learner_app(tmp_path)

    return write


def test_gunicorn_has_one_worker_and_its_own_port(make):
    app = make(f"FROM x\nCMD {GUNICORN}\n".encode())
    assert production.command(app, 5555) == [
        sys.executable, "-m", "gunicorn", "--bind=127.0.0.1:5555", "--workers=1", "--threads=4",
        "app:create_app()",
    ]  # fmt: skip
    assert "--workers=2" in production.command(app, 5555, workers=None)
    assert production.backend(app).command(7777)[3:5] == ["--bind=127.0.0.1:7777", "--workers=2"]


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ('["gunicorn", "-b", "0.0.0.0:80", "-w", "9", "a:b"]', "gunicorn -b 127.0.0.1:5 -w 1 a:b"),
        ('["flask", "run", "-h", "0.0.0.0", "-p", "80"]', "flask run -h 127.0.0.1 -p 5"),
        ('["python3", "-m", "flask", "run", "--host=0.0.0.0", "--port=80"]',
         "flask run --host=127.0.0.1 --port=5"),
    ],
)  # fmt: skip
def test_each_spelling_of_an_address_is_understood(make, written, expected):
    words = production.command(make(f"CMD {written}".encode()), 5)
    assert words == [sys.executable, "-m", *expected.split()]


def test_the_last_command_counts(make):
    words = production.command(make(b'CMD ["flask", "run"]\nCMD ["gunicorn", "a:b"]\n'), 5)
    assert words[2:] == ["gunicorn", "a:b"]


@pytest.mark.parametrize(
    "text", [None, b"", b"CMD gunicorn app", b'CMD ["gunicorn', b"\xff\xfe CMD [1"], ids=str
)
def test_what_cannot_be_read_is_run_as_checks_run_it(make, text):
    app = make(text)
    assert production.command(app, 5) == app.programs[0].command(5)


def test_a_command_of_their_own_is_run_as_it_is(tmp_path):
    (tmp_path / "wsgi.py").write_text("from flask import Flask\napp = Flask('app')\n")
    app = target.any_app(tmp_path, "flask --app wsgi run --port {port}")
    assert production.command(app, 5)[1:] == ["--app", "wsgi", "run", "--port", "5"]


def test_its_variables_are_those_of_production_and_hold_no_key_of_the_shell(make, monkeypatch):
    doors = SimpleNamespace(urls={"honeycomb": "http://127.0.0.1:9"})
    sandbox = SimpleNamespace(url="http://127.0.0.1:8", daemon_port=7, doors=doors)
    monkeypatch.setenv("ROLLBAR_ACCESS_TOKEN", "of the shell")
    app = make(None)
    folder = Path(app.folder)
    plain = production.variables(app, sandbox, folder, "mark", 5, through_doors=False)
    broken = production.variables(app, sandbox, folder, "mark", 5, through_doors=True)
    assert plain["ENVIRONMENT"] == "production"
    assert plain["ROLLBAR_ACCESS_TOKEN"] != "of the shell"
    assert plain["OTEL_EXPORTER_OTLP_ENDPOINT"].startswith("http://127.0.0.1:8")
    assert broken["OTEL_EXPORTER_OTLP_ENDPOINT"].startswith("http://127.0.0.1:9")
    assert Path(plain["TMPDIR"]).is_dir()
