"""Looks at this machine: Python, `.venv`, git, and whether the folder can be written to."""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from workshop import install
from workshop.doctor.remarks import FINE, NOTE, PROBLEM, Remark

GROUP = "This machine"
WRITTEN_TO = (".", ".workshop", "app", "notebooks")


def examine(root: Path) -> list[Remark]:
    """Return what there is to say of this machine.

    Args:
        root: the checkout.
    """
    return [tell_python(), tell_venv(), *tell_git(root), tell_folder(root)]


def tell_python(version: tuple[int, ...] = sys.version_info[:3]) -> Remark:
    """Tell whether this Python is new enough.

    Args:
        version: its major and minor version, and what follows.
    """
    said = ".".join(map(str, version))
    if version >= install.OLDEST:
        return Remark(GROUP, "Python", FINE, said)
    oldest = ".".join(map(str, install.OLDEST))
    return Remark(
        GROUP,
        "Python",
        PROBLEM,
        f"{said} is too old: the course needs {oldest} or newer",
        "Install one, then name it: make setup PYTHON=python3.13",
    )


def tell_venv() -> Remark:
    """Tell whether `.venv` is what requirements.lock says."""
    if not install.STAMP.is_file():
        return Remark(GROUP, ".venv", PROBLEM, "is not there, or was not finished", "make setup")
    if Path(sys.prefix).resolve() != install.VENV.resolve():
        return Remark(
            GROUP,
            ".venv",
            NOTE,
            f"is not what runs this: {sys.prefix} does",
            f"Use the course's own: {install.VENV}/bin/workshop doctor",
        )
    if install.STAMP.read_text("utf-8") != install.fingerprint():
        return Remark(
            GROUP,
            ".venv",
            PROBLEM,
            "is stale: requirements.lock, Python or the folder's place has changed since",
            "make setup",
        )
    return Remark(GROUP, ".venv", FINE, "is what requirements.lock says")


def tell_git(root: Path) -> list[Remark]:
    """Tell whether git is there, and knows who commits.

    Args:
        root: the checkout.
    """
    if shutil.which("git") is None:
        return [
            Remark(GROUP, "git", PROBLEM, "is not installed", "On Debian: sudo apt install git")
        ]
    missing = [name for name in ("user.name", "user.email") if not _git_config(root, name)]
    if missing:
        values = {"user.name": '"Your Name"', "user.email": "you@example.org"}
        commands = " && ".join(f"git config --global {name} {values[name]}" for name in missing)
        what = f"does not know your {' and '.join(missing)}, which a commit needs"
        return [Remark(GROUP, "git", NOTE, what, commands)]
    return [Remark(GROUP, "git", FINE, "knows who commits")]


def tell_folder(root: Path) -> Remark:
    """Tell whether the folders that the course writes to can be written to.

    Args:
        root: the checkout.
    """
    for name in WRITTEN_TO:
        folder = root / name
        if not folder.is_dir():
            continue
        try:
            # Asking for permissions is not enough: a disk may be full, or mounted read-only.
            with tempfile.TemporaryFile(dir=folder) as scratch:
                scratch.write(b"x")
        except OSError as error:
            return Remark(
                GROUP,
                "folder",
                PROBLEM,
                f"{folder} cannot be written to: {error.strerror}",
                f'Where it belongs to another user: sudo chown -R "$USER" "{root}"',
            )
    return Remark(GROUP, "folder", FINE, f"{root} can be written to")


def _git_config(root: Path, name: str) -> str:
    done = subprocess.run(
        ["git", "config", "--get", name], cwd=root, capture_output=True, text=True
    )
    return done.stdout.strip()
