"""Writes requirements.lock, and tells whether it is current without asking any index."""

import hashlib
import subprocess
import sys
import tomllib
from pathlib import Path

from workshop import place
from workshop.errors import WorkshopError, command

HEADER = "# From pyproject.toml by `make lock`. What it was made from: "


def write() -> str:
    """Resolve pyproject.toml anew and write the lock file.

    Versions that still fit are kept; `rm requirements.lock` first to take the newest.

    Raises:
        WorkshopError: uv could not resolve it.
    """
    root = place.root()
    lock = root / "requirements.lock"
    words = ["pip", "compile", "--universal", "--generate-hashes", "--no-emit-index-url"]
    done = subprocess.run(
        [
            _uv(),
            *words,
            "--no-header",
            "--quiet",
            "pyproject.toml",
            "--group",
            "test",
            "-o",
            str(lock),
        ],
        cwd=root,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise WorkshopError(done.stderr.strip(), "Mend pyproject.toml, then `make lock` again.")
    lines = [
        line for line in lock.read_text("utf-8").splitlines() if not line.startswith(HEADER[:20])
    ]
    lock.write_text("\n".join([HEADER + fingerprint(), *lines]) + "\n", "utf-8")
    return f"requirements.lock: {sum('==' in line for line in lines)} packages"


def fingerprint() -> str:
    """Return a digest of what the lock file follows from: the dependencies and the Pythons."""
    settings = tomllib.loads((place.root() / "pyproject.toml").read_text("utf-8"))
    project, tests = settings["project"], settings["dependency-groups"]["test"]
    wanted = [project["requires-python"], *project["dependencies"], "test", *tests]
    return hashlib.sha256("\n".join(wanted).encode()).hexdigest()


def problems() -> list[str]:
    """Return what is wrong with the lock file; nothing where it is current and names no index."""
    text = (place.root() / "requirements.lock").read_text("utf-8")
    found = []
    if not text.startswith(HEADER + fingerprint()):
        found.append(f"requirements.lock is not from this pyproject.toml: `{command('lock')}`")
    if any(word in text for word in ("://", "--index-url", "--find-links")):
        found.append(f"requirements.lock names an index: `{command('lock')}`")
    return found


def _uv() -> str:
    return str(Path(sys.executable).parent / "uv")
