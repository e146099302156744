"""Judges what docker-compose.yml tells each service of AWS: who asks, where, and in which region.

The check and the notebooks set these variables themselves, so a mistake in docker-compose.yml would
only be met in a container.
"""

from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

import yaml

from workshop.checks import compose, presence
from workshop.checks.evidence import Evidence
from workshop.checks.findings import Finding
from workshop.checks.honeycomb.settings import where_service, where_set
from workshop.checks.notes import Note
from workshop.checks.words import listed

KEYS = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
REGION, DEFAULT_REGION = "AWS_REGION", "AWS_DEFAULT_REGION"
ENDPOINT, EVERY_ENDPOINT = "AWS_ENDPOINT_URL_CLOUDWATCH_LOGS", "AWS_ENDPOINT_URL"
# What people make of the service's short name; botocore reads it nowhere.
IGNORED = "AWS_ENDPOINT_URL_LOGS"
SANDBOX, SANDBOX_PORT = "sandbox", 4318


def judge(evidence: Evidence) -> list[Finding] | None:
    """Return what is wrong with docker-compose.yml's settings for AWS, the same mistake once.

    Args:
        evidence: what one run left behind.

    Returns:
        The findings; None where there is no such file, the app is not the course's, or no service
        makes a client.
    """
    file = evidence.target.compose
    if file is None or not evidence.target.ours:
        return None
    try:
        document = compose.load(file)
    except yaml.YAMLError as error:
        return [compose.explain_unreadable("cloudwatch/compose-unreadable", file, error)]
    services = document.get("services") if isinstance(document, dict) else None
    if not isinstance(services, dict):
        return None
    found: dict[str, Finding] = {}
    judged = False
    for program in evidence.target.programs:
        client = next(evidence.notes("logs-client", program.name), None)
        if client is None:
            continue
        judged = True
        for finding in _judge_service(evidence, services, program.service, client):
            first = found.get(finding.id)
            found[finding.id] = (
                replace(first, got=f"{first.got}; the same for {program.service}")
                if first
                else finding
            )
    return list(found.values()) if judged else None


def _judge_service(
    evidence: Evidence, services: dict[str, Any], service: str, client: Note
) -> list[Finding]:
    variables = compose.read_variables(evidence.target.compose, service, {})
    found = []
    lacking = (
        []
        if client["keys_in_code"]
        else [key for key in KEYS if not _is_set(evidence, service, key)]
    )
    region = _lacking_region(evidence, service, client)
    lacking += [region] if region else []
    endpoint = variables.get(ENDPOINT, "") or variables.get(EVERY_ENDPOINT, "")
    if not client["endpoint_in_code"] and not endpoint:
        if where_set(evidence, service, IGNORED):
            found.append(
                Finding(
                    "cloudwatch/compose-endpoint-ignored",
                    expected=f"{ENDPOINT} in the environment of {service}",
                    got=f"{IGNORED}, which boto3 does not read",
                    where=where_set(evidence, service, IGNORED),
                )
            )
        elif _is_sandbox_key(variables):
            lacking.append(ENDPOINT)
    if lacking:
        found.append(_explain_lacking(evidence, service, lacking))
    if endpoint and not client["endpoint_in_code"]:
        found += _judge_endpoint(evidence, services, service, endpoint)
    return found


def _is_set(evidence: Evidence, service: str, variable: str) -> bool:
    return bool(where_set(evidence, service, variable))


def _is_sandbox_key(variables: dict[str, str]) -> bool:
    """Tell whether the key is the sandbox's unless `.env` has another: AWS would refuse it."""
    return variables.get(KEYS[0], SANDBOX) == SANDBOX


def _lacking_region(evidence: Evidence, service: str, client: Note) -> str:
    """Return the variable that would give boto3 its region and is not there, or nothing."""
    # An empty region in the code beats any variable, and is told of elsewhere.
    if client["empty_region"] or _is_set(evidence, service, DEFAULT_REGION):
        return ""
    if not client["region_in_code"]:
        return DEFAULT_REGION
    read = [name for name in (REGION, DEFAULT_REGION) if _is_named(evidence, name)]
    if not read or any(_is_set(evidence, service, name) for name in read):
        return ""
    return read[0]


def _is_named(evidence: Evidence, variable: str) -> bool:
    """Tell whether the app's own code reads a variable."""
    texts = (file.read_text("utf-8", errors="replace") for file in _files(evidence))
    return any(f'"{variable}"' in text or f"'{variable}'" in text for text in texts)


def _files(evidence: Evidence) -> list[Any]:
    return presence.python_files(evidence.folder)


def _explain_lacking(evidence: Evidence, service: str, lacking: list[str]) -> Finding:
    got = "not there" if len(lacking) == 1 else "none of them is there"
    if lacking == [DEFAULT_REGION] and _is_set(evidence, service, REGION):
        got = f"{REGION} only, which boto3 does not read by itself"
    return Finding(
        "cloudwatch/compose-settings",
        expected=f"{listed(lacking)} in the environment of {service}",
        got=got,
        where=where_service(evidence, service),
    )


def _judge_endpoint(
    evidence: Evidence, services: dict[str, Any], service: str, endpoint: str
) -> list[Finding]:
    try:
        parts = urlsplit(endpoint)
        host, port, scheme = parts.hostname or "", parts.port, parts.scheme
    except ValueError:
        host, port, scheme = "", None, ""
    here = host in ("localhost", "127.0.0.1")
    unknown = "." not in host and host not in services
    wrong_port = host == SANDBOX and port != SANDBOX_PORT
    if scheme in ("http", "https") and not here and not unknown and not wrong_port:
        return []
    name = ENDPOINT if _is_set(evidence, service, ENDPOINT) else EVERY_ENDPOINT
    return [
        Finding(
            "cloudwatch/compose-endpoint",
            expected=f"{name}: http://{SANDBOX}:{SANDBOX_PORT} for {service}, unless .env has "
            "another",
            got=endpoint,
            where=where_set(evidence, service, name) or where_service(evidence, service),
        )
    ]
