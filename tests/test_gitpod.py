"""`.gitpod.yml` holds to Gitpod's schema, and does what the two commands do, in private."""

import pytest
import yaml
from hosted import ROOT, explain_make, find_breaches

GITPOD = yaml.safe_load((ROOT / ".gitpod.yml").read_text("utf-8"))


def test_it_holds_to_the_schema():
    assert find_breaches(GITPOD, "gitpod") == []


@pytest.mark.parametrize(
    "change",
    [{"port": "all"}, {"visibility": "everyone"}, {"onOpen": "browser"}, {"protocol": "udp"}],
)
def test_the_schema_can_refuse(change):
    broken = {"ports": [{**GITPOD["ports"][0], **change}]}
    assert find_breaches(broken, "gitpod")


def test_every_port_of_ours_is_private_and_opens_nothing():
    ports = {port["port"]: port for port in GITPOD["ports"]}
    assert set(ports) == {8888, 4567, 4568, 4318, 2000}
    assert {port["visibility"] for port in ports.values()} == {"private"}
    assert {port["onOpen"] for port in ports.values()} == {"ignore"}


def test_its_commands_are_the_two_that_a_learner_types():
    (task,) = GITPOD["tasks"]
    assert "workshop/install.py" in explain_make(task["init"])
    said = explain_make(task["command"])
    assert "-m workshop lab --no-browser" in said
    assert 'JUPYTER_CONFIG_PATH="$PWD/deploy/jupyter"' in task["command"]
