"""Judges docker-compose.yml: no daemon is left in it, and each service finds X-Ray."""

from typing import Any

import yaml

from workshop.checks import compose
from workshop.checks.evidence import Evidence
from workshop.checks.findings import Finding
from workshop.checks.honeycomb.settings import where_service, where_set
from workshop.checks.xray import daemon

DAEMON_ADDRESS = "AWS_XRAY_DAEMON_ADDRESS"
ENDPOINT = "AWS_ENDPOINT_URL_XRAY"
# The same for all of AWS's services.
FOR_ALL = "AWS_ENDPOINT_URL"


def judge(evidence: Evidence) -> list[Finding] | None:
    """Return what is wrong with docker-compose.yml, the same mistake once.

    Args:
        evidence: what one run left behind.

    Returns:
        The findings; None where there is no such file that can be read, or the app is not the
        course's.
    """
    services = _read(evidence)
    if services is None or not evidence.target.ours:
        return None
    return [*_judge_daemon(evidence, services), *_judge_endpoint(evidence)]


def _read(evidence: Evidence) -> dict[str, dict[str, Any]] | None:
    file = evidence.target.compose
    if file is None:
        return None
    try:
        return compose.list_services(compose.load(file))
    except yaml.YAMLError:
        # Check 1 says so, with the line.
        return None


def _judge_daemon(evidence: Evidence, services: dict[str, dict[str, Any]]) -> list[Finding]:
    own = {program.service for program in evidence.target.programs}
    name = daemon.find(services, own, [])
    if name:
        return [
            Finding(
                "opentelemetry-only/compose-daemon-left",
                expected="no X-Ray daemon: nothing is sent to one",
                got=f"the service {name}, which holds AWS's keys and waits",
                where=where_service(evidence, name),
            )
        ]
    for program in evidence.target.programs:
        where = where_set(evidence, program.service, DAEMON_ADDRESS)
        if where:
            return [
                Finding(
                    "opentelemetry-only/compose-address-left",
                    expected=f"no {DAEMON_ADDRESS}",
                    got=f"one for {program.service}, and no daemon to be found there",
                    where=where,
                )
            ]
    return []


def _judge_endpoint(evidence: Evidence) -> list[Finding]:
    """Does each service find the sandbox, where there is no account?"""
    for program in evidence.target.programs:
        given = compose.read_variables(evidence.target.compose, program.service, {})
        in_code = any(
            "amazonaws" in str(note["endpoint"])
            for note in evidence.notes("exporter", program.name)
        )
        if not in_code and not (given.get(ENDPOINT) or given.get(FOR_ALL)):
            return [
                Finding(
                    "opentelemetry-only/compose-endpoint",
                    expected=f"{ENDPOINT} in the environment of {program.service}",
                    got="not there, so that the sandbox's spans go to AWS, with the sandbox's key",
                    where=where_set(evidence, program.service, ENDPOINT)
                    or where_service(evidence, program.service),
                )
            ]
    return []
