"""The volumes that `workshop cost` prints are those that pass the sockets, counted by others."""

from dataclasses import asdict
from pathlib import Path

import pytest
from sockets import Counted, Relay

from workshop.checks import services, target, traffic
from workshop.cost import run
from workshop.cost.report import Cost

ROOT = Path(__file__).parents[2]
# Each kind once, none of the planted slowness twice.
BODY = {"message": "hello – and ¡hola!", "ttl": "7-days"}
REQUESTS = [
    ("GET", "/api/health-check", None),
    ("GET", "/api/activities/notifications", None),
    ("GET", "/api/no-such-page", None),
    ("POST", "/api/activities", BODY),
    ("POST", "/api/activities", {**BODY, "ttl": "1-day"}),
    ("POST", "/api/messages", {**BODY, "user_receiver_handle": "ravi"}),
]


@pytest.fixture
def relayed(monkeypatch):
    """Put a relay between each app that is run and its sandbox; lend what it counts."""
    counted, relays = Counted(), []
    make = services.environment.make

    def make_relayed(target, program, ports, sandbox, folder, mark):
        if not relays:
            relays.append(Relay(counted, sandbox.port, sandbox.daemon_port))
        relay = relays[0]
        return {
            name: value.replace(f":{sandbox.port}", f":{relay.port}").replace(
                f":{sandbox.daemon_port}", f":{relay.daemon_port}"
            )
            for name, value in make(target, program, ports, sandbox, folder, mark).items()
        }

    monkeypatch.setattr(services.environment, "make", make_relayed)
    monkeypatch.setattr(traffic, "routes", lambda _: REQUESTS)
    yield counted
    for relay in relays:
        relay.close()


@pytest.mark.parametrize(
    ("step", "environment"), [("05-rollbar", "production"), ("06-spending", "development")]
)
def test_volumes_are_those_at_the_sockets(step, environment, relayed):
    measured = run.measure(target.learner_app(ROOT / "steps" / step), environment, rounds=1)
    total = asdict(measured.total)
    assert total == relayed.volume
    assert min(total.values()) > 0
    assert measured.count() == len(REQUESTS)
    assert not measured.as_spans
    assert measured.count(fails=True) == 1


def test_spans_are_counted_for_x_ray_in_bytes(relayed):
    folder = ROOT / "steps" / "10-opentelemetry-only"
    measured = run.measure(target.learner_app(folder), "development", rounds=1)
    total = asdict(measured.total)
    # Of each span more than its ids, and less than a page.
    assert 100 < total.pop("segment_bytes") / total["events"] < 3_000
    assert total == relayed.volume
    assert measured.as_spans
    line = Cost(measured).lines[1]
    assert (line.price.unit, line.dollars) == ("bytes", None)
    assert line.units > 0
