"""Who may ask the sandbox, on a machine and in a container."""

import http.client

import pytest

from workshop.sandbox import hosts
from workshop.sandbox.server import running_sandbox


def ask(port, host):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/health", headers={"Host": host})
        return connection.getresponse().status
    finally:
        connection.close()


@pytest.mark.parametrize(
    ("host", "status"),
    [("127.0.0.1", 200), ("localhost:4318", 200), ("sandbox:4318", 421), ("evil.example", 421)],
)
def test_on_a_machine_only_its_own_names_are_answered(tmp_path, host, status):
    with running_sandbox(tmp_path / "data") as sandbox:
        assert ask(sandbox.port, host) == status


@pytest.mark.parametrize(
    ("host", "status"), [("127.0.0.1", 200), ("sandbox:4318", 200), ("evil.example", 421)]
)
def test_in_a_container_its_name_is_answered_too(tmp_path, monkeypatch, host, status):
    monkeypatch.setenv(hosts.CONTAINER, "sandbox")
    # All addresses would be open to the network of the machine that runs this test.
    monkeypatch.setattr(hosts, "ANYWHERE", "127.0.0.1")
    with running_sandbox(tmp_path / "data") as sandbox:
        assert ask(sandbox.port, host) == status


def test_only_a_container_listens_at_every_address(monkeypatch):
    assert hosts.listen_address() == "127.0.0.1"
    monkeypatch.setenv(hosts.CONTAINER, "sandbox")
    assert hosts.listen_address() == "0.0.0.0"
