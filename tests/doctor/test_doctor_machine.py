"""What on this machine stands in the way, each with its mending command."""

import errno
import os
import socket
import subprocess
import sys
import tempfile

import pytest

from workshop import install
from workshop.doctor import machine, network
from workshop.doctor.remarks import FINE, NOTE, PROBLEM
from workshop.sandbox import running
from workshop.sandbox.ports import bind_daemon


def test_an_old_python():
    assert machine.tell_python((3, 11, 0)).state == FINE
    remark = machine.tell_python((3, 10, 12))
    assert (remark.state, "3.10.12 is too old" in remark.what) == (PROBLEM, True)
    assert "make setup PYTHON=" in remark.mend


@pytest.fixture
def venv(tmp_path, monkeypatch):
    monkeypatch.setattr(install, "VENV", tmp_path)
    monkeypatch.setattr(install, "STAMP", tmp_path / "workshop-installed")
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    return tmp_path


def test_a_venv_that_is_current_missing_stale_or_another(venv, monkeypatch):
    assert machine.tell_venv().state == PROBLEM
    install.STAMP.write_text(install.fingerprint())
    assert machine.tell_venv().state == FINE
    install.STAMP.write_text("of another lock file")
    remark = machine.tell_venv()
    assert (remark.state, remark.mend) == (PROBLEM, "make setup")
    monkeypatch.setattr(sys, "prefix", "/usr")
    assert machine.tell_venv().state == NOTE


def test_a_lock_file_that_changed_makes_the_venv_stale(venv, monkeypatch, tmp_path):
    lock = tmp_path / "requirements.lock"
    lock.write_text("flask==3\n")
    monkeypatch.setattr(install, "LOCK", lock)
    install.STAMP.write_text(install.fingerprint())
    assert machine.tell_venv().state == FINE
    lock.write_text("flask==4\n")
    assert machine.tell_venv().state == PROBLEM


def test_git_that_does_not_know_who_commits(tmp_path, git, monkeypatch):
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "global"))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    subprocess.run([git, "init", "--quiet"], cwd=tmp_path, check=True)
    (remark,) = machine.tell_git(tmp_path)
    assert remark.state == NOTE
    # The command that it prints mends it.
    subprocess.run(remark.mend, shell=True, cwd=tmp_path, check=True)
    (remark,) = machine.tell_git(tmp_path)
    assert remark.state == FINE


def test_no_git(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    (remark,) = machine.tell_git(tmp_path)
    assert (remark.state, remark.what) == (PROBLEM, "is not installed")


def test_a_folder_that_cannot_be_written_to(tmp_path, monkeypatch):
    assert machine.tell_folder(tmp_path).state == FINE
    (tmp_path / "app").mkdir()

    make = tempfile.TemporaryFile

    def refuse(**options):
        if options["dir"] == tmp_path / "app":
            raise OSError(errno.EROFS, os.strerror(errno.EROFS))
        return make(**options)

    monkeypatch.setattr(tempfile, "TemporaryFile", refuse)
    remark = machine.tell_folder(tmp_path)
    assert remark.state == PROBLEM
    assert f"{tmp_path}/app cannot be written to: Read-only file system" in remark.what
    assert "chown" in remark.mend


@pytest.fixture
def own_ports(monkeypatch):
    """Ports of this test's own in the place of the course's usual ones; none is taken."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(4)]
    sandbox, lab, backend, profiles = (each.getsockname()[1] for each in sockets)
    for each in sockets:
        each.close()
    udp, tcp = bind_daemon(0)
    daemon = udp.getsockname()[1]
    udp.close()
    tcp.close()
    monkeypatch.setattr(network, "SANDBOX_PORT", sandbox)
    monkeypatch.setattr(network, "DAEMON_PORT", daemon)
    monkeypatch.setattr(network, "LAB_PORT", lab)
    monkeypatch.setattr(network, "COMPOSE_PORTS", (backend, profiles))
    return [sandbox, daemon, lab, backend, profiles]


def test_none_of_the_ports_is_free(tmp_path, own_ports):
    assert [each.subject for each in network.tell_ports(tmp_path)] == ["ports"]
    held = [socket.create_server(("127.0.0.1", port)) for port in own_ports]
    remarks = network.tell_ports(tmp_path)
    for each in held:
        each.close()
    assert [each.subject for each in remarks] == [f"port {port}" for port in own_ports]
    for remark in remarks:
        assert remark.state == NOTE
        assert f"is taken by process {os.getpid()} (" in remark.what
        assert f"kill {os.getpid()}" in remark.mend
    assert "`make lab` takes another by itself" in remarks[0].mend
    assert "Only docker compose needs it" in remarks[3].mend


def test_the_daemons_udp_side_counts_too(tmp_path, own_ports):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as holder:
        holder.bind(("127.0.0.1", own_ports[1]))
        (remark,) = network.tell_ports(tmp_path)
    assert remark.subject == f"port {own_ports[1]}"


def test_the_sandbox_itself_is_not_in_its_own_way(checkout, own_ports, monkeypatch):
    found = running.ensure(checkout / ".workshop" / "sandbox", own_ports[0], own_ports[1])
    first, second = network.tell_ports(checkout)
    assert (first.subject, first.state) == ("sandbox", FINE)
    assert found.url in first.what
    assert second.subject == "ports"


@pytest.mark.parametrize(
    ("variables", "state"),
    [
        ({}, FINE),
        ({"http_proxy": "http://me:secret@proxy.example:8080"}, PROBLEM),
        ({"HTTP_PROXY": "http://proxy.example:8080", "NO_PROXY": "127.0.0.1,localhost"}, FINE),
        ({"http_proxy": "http://proxy.example:8080", "no_proxy": "localhost"}, PROBLEM),
    ],
)
def test_a_proxy_that_would_be_asked_for_this_machine(variables, state, monkeypatch):
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    remark = network.tell_proxy()
    assert remark.state == state
    assert "secret" not in remark.what + remark.mend
    if state == PROBLEM:
        monkeypatch.setenv("no_proxy", remark.mend.split("no_proxy=")[1])
        assert network.tell_proxy().state == FINE
