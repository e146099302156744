"""Judges docker-compose.yml: are keys left out of it, and the daemon's port closed?"""

import re
from typing import Any

import yaml

from workshop.checks import compose
from workshop.checks.evidence import Evidence
from workshop.checks.findings import Finding
from workshop.checks.honeycomb.settings import where_service, where_set
from workshop.checks.xray import daemon
from workshop.sandbox import SANDBOX_KEY

SECRET = re.compile(r"KEY|TOKEN|SECRET|PASSWORD|OTLP_HEADERS", re.IGNORECASE)
# The id of an AWS key is no secret, and stands beside one that is.
PARTS = re.compile(r"(?:^|[,=])([^,=]+)$")


def judge(evidence: Evidence) -> list[Finding] | None:
    """Return what docker-compose.yml gives away.

    Args:
        evidence: what one run left behind.

    Returns:
        The findings; None where there is no such file that can be read.
    """
    services = _read(evidence)
    if services is None:
        return None
    return [*_judge_keys(evidence, services), *_judge_daemon(evidence, services)]


def _read(evidence: Evidence) -> dict[str, dict[str, Any]] | None:
    file = evidence.target.compose
    if file is None:
        return None
    try:
        return compose.list_services(compose.load(file))
    except yaml.YAMLError:
        return None


def _judge_keys(evidence: Evidence, services: dict[str, dict[str, Any]]) -> list[Finding]:
    """Is a key written into the file, which is committed, in place of a variable's name?"""
    for service, described in services.items():
        entries = _list_variables(described.get("environment"))
        for name, value in entries:
            if SECRET.search(name) and _is_literal(value):
                return [
                    Finding(
                        "security/compose-key",
                        expected=f"{name}: a variable's name, such as ${{…}}",
                        got=f"a value of its own, for {service}, in a file that is committed",
                        where=where_set(evidence, service, name),
                    )
                ]
    return []


def _list_variables(written: Any) -> list[tuple[str, str]]:
    """Return the variables of a service, in either of the forms that compose takes."""
    if isinstance(written, list):
        return [(name, value) for name, _, value in (str(each).partition("=") for each in written)]
    items = written.items() if isinstance(written, dict) else []
    return [(str(name), "" if value is None else str(value)) for name, value in items]


def _is_literal(value: str) -> bool:
    """Tell whether a value holds a key: no variable's name, and not the sandbox's own word."""
    part = PARTS.search(value)
    own = part[1].strip() if part else ""
    return bool(own) and "${" not in own and own != SANDBOX_KEY


def _judge_daemon(evidence: Evidence, services: dict[str, dict[str, Any]]) -> list[Finding]:
    """Is the port of X-Ray's daemon, which signs for whoever reaches it, open to the world?"""
    own = {program.service for program in evidence.target.programs}
    name = daemon.find(services, own, [])
    how = daemon.published(services[name]) if name else ""
    if not how:
        return []
    return [
        Finding(
            "security/daemon-published",
            expected="a daemon that only services of the same file reach",
            got=how,
            where=where_service(evidence, name),
        )
    ]
