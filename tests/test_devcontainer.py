"""The devcontainer holds to its schema, runs the two commands, and forwards one port."""

import json

import pytest
from hosted import JUPYTER, ROOT, explain_make, find_breaches

DEVCONTAINER = json.loads((ROOT / ".devcontainer" / "devcontainer.json").read_text("utf-8"))


def test_it_holds_to_the_schema():
    assert find_breaches(DEVCONTAINER, "devcontainer") == []


@pytest.mark.parametrize(
    "change",
    [
        {"hostRequirements": {"memory": "4 GB"}},
        {"forwardPorts": ["8888"]},
        {"portsAttributes": {"8888": {"onAutoForward": "open"}}},
        {"postCreateComand": "make setup"},
    ],
)
def test_the_schema_can_refuse(change):
    assert find_breaches({**DEVCONTAINER, **change}, "devcontainer")


def test_its_commands_are_the_two_that_a_learner_types():
    assert "workshop/install.py" in explain_make(DEVCONTAINER["updateContentCommand"])
    assert "-m workshop lab" in explain_make(DEVCONTAINER["postAttachCommand"])


def test_one_port_is_forwarded_and_none_is_opened_unasked():
    assert DEVCONTAINER["forwardPorts"] == [8888]
    assert DEVCONTAINER["portsAttributes"]["8888"]["onAutoForward"] == "silent"
    assert DEVCONTAINER["otherPortsAttributes"]["onAutoForward"] == "ignore"


def test_its_python_is_one_that_the_course_runs_on():
    image, _, tag = DEVCONTAINER["image"].rpartition(":")
    assert image == "mcr.microsoft.com/devcontainers/python"
    assert tuple(map(int, tag.split("-")[0].split("."))) >= (3, 11)


def test_its_folders_exist():
    prefix = "${containerWorkspaceFolder}/"
    assert DEVCONTAINER["remoteEnv"]["JUPYTER_CONFIG_PATH"] == f"{prefix}deploy/jupyter"
    assert (JUPYTER / "jupyter_server_config.py").is_file()
    settings = DEVCONTAINER["customizations"]["vscode"]["settings"]
    assert settings["python.defaultInterpreterPath"] == f"{prefix}.venv/bin/python"
