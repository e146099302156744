"""What a learner reads when their own work and a step meet in the same lines."""

import os
import shlex
from collections.abc import Iterator, Sequence

from workshop import place
from workshop.course import Step, step
from workshop.errors import WorkshopError, command
from workshop.steps.checkpoints import label
from workshop.steps.merge import Conflict, Kind, Place

SHOWN = 12
"""How many lines of each side are shown of one place."""


def explain(wanted: Step, conflicts: Sequence[Conflict], preface: str) -> WorkshopError:
    """Make the error for a change that does not fit; nothing has been written.

    Args:
        wanted: the step whose change it is.
        conflicts: at least one.
        preface: where in the course the app is, as a sentence.
    """
    count = len(conflicts)
    files = "one file" if count == 1 else f"{count} files"
    head = f"Your own work meets {label(wanted)} in {files}. Nothing is written."
    blocks = ["\n".join(_block(wanted, conflict)) for conflict in conflicts]
    what = "\n\n".join([f"{head}\n{preface}", *blocks])
    number = wanted.number
    ways = (
        (command(f"compare {number}"), "shows every difference, to bring over by hand"),
        (command(f"apply {number}"), "tries again once the places above are as the step has them"),
        (command(f"goto {number}"), "takes the step as it is; your files are saved first"),
    )
    width = max(len(words) for words, _ in ways)
    return WorkshopError(
        what, "\n".join(["\nWays on:", *(f"  {words:<{width}}  {why}" for words, why in ways)])
    )


def _block(wanted: Step, conflict: Conflict) -> Iterator[str]:
    number = wanted.number
    path = conflict.path
    if conflict.kind is Kind.DELETED:
        yield f"{path}: you deleted it, and step {number} changes it."
        yield f"  have it back   {_copy(step(number - 1), path)}"
    elif conflict.kind is Kind.REMOVED:
        yield f"{path}: you changed it, and step {number} removes it."
        yield "  If you need nothing in it, delete it."
    elif conflict.kind is Kind.BINARY:
        yield f"{path}: you changed it, and so does step {number}; it is no text, so one must win."
        yield f"  take the step's   {_copy(wanted, path)}"
    else:
        if conflict.kind is Kind.ADDED:
            yield f"{path}: you made it, and step {number} adds another of that name."
            yield "  Rename yours to keep it."
        for each in conflict.places:
            yield from _show(number, path, each)


def _show(number: int, path: str, where: Place) -> Iterator[str]:
    last = where.line + len(where.ours) - 1
    lines = f"lines {where.line}–{last}" if last > where.line else f"line {where.line}"
    yield f"{path}, {lines}"
    yield "  you have" if where.ours else "  you have nothing there"
    yield from _quote(where.ours)
    yield f"  step {number} wants" if where.theirs else f"  step {number} wants nothing there"
    yield from _quote(where.theirs)


def _quote(lines: Sequence[str]) -> Iterator[str]:
    for line in lines[:SHOWN]:
        yield f"    | {line}".rstrip()
    if len(lines) > SHOWN:
        yield f"    … and {len(lines) - SHOWN} more"


def _copy(source: Step, path: str) -> str:
    """Return the shell command that copies a file from a checkpoint, from the current folder."""
    target = place.root() / path
    copy = shlex.join(["cp", os.path.relpath(source.folder / path), os.path.relpath(target)])
    if target.parent.is_dir():
        return copy
    return f"{shlex.join(['mkdir', '-p', os.path.relpath(target.parent)])} && {copy}"
