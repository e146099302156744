"""Judges what docker-compose.yml says of the X-Ray daemon: who finds it, and who may reach it."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import yaml

from workshop.checks import compose
from workshop.checks.evidence import Evidence
from workshop.checks.findings import Finding
from workshop.checks.honeycomb.settings import where_service, where_set
from workshop.checks.xray import daemon

ADDRESS = "AWS_XRAY_DAEMON_ADDRESS"
SWITCH = "AWS_XRAY_SDK_ENABLED"
OFF = ("n", "no", "f", "false", "off", "0")

UNREADABLE = "xray/compose-unreadable"


def judge(evidence: Evidence) -> list[Finding] | None:
    """Return what is wrong with docker-compose.yml's daemon, the same mistake once.

    Args:
        evidence: what one run left behind.

    Returns:
        The findings; None where there is no such file, or somebody else's app runs no daemon in it.
    """
    file = evidence.target.compose
    if file is None:
        return None
    document = _read(file)
    if isinstance(document, Finding):
        return [document] if evidence.target.ours else None
    services = _mappings(document, "services")
    own = {program.service for program in evidence.target.programs}
    name = daemon.find(services, own, list(_addresses(evidence).values()))
    if not evidence.target.ours:
        # Where another app's daemon is, nobody can say; that all may use it is wrong anywhere.
        return _judge_exposure(evidence, services, name) if name else None
    found = list(_judge_services(evidence, services, name))
    if name:
        found += _judge_exposure(evidence, services, name)
        found += _judge_credentials(evidence, services, name)
        found += _judge_file(evidence, services, name, _mappings(document, "configs"))
    return found


def _read(file: Path) -> dict[str, Any] | Finding:
    """Return what a file says, or what keeps docker compose from reading it."""
    try:
        document: dict[str, Any] = compose.load(file)
    except yaml.YAMLError as error:
        return compose.explain_unreadable(UNREADABLE, file, error)
    if compose.list_services(document) is None:
        return compose.explain_unreadable(UNREADABLE, file, problem="no services in it")
    return document


def _mappings(document: dict[str, Any], part: str) -> dict[str, Any]:
    """Return the entries of a part of a compose file that say something."""
    entries = document.get(part)
    if not isinstance(entries, dict):
        return {}
    return {str(name): each for name, each in entries.items() if isinstance(each, dict)}


def _addresses(evidence: Evidence) -> dict[str, str]:
    """Return the daemon's address that each service of the app is given, where it is given one."""
    given = {}
    for program in evidence.target.programs:
        known = compose.read_variables(evidence.target.compose, program.service, {})
        # The variable beats what the code says.
        in_code = [note["asked"] for note in evidence.notes("xray-configure", program.name)]
        address = known.get(ADDRESS) or next((each for each in in_code if each), "")
        if address:
            given[program.service] = str(address)
    return given


def _judge_services(evidence: Evidence, services: dict[str, Any], name: str) -> Iterator[Finding]:
    """Yield what is wrong with the way from each service to the daemon."""
    if not name:
        yield Finding(
            "xray/compose-daemon-missing",
            expected="a service that runs the X-Ray daemon, such as amazon/aws-xray-daemon",
            got=f"none of {', '.join(services)} is one",
            where=where_service(evidence, evidence.target.programs[0].service),
        )
        return
    addresses = _addresses(evidence)
    found: dict[str, Finding] = {}
    for program in evidence.target.programs:
        service = program.service
        for finding in (
            _judge_switch(evidence, service),
            _judge_address(evidence, services, service, addresses.get(service, ""), name),
        ):
            if finding is None:
                continue
            first = found.get(finding.id)
            found[finding.id] = (
                replace(first, got=f"{first.got}; the same for {service}") if first else finding
            )
    yield from found.values()


def _judge_switch(evidence: Evidence, service: str) -> Finding | None:
    variables = compose.read_variables(evidence.target.compose, service, {})
    if variables.get(SWITCH, "").lower() not in OFF:
        return None
    return Finding(
        "xray/sdk-disabled",
        expected="the X-Ray SDK switched on",
        got=f"{SWITCH} is {variables[SWITCH]} for {service}, so no segment is recorded",
        where=where_set(evidence, service, SWITCH),
    )


def _judge_address(
    evidence: Evidence, services: dict[str, Any], service: str, address: str, name: str
) -> Finding | None:
    where = where_set(evidence, service, ADDRESS) or where_service(evidence, service)
    port = daemon.port(services[name])
    expected = f"{ADDRESS}: {name}:{port} in the environment of {service}"
    if not address:
        return Finding("xray/compose-address", expected=expected, got="not there", where=where)
    read = daemon.read_address(address)
    if read is None:
        return Finding(
            "xray/compose-address",
            expected=expected,
            got=f"{address}, which the SDK cannot read, so that {service} does not start",
            where=where,
        )
    wrong = [f"{host}:{number}" for host, number in read if (host, number) != (name, port)]
    # A daemon outside of this file, by a full name or an address, may well be there.
    if not wrong or all(_is_elsewhere(host) for host, _ in read):
        return None
    return Finding("xray/compose-address", expected=expected, got=address, where=where)


def _is_elsewhere(host: str) -> bool:
    return "." in host and not host.startswith("127.")


def _judge_exposure(evidence: Evidence, services: dict[str, Any], name: str) -> list[Finding]:
    published = daemon.published(services[name])
    if not published:
        return []
    return [
        Finding(
            "xray/daemon-published",
            expected=f"no port of {name} that other machines can reach",
            got=published,
            where=where_service(evidence, name),
        )
    ]


def _judge_credentials(evidence: Evidence, services: dict[str, Any], name: str) -> list[Finding]:
    lacking = daemon.lacking(services[name])
    if not lacking:
        return []
    return [
        Finding(
            "xray/compose-daemon-settings",
            expected=f"{', '.join(daemon.NEEDED)} in the environment of {name}",
            got=f"without {', '.join(lacking)}",
            where=where_service(evidence, name),
        )
    ]


def _judge_file(
    evidence: Evidence, services: dict[str, Any], name: str, configs: dict[str, Any]
) -> list[Finding]:
    missing = daemon.unmounted(services[name], configs)
    if not missing:
        return []
    return [
        Finding(
            "xray/compose-daemon-file",
            expected=f"{missing} in {name}, which is started with it",
            got="nothing that puts it there: no entry of configs:, no volume",
            where=where_service(evidence, name),
        )
    ]
