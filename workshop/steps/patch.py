"""Reads a step's patch: which files it changes, and the hunks of each."""

import re

from workshop.course import Step, step
from workshop.errors import WorkshopError, command


def hunks(wanted: Step) -> dict[str, str]:
    """Return what a step's patch changes: path → its hunks, as a unified diff has them.

    Args:
        wanted: the step.
    """
    if not wanted.patch.is_file():
        return {}
    text = wanted.patch.read_text("utf-8")
    found = {}
    for part in re.split(r"^diff --git ", text, flags=re.MULTILINE)[1:]:
        path = part.split("\n", 1)[0].rpartition(" b/")[2]
        at = part.find("\n@@")
        found[path] = part[at + 1 :].rstrip("\n") if at >= 0 else ""
    return found


def show(number: int, path: str = "") -> str:
    """Return what a step changes: its files, or the hunks of one of them.

    Args:
        number: the step's number.
        path: a file that the step changes; none lists them all.

    Raises:
        WorkshopError: the step has no patch, or does not change that file.
    """
    wanted = step(number)
    found = hunks(wanted)
    if not found:
        raise WorkshopError(f"Step {number} ({wanted.title}) changes nothing in the app.")
    if not path:
        lines = [_summary(name, text) for name, text in found.items()]
        return "\n".join([f"Step {number} ({wanted.title}) changes:", *lines])
    if path not in found:
        raise WorkshopError(
            f"Step {number} does not change {path}.",
            f"`{command(f'show {number}')}` lists the files that it changes.",
        )
    return f"{path}\n{_readable(found[path])}"


def _summary(path: str, text: str) -> str:
    added = sum(line.startswith("+") for line in text.splitlines())
    removed = sum(line.startswith("-") for line in text.splitlines())
    return f"  {path:<40} +{added} -{removed}"


def _readable(text: str) -> str:
    """Return hunks with `…` between them in place of git's line numbers."""
    return re.sub(r"^@@ .* @@.*$", "…", text, flags=re.MULTILINE).removeprefix("…\n").rstrip()
