"""Judges what docker-compose.yml tells each service of Rollbar: token, address, environment."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml

from workshop.checks import compose, environment
from workshop.checks.evidence import Evidence
from workshop.checks.findings import Finding
from workshop.checks.honeycomb.settings import where_service, where_set
from workshop.checks.rollbar import source
from workshop.checks.rollbar.silence import ACCESS, ENDPOINT, in_code
from workshop.sandbox import SANDBOX_KEY

ENVIRONMENT = "ENVIRONMENT"
PATH = "/api/1/"
SANDBOX, PORT = "sandbox", 4318
LOCAL = ("localhost", "127.0.0.1")


def judge(evidence: Evidence) -> list[Finding] | None:
    """Return what is wrong with docker-compose.yml's settings, the same mistake once.

    Args:
        evidence: what one run left behind.

    Returns:
        The findings; None where there is no such file, or the app is not the course's.
    """
    file = evidence.target.compose
    if file is None or not evidence.target.ours:
        return None
    services = _read(file)
    if isinstance(services, Finding):
        return [services]
    found: dict[str, Finding] = {}
    for program in evidence.target.programs:
        service = program.service
        for finding in _judge_service(evidence, services, service):
            first = found.get(finding.id)
            again = f"{first.got}; the same for {service}" if first else ""
            found[finding.id] = replace(first, got=again) if first else finding
    return list(found.values())


def _read(file: Path) -> dict[str, Any] | Finding:
    """Return the services of a file, or what keeps docker compose from reading it."""
    id_ = "rollbar/compose-unreadable"
    try:
        services = compose.list_services(compose.load(file))
    except yaml.YAMLError as error:
        return compose.explain_unreadable(id_, file, error)
    if services is None:
        return compose.explain_unreadable(id_, file, problem="no services in it")
    return services


def _judge_service(evidence: Evidence, services: dict[str, Any], service: str) -> Iterator[Finding]:
    """Yield what is wrong with one service's settings."""
    described = services.get(service, {})
    if described.get("env_file"):
        # What stands in that file is the learner's alone.
        return
    given = compose.read_variables(evidence.target.compose, service, {})
    lacking = [] if ACCESS in given else [f"{ACCESS}: ${{{ACCESS}:-{SANDBOX_KEY}}}"]
    read = {name: default for name, _, default in source.find_variables(evidence.folder)}
    if ENVIRONMENT in read and ENVIRONMENT not in given and read[ENVIRONMENT] == "development":
        lacking.append(f"{ENVIRONMENT}: ${{{ENVIRONMENT}:-{environment.ENVIRONMENT}}}")
    for_sandbox = given.get(ACCESS, SANDBOX_KEY) == SANDBOX_KEY
    if ENDPOINT in read and not given.get(ENDPOINT) and for_sandbox:
        default = f"http://{SANDBOX}:{PORT}{PATH}"
        lacking.append(f"{ENDPOINT}: ${{{ENDPOINT}:-{default}}}")
    if lacking:
        yield Finding(
            "rollbar/compose-settings",
            expected=f"{' and '.join(lacking)} in the environment of {service}",
            got="not there",
            where=where_service(evidence, service),
        )
    if _is_literal(described.get("environment"), given.get(ACCESS, "")):
        yield in_code(where_set(evidence, service, ACCESS))
    if given.get(ENVIRONMENT) == "development":
        yield Finding(
            "rollbar/compose-settings",
            expected=f"{ENVIRONMENT}: {environment.ENVIRONMENT} in the environment of {service}",
            got="development",
            where=where_set(evidence, service, ENVIRONMENT),
        )
    if given.get(ENDPOINT):
        yield from _judge_endpoint(evidence, services, service, given[ENDPOINT])


def _is_literal(written: Any, token: str) -> bool:
    """Tell whether a token of its own stands in the file, in place of a variable's name."""
    entries = written.values() if isinstance(written, dict) else written
    if not isinstance(written, dict | list):
        return False
    return token not in ("", SANDBOX_KEY) and any(str(each).endswith(token) for each in entries)


def _judge_endpoint(
    evidence: Evidence, services: dict[str, Any], service: str, endpoint: str
) -> Iterator[Finding]:
    where = where_set(evidence, service, ENDPOINT)
    parts = urlsplit(endpoint)
    host = parts.hostname or ""
    expected = f"{ENDPOINT}: an address such as http://{SANDBOX}:{PORT}{PATH}"
    wrong = ""
    if not parts.scheme.startswith("http") or not host:
        wrong = f"{endpoint}, which is no address"
    elif host in LOCAL:
        wrong = f"{endpoint}, which in a container is the container itself"
    elif "." not in host and host not in services:
        wrong = f"{endpoint}, and no service here is called {host}"
    elif host == SANDBOX and parts.netloc.rpartition(":")[2] != str(PORT):
        wrong = f"{endpoint}; the sandbox listens on {PORT}"
    if wrong:
        yield Finding("rollbar/compose-settings", expected=expected, got=wrong, where=where)
    elif parts.path != PATH:
        yield Finding(
            "rollbar/endpoint-path",
            expected=f"an address that ends in {PATH}, with the slash",
            got=f"{endpoint} for {service}",
            where=where,
        )
