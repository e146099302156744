"""Tells which of an app's requirements are not installed where it runs."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

LOOK_DEADLINE = 10
# Runs with the app's own interpreter: its packages are not ours.
LOOK = """
import importlib.metadata, json
print(json.dumps([each.metadata["Name"] or "" for each in importlib.metadata.distributions()]))
"""


def missing(folder: Path, python: str = sys.executable) -> list[str]:
    """Return the names in an app's requirements.txt that its interpreter has no package for.

    Args:
        folder: the app's folder.
        python: the interpreter that serves it.
    """
    wanted = {canonicalize_name(name): name for name in _wanted(folder)}
    if not wanted:
        return []
    installed = _installed(python)
    return [name for plain, name in wanted.items() if plain not in installed]


def _wanted(folder: Path) -> Iterator[str]:
    """Yield the names that requirements.txt asks for on this kind of machine."""
    for file in (folder / "requirements.txt", folder / "app" / "requirements.txt"):
        if not file.is_file():
            continue
        for line in file.read_text("utf-8", errors="replace").splitlines():
            try:
                requirement = Requirement(re.split(r"\s#|\s--|\\$", line)[0].strip())
            except InvalidRequirement:
                # An option, a comment, a path: no name to look for.
                continue
            if requirement.marker is None or requirement.marker.evaluate():
                yield requirement.name


def _installed(python: str) -> set[str]:
    try:
        done = subprocess.run(
            [python, "-c", LOOK], capture_output=True, text=True, timeout=LOOK_DEADLINE
        )
        return {canonicalize_name(name) for name in json.loads(done.stdout)}
    except (OSError, subprocess.TimeoutExpired, ValueError):
        return set()
