"""What a compose file's service says of the X-Ray daemon that it runs."""

import pytest

from workshop.checks.xray import daemon

IMAGE = {"image": "amazon/aws-xray-daemon:3.x"}
KEYS = {"AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b"}
OWN = {"backend", "profiles"}


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("xray-daemon:2000", [("xray-daemon", 2000)]),
        ("127.0.0.1:2000", [("127.0.0.1", 2000)]),
        ("tcp:a:1 udp:b:2", [("a", 1), ("b", 2)]),
        ("udp:b:2 tcp:a:1", [("b", 2), ("a", 1)]),
        ("xray-daemon", None),
        ("http://xray-daemon:2000", None),
        ("xray-daemon:2000/udp", None),
        ("tcp:a:1", None),
        ("a:1 b:2", None),
        ("", None),
    ],
)
def test_address_is_read_as_the_sdk_reads_it(text, read):
    assert daemon.read_address(text) == read


@pytest.mark.parametrize(
    ("ports", "said"),
    [
        (None, ""),
        ([], ""),
        (["127.0.0.1:2000:2000/udp"], ""),
        (["[::1]:2000:2000"], ""),
        ([{"target": 2000, "published": "2000", "host_ip": "127.0.0.1"}], ""),
        (["2000:2000"], "2000:2000"),
        ([2000], "2000"),
        (["xray:2000/udp"], "xray:2000/udp"),
        (["0.0.0.0:2000:2000/udp"], "0.0.0.0:2000:2000/udp"),
        ([{"target": 2000, "published": 2000, "protocol": "udp"}], "2000:2000/udp"),
        (["127.0.0.1:2000:2000", "2000:2000/udp"], "2000:2000/udp"),
    ],
)
def test_port_is_published_unless_it_is_bound_to_this_machine(ports, said):
    found = daemon.published({**IMAGE, "ports": ports})
    assert found == (f"ports: {said}, on every address of the machine" if said else "")


def test_network_of_the_host_publishes_every_port():
    assert "network_mode: host" in daemon.published({**IMAGE, "network_mode": "host"})


@pytest.mark.parametrize(
    ("service", "lacks"),
    [
        ({"environment": {**KEYS, "AWS_REGION": "us-east-1"}}, []),
        ({"environment": {**KEYS, "AWS_DEFAULT_REGION": "us-east-1"}}, []),
        ({"environment": [*KEYS, "AWS_REGION=us-east-1"]}, []),
        ({"environment": KEYS, "command": ["-o", "-n", "us-east-1"]}, []),
        ({"environment": KEYS, "command": "--region=us-east-1"}, []),
        ({"volumes": ["~/.aws:/root/.aws:ro"]}, []),
        ({"env_file": ".env"}, []),
        ({"environment": KEYS}, ["AWS_REGION"]),
        ({"environment": {"AWS_REGION": "x"}}, ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"]),
        ({}, ["AWS_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"]),
    ],
)
def test_region_and_credentials_are_looked_for_wherever_they_may_be(service, lacks):
    assert daemon.lacking({**IMAGE, **service}) == lacks


@pytest.mark.parametrize(
    ("command", "port"),
    [
        (None, 2000),
        (["--local-mode"], 2000),
        (["--bind", "0.0.0.0:2345"], 2345),
        ("-o -b 0.0.0.0:2345 -t 0.0.0.0:2345", 2345),
        ("--bind=0.0.0.0:2345", 2345),
    ],
)
def test_port_is_the_one_that_the_command_binds(command, port):
    assert daemon.port({**IMAGE, "command": command}) == port


@pytest.mark.parametrize(
    ("services", "addresses", "name"),
    [
        ({"xray": IMAGE}, [], "xray"),
        ({"tracing": {"image": "mine:1"}}, ["tracing:2000"], "tracing"),
        ({"tracing": {"build": "."}}, ["tcp:tracing:2000 udp:tracing:2000"], "tracing"),
        ({"tracing": {}}, ["tracing:2000"], ""),
        ({"backend": IMAGE}, ["backend:2000"], ""),
        ({"sandbox": {"image": "mine:1"}}, ["elsewhere:2000"], ""),
    ],
)
def test_daemon_is_known_by_its_image_or_because_the_app_sends_there(services, addresses, name):
    assert daemon.find(services, OWN, addresses) == name


@pytest.mark.parametrize(
    ("service", "missing"),
    [
        ({}, ""),
        ({"command": ["-o", "--config", "/a.yaml"]}, "/a.yaml"),
        ({"command": "-c /a.yaml"}, "/a.yaml"),
        ({"command": "-c /a.yaml", "build": "."}, ""),
        ({"command": "-c /a.yaml", "configs": [{"source": "a", "target": "/a.yaml"}]}, ""),
        ({"command": "-c /a.yaml", "configs": [{"source": "a", "target": "/b.yaml"}]}, "/a.yaml"),
        ({"command": "-c /a.yaml", "configs": [{"source": "b", "target": "/a.yaml"}]}, "/a.yaml"),
        ({"command": "-c /a.yaml", "configs": {"target": "/a.yaml"}}, "/a.yaml"),
        ({"command": "-c /a", "configs": ["a"]}, ""),
        ({"command": "-c /etc/a.yaml", "volumes": ["./a.yaml:/etc/a.yaml:ro"]}, ""),
        ({"command": "-c /etc/a.yaml", "volumes": ["./etc:/etc"]}, ""),
        ({"command": "-c /etc/a.yaml", "volumes": [{"source": "a", "target": "/etc"}]}, ""),
        ({"command": "-c /etc/a.yaml", "volumes": ["./a.yaml:/b.yaml"]}, "/etc/a.yaml"),
    ],
)
def test_file_that_the_daemon_is_started_with_has_to_come_from_somewhere(service, missing):
    configs = {"a": {"content": "Version: 2"}, "b": {}}
    assert daemon.unmounted({**IMAGE, **service}, configs) == missing
