"""`make compose-test`, with an engine that only pretends: what it asks of it, and what it says."""

import json
import re
import stat
import subprocess

import pytest
import yaml

from deploy import compose_test
from workshop import course
from workshop.errors import WorkshopError
from workshop.sandbox.server import running_sandbox

ENGINE = """#!/bin/sh
echo "$@" >> "{log}"
case "$*" in
  *"ps --format json") echo '{published}' ;;
  {fails}) exit 1 ;;
esac
"""
OWN = '[{"Service": "backend", "Publishers": [{"URL": "127.0.0.1", "PublishedPort": 4567}]}]'
OPEN = '{"Service": "xray-daemon", "Publishers": [{"URL": "0.0.0.0", "PublishedPort": 2000}]}'


@pytest.fixture
def engine(tmp_path, monkeypatch):
    """Put a docker that only notes what it is asked on the path, and nothing else."""

    def put(fails="nothing", published=OWN):
        folder = tmp_path / "bin"
        folder.mkdir(exist_ok=True)
        log = tmp_path / "asked"
        script = folder / "docker"
        script.write_text(ENGINE.format(log=log, fails=fails, published=published))
        script.chmod(script.stat().st_mode | stat.S_IXUSR)
        monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
        return log

    return put


def test_without_an_engine_it_says_what_is_missing(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(WorkshopError, match="docker is not installed; podman is not installed"):
        compose_test.find_compose()


@pytest.mark.parametrize(
    ("fails", "told"),
    [("info", "its engine does not answer"), ("compose*version", "has no `docker compose`")],
)
def test_an_engine_that_cannot_is_told_from_one_that_is_absent(engine, monkeypatch, fails, told):
    engine(f'*"{fails}"*' if "*" not in fails else '*"compose version"*')
    monkeypatch.setattr(compose_test.shutil, "which", lambda name: name == "docker" or None)
    with pytest.raises(WorkshopError, match=told):
        compose_test.find_compose()


def test_it_builds_waits_looks_and_takes_all_down(engine, monkeypatch, capsys):
    log = engine()
    monkeypatch.setattr(compose_test, "ask_the_app", lambda: None)
    monkeypatch.setattr(compose_test, "wait_for_arrival", lambda: ["7 traces"])
    compose_test.main()
    files = " --file docker-compose.yml --file deploy/locked/docker-compose.yml "
    asked = [line.split(files)[-1] for line in log.read_text().splitlines()]
    assert asked[2:] == [
        "up --build --detach --wait",
        "ps --format json",
        "down --volumes --timeout 5",
    ]
    assert "all is well; arrived: 7 traces" in capsys.readouterr().out


def test_containers_that_do_not_start_are_taken_down_and_told(engine, capfd):
    log = engine('*"up --build"*')
    with pytest.raises(WorkshopError, match="up --build --detach --wait` failed"):
        compose_test.main()
    assert "down --volumes" in log.read_text().splitlines()[-1]


def test_a_port_that_others_can_reach_fails_it(engine):
    engine(published=OPEN)
    with pytest.raises(WorkshopError, match=r"xray-daemon publishes port 2000 on 0\.0\.0\.0"):
        compose_test.main()


def test_it_counts_what_the_sandbox_shows(tmp_path, monkeypatch):
    with running_sandbox(tmp_path / "data") as sandbox:
        monkeypatch.setattr(compose_test, "SANDBOX", sandbox.url)
        counts = compose_test.read_counts()
        assert {noun: counts[noun] for noun in compose_test.WANTED} == {
            "traces": 0,
            "documents": 0,
            "lines": 0,
        }
        monkeypatch.setattr(compose_test, "ARRIVAL_SECONDS", 0.0)
        with pytest.raises(WorkshopError, match="No traces, no documents, no lines arrived"):
            compose_test.wait_for_arrival()


def test_make_knows_it(repository):
    dry = subprocess.run(
        ["make", "--dry-run", "compose-test"], cwd=repository, capture_output=True, text=True
    )
    assert "deploy.compose_test" in dry.stdout


def test_the_locked_containers_are_the_last_steps(repository):
    last = yaml.safe_load((course.steps()[-1].folder / "docker-compose.yml").read_text("utf-8"))
    locked = yaml.safe_load((repository / compose_test.LOCKED).read_text("utf-8"))
    assert set(locked["services"]) == set(last["services"])
    for name, service in locked["services"].items():
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert "ports" not in service, name
        assert service["read_only"], name


def test_the_locked_daemon_is_that_of_the_last_step_that_has_one(repository):
    step = next(each for each in reversed(course.steps()) if has_daemon(each.folder))
    assert step.number == 9
    last = yaml.safe_load((step.folder / "docker-compose.yml").read_text("utf-8"))["services"]
    file = (repository / compose_test.LOCKED).with_name("xray-daemon.yml")
    (locked,) = yaml.safe_load(file.read_text("utf-8"))["services"].values()
    assert locked["cap_drop"] == ["ALL"]
    assert locked["security_opt"] == ["no-new-privileges:true"]
    # A configuration with its content in the file is copied into the container's root.
    assert "configs" in last["xray-daemon"]
    assert "read_only" not in locked
    assert re.fullmatch(r"amazon/aws-xray-daemon:\d+\.\d+\.\d+", locked["image"])
    assert locked["image"].partition(":")[0] == last["xray-daemon"]["image"].partition(":")[0]


def has_daemon(folder):
    return "xray-daemon:" in (folder / "docker-compose.yml").read_text("utf-8")


def test_the_sandbox_takes_spans_from_its_start(repository):
    """As its image does otherwise, and with Transaction Search on."""
    last = yaml.safe_load((course.steps()[-1].folder / "docker-compose.yml").read_text("utf-8"))
    image = (repository / last["services"]["sandbox"]["build"]["dockerfile"]).read_text("utf-8")
    usual = json.loads(re.search(r"^CMD (\[.*\])$", image, re.MULTILINE).group(1))
    assert last["services"]["sandbox"]["command"] == [*usual, "--transaction-search"]
