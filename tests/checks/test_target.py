"""Finding the app in somebody's folder, and how it is run."""

import sys
from pathlib import Path

import pytest
from apps import HEAD, write

from workshop.checks import compose, target
from workshop.errors import WorkshopError
from workshop.learner_app import BACKEND, PROFILES

FACTORY = "from flask import Flask\ndef create_app({}):\n    return Flask(__name__)\n"


@pytest.mark.parametrize(
    ("files", "below", "name"),
    [
        ({"app": HEAD}, "", "app"),
        ({"wsgi": "from shop import create_app\napp = create_app(3)\n", "app": HEAD}, "", "wsgi"),
        ({"run": "from shop import app\n", "shop/__init__": HEAD}, "", "run"),
        ({"shop/__init__": HEAD, "tests/test_it": ""}, "", "shop"),
        ({"shop/__init__": FACTORY.format("")}, "", "shop"),
        ({"odd_name": HEAD}, "", "odd_name"),
        ({"app": FACTORY.format("config=None")}, "", "app"),
        ({"app": FACTORY.format("config")}, "", "app:create_app({})"),
        ({"app": FACTORY.format("config_name, x, y=1")}, "", "app:create_app('development', {})"),
        ({"app": "from flask import Flask\napp: Flask = make()\n"}, "", "app"),
        ({"app": "from flask import Flask\napp = Flask(\n"}, "", "app"),
        ({"backend-flask/app": HEAD, "README": ""}, "backend-flask", "app"),
        ({"helper": "x = 1\n", "src/server": HEAD}, "src", "server"),
        ({".venv/app": HEAD, "venv/lib/x": HEAD, "main": HEAD}, "", "main"),
    ],
)
def test_find(folder, files, below, name):
    write(folder, **files)
    found = target.any_app(folder)
    assert (found.folder, found.programs[0].module) == (folder / below, name)
    assert not found.ours


def test_a_package_is_run_from_above(folder):
    write(folder, **{"shop/__init__": HEAD})
    found = target.any_app(folder / "shop")
    assert (found.folder, found.programs[0].module) == (folder, "shop")


def test_the_course_s_layout_is_known(folder):
    write(folder, **{"app/profiles": "", "app/__init__": ""})
    found = target.any_app(folder)
    assert found.ours
    assert found.programs == (BACKEND, PROFILES)
    run = target.any_app(folder, "gunicorn -b 127.0.0.1:{port} app:create_app()")
    assert run.ours
    assert run.programs[1] == PROFILES
    words = run.programs[0].command(123)
    assert words[1:] == ["-b", "127.0.0.1:123", "app:create_app()"]
    assert Path(words[0]).name == "gunicorn"


def test_its_own_environment_is_used(folder):
    write(folder, **{"api/app": HEAD})
    (folder / ".venv" / "bin").mkdir(parents=True)
    (folder / ".venv" / "pyvenv.cfg").touch()
    python = folder / ".venv" / "bin" / "python"
    python.symlink_to(sys.executable)
    found = target.any_app(folder)
    assert found.python == str(python)
    assert found.programs[0].command(1)[0] == str(python)
    assert found.search_path.startswith(str(python.parent))
    assert target.any_app(folder, "python x.py").programs[0].words == (str(python), "x.py")


def test_an_environment_from_another_machine_is_not(folder):
    write(folder, app=HEAD)
    (folder / ".venv" / "bin").mkdir(parents=True)
    (folder / ".venv" / "pyvenv.cfg").touch()
    (folder / ".venv" / "bin" / "python").symlink_to("/usr/no/such/python")
    assert target.any_app(folder).python == sys.executable


def test_a_command_may_leave_out_the_port(folder):
    assert target.any_app(folder, "python app.py").programs[0].own_port
    assert not target.any_app(folder, "python app.py {port}").programs[0].own_port
    assert not BACKEND.own_port


@pytest.mark.parametrize("name", ["nowhere", "app.py", "."])
def test_what_is_no_app_is_said(folder, name):
    (folder / "app.py").write_text("print('no web app here')\n")
    with pytest.raises(WorkshopError) as caught:
        target.any_app(folder / name)
    assert caught.value.next_step


COMPOSE = """
services:
  broken: text
  web:
    build: ./api
    environment:
      PLAIN: text
      NUMBER: 5
      FLAG: true
      NOTHING:
      GIVEN: ${SHELL_HAS}
      ABSENT: "[${SHELL_LACKS}]"
      DEFAULT: ${SHELL_LACKS:-blue}
      VENDOR: https://api.honeycomb.io/v1
      GRPC: https://api.honeycomb.io:4317
      OTHER: http://collector:4318
"""


def test_compose(tmp_path):
    file = tmp_path / "docker-compose.yml"
    file.write_text(COMPOSE)
    (tmp_path / "api").mkdir()
    assert compose.find_file(tmp_path / "api") == file
    assert compose.find_service(file, tmp_path / "api") == "web"
    assert compose.find_service(file, tmp_path) == ""
    found = compose.read_variables(file, "web", {"SHELL_HAS": "x"})
    assert found == {
        "PLAIN": "text",
        "NUMBER": "5",
        "FLAG": "true",
        "GIVEN": "x",
        "ABSENT": "[]",
        "DEFAULT": "blue",
        "VENDOR": "https://api.honeycomb.io/v1",
        "GRPC": "https://api.honeycomb.io:4317",
        "OTHER": "http://collector:4318",
    }
    sandbox = "http://127.0.0.1:9"
    assert compose.stand_in(found["VENDOR"], sandbox) == "http://127.0.0.1:9/v1"
    for name in ("GRPC", "OTHER", "PLAIN"):
        assert compose.stand_in(found[name], sandbox) == found[name]


@pytest.mark.parametrize(
    "text", ["", "a: [", "services:", "services: {web: {environment: 5}}", "- 1", "\x00"]
)
def test_a_compose_file_that_cannot_be_read_sets_nothing(tmp_path, text):
    file = tmp_path / "docker-compose.yml"
    file.write_text(text)
    assert compose.read_variables(file, "web", {}) == {}
    assert compose.find_service(file, tmp_path) == ""
