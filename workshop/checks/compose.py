"""Reads what docker-compose.yml sets for a service, so that a check runs it as compose would."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import yaml

from workshop.checks.findings import Finding

# In C where it is there, which is ten times as fast.
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
# Hosts that a configuration may name where a check listens in their stead.
STOOD_IN_FOR = ("api.honeycomb.io", "api.eu1.honeycomb.io", "sandbox")

# https://docs.docker.com/reference/compose-file/interpolation/
VARIABLE = re.compile(r"\$\{(?P<name>\w+)(?:(?P<sign>:?[-?+])(?P<rest>[^}]*))?\}")


def find_file(folder: Path) -> Path | None:
    """Return the compose file of a folder, or of the one above it."""
    names = ("docker-compose.yml", "docker-compose.yaml", "compose.yml", "compose.yaml")
    files = (place / name for place in (folder, folder.parent) for name in names)
    return next((file for file in files if file.is_file()), None)


def load(file: Path) -> Any:
    """Return what a compose file says.

    Args:
        file: the file.

    Raises:
        yaml.YAMLError: it is no YAML; in the words of the slower parser, which say more.
    """
    text = file.read_text("utf-8", errors="replace")
    try:
        return yaml.load(text, LOADER)  # noqa: S506 - it is a safe one, too
    except (yaml.YAMLError, ValueError):
        pass
    try:
        return yaml.safe_load(text)
    except ValueError as error:
        # A date such as 2024-99-99, which has the form of one and is none.
        raise yaml.YAMLError(str(error)) from None


def explain_unreadable(
    id_: str, file: Path, error: yaml.YAMLError | None = None, problem: str = "something else"
) -> Finding:
    """Return the finding that docker compose cannot read a file.

    Args:
        id_: the finding's id; each area has its own.
        file: the compose file.
        error: as `load` raises it; its own words and its line are told, where it has any.
        problem: what is wrong otherwise.
    """
    mark = getattr(error, "problem_mark", None)
    return Finding(
        id_,
        expected="a file that docker compose can read",
        got=getattr(error, "problem", None) or problem,
        where=f"{file.name}:{mark.line + 1 if mark else 1}",
    )


def list_services(document: Any) -> dict[str, dict[str, Any]] | None:
    """Return the services of a compose file that say something; None where it has no list of them.

    Args:
        document: as `load` returns it.
    """
    services = document.get("services") if isinstance(document, dict) else None
    if not isinstance(services, dict):
        return None
    return {str(name): each for name, each in services.items() if isinstance(each, dict)}


def find_service(file: Path | None, folder: Path) -> str:
    """Return the name of the service that a compose file builds from a folder, or nothing.

    Args:
        file: the compose file.
        folder: the app's folder.
    """
    for name, service in _services(file).items():
        build = service.get("build")
        context = build.get("context") if isinstance(build, dict) else build
        if file and isinstance(context, str) and (file.parent / context).resolve() == folder:
            return str(name)
    return ""


def read_variables(file: Path | None, service: str, known: Mapping[str, str]) -> dict[str, str]:
    """Return the environment that a compose file gives a service.

    Args:
        file: the compose file.
        service: the service's name.
        known: variables for `${NAME}`, `${NAME:-default}` and `${NAME:?error}`; what is absent is
            empty, as it is for compose.
    """
    written = _services(file).get(service, {}).get("environment") or {}
    if isinstance(written, list):
        entries = (str(entry).partition("=") for entry in written)
        written = {name: value if sign else None for name, sign, value in entries}
    if not isinstance(written, dict):
        return {}
    return {
        str(name): _interpolate(_as_text(value), known)
        for name, value in written.items()
        if value is not None
    }


def stand_in(value: str, sandbox_url: str) -> str:
    """Put the sandbox in a vendor's place, where a value is the address of one.

    Ports, paths and everything else stay as they are written.

    Args:
        value: a variable's value.
        sandbox_url: where the check's sandbox listens.
    """
    try:
        parts = urlsplit(value)
        is_vendor = parts.hostname in STOOD_IN_FOR and parts.port in (None, 443, 4318)
    except ValueError:
        return value
    if not is_vendor:
        return value
    sandbox = urlsplit(sandbox_url)
    return urlunsplit((sandbox.scheme, sandbox.netloc, parts.path, parts.query, ""))


def _services(file: Path | None) -> dict[str, dict[str, Any]]:
    """Return the services of a compose file, as far as it can be read."""
    if file is None:
        return {}
    try:
        return list_services(load(file)) or {}
    except yaml.YAMLError:
        return {}


def _as_text(value: Any) -> str:
    # YAML's true and false reach a container as they are written.
    return str(value).lower() if isinstance(value, bool) else str(value)


def _interpolate(text: str, known: Mapping[str, str]) -> str:
    def value(match: re.Match[str]) -> str:
        given, sign = known.get(match["name"]), match["sign"]
        # Without the colon a variable that is set to nothing counts as set.
        if given or (given is not None and sign == "-"):
            return given
        return match["rest"] if sign in (":-", "-") else ""

    return VARIABLE.sub(value, text)
