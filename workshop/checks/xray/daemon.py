"""Reads a compose file's service as an X-Ray daemon: its port, who reaches it, what it lacks.

Source: https://docs.aws.amazon.com/xray/latest/devguide/xray-daemon-configuration.html
"""

import re
from typing import Any

IMAGE = "xray-daemon"
PORT = 2000
LOOPBACK = ("127.", "[::1]", "::1", "localhost")
NEEDED = ("AWS_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
# Each may be given in another way.
ALSO = {"AWS_REGION": ("AWS_DEFAULT_REGION",)}
# What says, in a compose file, what a file holds.
DEFINES = {"file", "content", "environment", "external"}


def find(services: dict[str, Any], own: set[str], addresses: list[str]) -> str:
    """Return the name of the service that runs the daemon, or nothing.

    Args:
        services: those of a compose file.
        own: the names of the app's own services.
        addresses: the daemon's addresses that these are given.
    """
    others = {
        name: each
        for name, each in services.items()
        if name not in own and {"image", "build"} & set(each)
    }
    by_image = [name for name, each in others.items() if IMAGE in str(each.get("image", ""))]
    hosts = [host for text in addresses for host, _ in read_address(text) or []]
    return next(iter([*by_image, *(host for host in hosts if host in others)]), "")


def read_address(text: str) -> list[tuple[str, int]] | None:
    """Return the hosts and ports of a daemon's address, or None where the SDK cannot read it.

    Args:
        text: `host:port`, or `tcp:host:port udp:host:port`.
    """
    forms = (r"([^:\s]+):(\d+)", r"tcp:([^:\s]+):(\d+) udp:([^:\s]+):(\d+)")
    turned = r"udp:([^:\s]+):(\d+) tcp:([^:\s]+):(\d+)"
    for form in (*forms, turned):
        match = re.fullmatch(form, text)
        if match:
            parts = match.groups()
            return [(parts[i], int(parts[i + 1])) for i in range(0, len(parts), 2)]
    return None


def port(service: dict[str, Any]) -> int:
    """Return the port that a daemon listens on inside its container."""
    bound = re.search(r"(?:^|\s)(?:-b|--bind)[= ]\S*?:(\d+)", _command(service))
    return int(bound[1]) if bound else PORT


def published(service: dict[str, Any]) -> str:
    """Return how a daemon's ports can be reached from other machines, or nothing."""
    if service.get("network_mode") == "host":
        return "network_mode: host, which opens its ports on every address of the machine"
    ports = service.get("ports") or []
    entries = [_describe(each) for each in ports] if isinstance(ports, list) else []
    open_to_all = [each for each in entries if each]
    return (
        f"ports: {', '.join(open_to_all)}, on every address of the machine" if open_to_all else ""
    )


def _describe(entry: Any) -> str:
    """Return a published port as compose writes it in short, or nothing where only this host may.

    Source: https://docs.docker.com/reference/compose-file/services/#ports
    """
    if isinstance(entry, dict):
        host, number = str(entry.get("host_ip", "")), entry.get("published", entry.get("target"))
        text = f"{number}:{entry.get('target')}/{entry.get('protocol', 'tcp')}"
    else:
        text = str(entry)
        # An address in front makes three parts of it.
        host = text if text.count(":") > 1 else ""
    return "" if host.startswith(LOOPBACK) else text


def lacking(service: dict[str, Any]) -> list[str]:
    """Return which of the region and the credentials a daemon in a container has no source for."""
    volumes = str(service.get("volumes", ""))
    if service.get("env_file") or ".aws" in volumes:
        return []
    given = service.get("environment") or {}
    names = [str(each).partition("=")[0] for each in given]
    if "AWS_PROFILE" in names:
        return []
    command = _command(service)
    has_region = re.search(r"(?:^|\s)(?:-n|--region)[= ]", command)
    return [
        name
        for name in NEEDED
        if not {name, *ALSO.get(name, ())} & set(names)
        and not (name == "AWS_REGION" and has_region)
    ]


def unmounted(service: dict[str, Any], configs: dict[str, Any]) -> str:
    """Return the file that a daemon is started with and that nothing puts there, or nothing.

    Args:
        service: the daemon's.
        configs: those that the compose file defines.

    Source: https://docs.docker.com/reference/compose-file/configs/
    """
    named = re.search(r"(?:^|\s)(?:-c|--config)[= ](\S+)", _command(service))
    if named is None or "build" in service:
        return ""
    given = service.get("configs") or []
    for each in given if isinstance(given, list) else []:
        entry = each if isinstance(each, dict) else {"source": each}
        source = str(entry.get("source"))
        is_defined = bool(DEFINES & set(configs.get(source) or {}))
        target = entry.get("target")
        if is_defined and (target or f"/{source}") == named[1]:
            return ""
    # A volume may be a folder that holds the file.
    volumes = re.findall(r":(/[^:'\"]*)|'target': '(/[^']*)'", str(service.get("volumes", "")))
    places = [place for pair in volumes for place in pair if place]
    return "" if any(named[1].startswith(place) for place in places) else named[1]


def _command(service: dict[str, Any]) -> str:
    words = service.get("command") or ""
    return " ".join(map(str, words)) if isinstance(words, list) else str(words)
