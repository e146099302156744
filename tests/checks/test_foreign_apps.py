"""Apps that are not the course's are judged as they are, without a change to them."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from apps import HEAD, ids, write

FOREIGN = Path(__file__).parents[1] / "foreign"
CHECKPOINT = Path(__file__).parents[2] / "steps" / "01-honeycomb"
LEAVE_OUT = shutil.ignore_patterns("__pycache__")


@pytest.fixture
def foreign(tmp_path):
    """Return a copy of one of tests/foreign, in a path with a space."""

    def copy(name):
        return shutil.copytree(FOREIGN / name, tmp_path / "an app" / name, ignore=LEAVE_OUT)

    return copy


@pytest.mark.parametrize(
    ("name", "run", "arrived"),
    [
        ("plain", "", "14 traces: 16 spans from backend-flask"),
        ("plain", "flask --app backend-flask/app run --port {port}", None),
        ("package", "", "13 traces: 15 spans from blog"),
        ("package/blog", "", "13 traces: 15 spans from blog"),
        ("factory", "", "14 traces: 16 spans from feed"),
        ("factory", 'flask --app \'factory:create_app({"NAME": "x"})\' run -p {port}', None),
        ("two_services", "python run.py {port}", "14 traces: 18 spans from backend"),
    ],
)
def test_right(bench, foreign, name, run, arrived, monkeypatch):
    if name == "plain" and run:
        monkeypatch.setenv("FRONTEND_URL", "http://localhost:3000")
    checked = bench.check(foreign(name.partition("/")[0]).parent / name, run)
    expected = ["honeycomb/no-service-name"] if name == "plain" and run else []
    assert ids(checked) == expected
    assert checked.exit_code == bool(expected)
    assert (arrived or "") in checked.verdicts[0].arrived


@pytest.mark.parametrize(
    ("name", "found", "where", "exit_code"),
    [
        ("all_at_the_top", "app/does-not-start", "app.py:12", 2),
        ("first_request", "app/before-first-request", "app.py:20", 1),
        ("address_in_code", "honeycomb/arrived-elsewhere", "app.py:11", 1),
        ("commented_out", "honeycomb/commented-out", "app.py:5", 1),
    ],
)
def test_wrong(bench, foreign, name, found, where, exit_code):
    checked = bench.check(foreign(name))
    assert ids(checked) == [found]
    every = checked.app + [each for verdict in checked.verdicts for each in verdict.findings]
    assert every[0].where == where
    assert checked.exit_code == exit_code


def test_all_foreign_apps_are_checked_and_told_of():
    folders = {each.name for each in FOREIGN.iterdir() if each.is_dir()}
    tested = Path(__file__).read_text("utf-8")
    told = (FOREIGN / "README.md").read_text("utf-8")
    assert all(f'"{name}"' in tested and f"`{name}`" in told for name in folders)


def test_what_follows_an_old_decorator_is_judged_as_if_it_were_mended(bench, foreign):
    checked = bench.check(foreign("first_request"))
    assert [verdict.state for verdict in checked.verdicts] == ["works"]
    text = checked.as_text()
    assert "What follows is judged as if that line were mended." in text
    assert text.index("What follows") < text.index("step 01")
    # What it decorates runs once, as it did.
    assert checked.evidence.backend.output.count("set up, once") == 1


def test_several_workers(bench, tmp_path):
    app = shutil.copytree(CHECKPOINT, tmp_path / "an app", ignore=LEAVE_OUT)
    checked = bench.check(app, "gunicorn -w 2 -b 127.0.0.1:{port} app:create_app()")
    assert (ids(checked), checked.exit_code) == ([], 0)
    assert "from backend" in checked.verdicts[0].arrived
    assert "from profiles" in checked.verdicts[0].arrived
    serving = list(checked.evidence.notes("serving", "backend"))
    made = {note["app"] for note in checked.evidence.notes("instrument-flask", "backend")}
    assert {note["app"] for note in serving} <= made


@pytest.fixture
def own_environment(folder):
    """A virtual environment of the app's own, which has Flask and not the packages of the probe."""
    subprocess.run(
        [sys.executable, "-m", "venv", "--without-pip", str(folder / ".venv")], check=True
    )
    (packages,) = (folder / ".venv" / "lib").glob("python*/site-packages")
    ours = Path(sys.modules["flask"].__file__).parents[1]
    for name in ("flask", "werkzeug", "jinja2", "markupsafe", "click", "blinker", "itsdangerous"):
        (packages / name).symlink_to(ours / name)
    for info in [*ours.glob("[Ff]lask-*.dist-info"), *ours.glob("[Ww]erkzeug-*.dist-info")]:
        (packages / info.name).symlink_to(info)
    return packages


HOME = "\n@app.get('/api/activities/home')\ndef home():\n    return []\n"


@pytest.mark.usefixtures("own_environment")
@pytest.mark.parametrize(
    "run", ["", ".venv/bin/python -m flask run --port {port}", "python -m flask run"]
)
def test_an_environment_of_its_own(bench, folder, run):
    write(folder, app=f"import sys\nprint('served by', sys.prefix)\n{HEAD}{HOME}")
    checked = bench.check(folder, run)
    assert ids(checked) == ["honeycomb/absent"]
    assert f"served by {folder}/.venv" in checked.evidence.backend.output
    assert not checked.evidence.is_probed("backend")


@pytest.mark.usefixtures("own_environment")
def test_an_environment_of_its_own_that_lacks_packages(bench, folder):
    write(folder, app=f"import flask_cors\n{HEAD}")
    requirements = "flask\nFlask-Cors  # browsers\npsycopg[pool]>=3 ; python_version > '3'\n"
    requirements += "-r more.txt\nold-one; python_version < '3'\nrequests==2.1\n"
    (folder / "requirements.txt").write_text(requirements)
    checked = bench.check(folder)
    assert ids(checked) == ["app/missing-package"]
    found = checked.app[0]
    assert found.where == "app.py:1"
    expected = "No module named 'flask_cors'; of requirements.txt, not installed: psycopg, requests"
    assert found.got == expected
    assert checked.exit_code == 2


@pytest.mark.usefixtures("own_environment")
def test_without_the_probe_the_old_decorator_is_still_named(bench, folder):
    write(folder, app=f"{HEAD}\n@app.before_first_request\ndef start():\n    pass\n")
    checked = bench.check(folder)
    assert ids(checked) == ["app/before-first-request"]
    assert checked.app[0].where == "app.py:4"
    assert checked.exit_code == 2


def test_a_module_of_theirs_that_is_misspelt_is_no_missing_package(bench, folder):
    write(folder, **{"lib/tools": ""}, app=f"from lib import tool, tools\nimport lib.toolz\n{HEAD}")
    checked = bench.check(folder)
    assert ids(checked) == ["app/does-not-start"]


def test_a_factory_that_wants_arguments(bench, folder):
    text = """
    from flask import Flask
    def create_app(config_name, settings, debug=False):
        app = Flask(__name__)
        app.config.update(settings)
        app.get("/api/activities/home")(lambda: [config_name])
        return app
    """
    write(folder, app=text)
    checked = bench.check(folder)
    assert ids(checked) == ["honeycomb/absent"]


def test_what_compose_sets_reaches_the_app(bench, folder):
    write(folder, **{"api/app": f"import os\nprint('got', os.environ['COLOUR'])\n{HEAD}{HOME}"})
    compose = "services:\n  web:\n    build:\n      context: ./api\n    environment:\n"
    (folder / "compose.yaml").write_text(f"{compose}      - COLOUR=${{SHADE:-blue}}\n")
    checked = bench.check(folder)
    assert "got blue" in checked.evidence.backend.output


def test_no_real_credentials_reach_the_app(bench, folder, monkeypatch):
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "real")
    monkeypatch.setenv("ROLLBAR_ACCESS_TOKEN", "real")
    text = "import os\nprint([each for each in os.environ if os.environ[each] == 'real'])\n"
    write(folder, app=f"{text}{HEAD}{HOME}")
    assert bench.check(folder).evidence.backend.output.startswith("[]\n")
