"""SDK → the real X-Ray daemon → the sandbox: segments by UDP, sampling by the daemon's proxy."""

import contextlib
import os
import socket
import subprocess

import pytest
import yaml
from daemon_traffic import assert_rules_are_followed, assert_segments_go_through
from otlp_clients import wait_until
from programs import DAEMON
from xray_clients import KEY, api_client

from workshop.sandbox.ports import bind_daemon


@pytest.fixture
def api(sandbox):
    client = api_client(sandbox.url)
    yield client
    client.close()


@pytest.fixture
def daemon_address(sandbox, tmp_path):
    """The address of a real daemon whose X-Ray is the sandbox."""
    program = DAEMON.find()
    udp, tcp = bind_daemon(0)
    address = f"127.0.0.1:{udp.getsockname()[1]}"
    udp.close()
    tcp.close()
    config = tmp_path / "cfg.yaml"
    config.write_text(
        yaml.safe_dump(
            {
                "Version": 2,
                "Region": "us-east-1",
                "LocalMode": True,
                "Endpoint": sandbox.url,
                "Socket": {"UDPAddress": address, "TCPAddress": address},
                "Logging": {"LogLevel": "dev"},
            }
        )
    )
    log = tmp_path / "daemon.log"
    with log.open("wb") as sink:
        process = subprocess.Popen(
            [program, "--config", str(config), "--local-mode"],
            env={**os.environ, "AWS_ACCESS_KEY_ID": KEY, "AWS_SECRET_ACCESS_KEY": KEY},
            stdout=sink,
            stderr=subprocess.STDOUT,
        )
    try:
        wait_until(lambda: _is_listening(process, address, log), "the daemon to be ready")
        yield address
    finally:
        process.terminate()
        process.wait()


def _is_listening(process, address, log):
    assert process.poll() is None, log.read_text()
    with contextlib.suppress(OSError), socket.create_connection(address.split(":"), timeout=1):
        return True


def test_a_thousand_segments_in_and_a_thousand_out(daemon_address, sandbox):
    assert_segments_go_through(daemon_address, sandbox)


def test_sampling_rules_and_targets_by_the_daemons_proxy(daemon_address, sandbox, api):
    assert_rules_are_followed(daemon_address, sandbox, api)
