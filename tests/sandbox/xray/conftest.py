import socket

import pytest
from botocore.validate import ParamValidator
from xray_clients import api_client

from workshop.sandbox.aws import rest_json
from workshop.sandbox.ports import bind_daemon
from workshop.sandbox.store import Store
from workshop.sandbox.xray.daemon import Daemon


@pytest.fixture
def store(tmp_path):
    opened = Store(tmp_path / "store")
    yield opened
    opened.close()


@pytest.fixture
def api(sandbox):
    """boto3's X-Ray client, at a running sandbox."""
    client = api_client(sandbox.url)
    yield client
    client.close()


@pytest.fixture
def start_daemon(store):
    """Start daemons on ports of their own; those that still run at the end are stopped."""
    started = []

    def start(idle):
        udp, tcp = bind_daemon(0)
        tcp.close()
        daemon = Daemon(store, udp, idle)
        client = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        client.connect(udp.getsockname())
        daemon.start()
        started.append((daemon, client))
        return daemon, client

    yield start
    for daemon, client in started:
        client.close()
        daemon.stop()


@pytest.fixture
def check_response():
    """Check an operation's answer against X-Ray's service model."""

    def check(operation, answer):
        shape = rest_json.load_model("xray").operation_model(operation).output_shape
        report = ParamValidator().validate(answer, shape)
        assert not report.has_errors(), report.generate_report()

    return check
