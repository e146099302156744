"""Bring a step into the learner's app: its change alone, or the whole checkpoint."""

from dataclasses import dataclass

from workshop import place
from workshop.course import Step, step
from workshop.errors import WorkshopError, command
from workshop.steps import conflicts
from workshop.steps.checkpoints import (
    Nearest,
    known_paths,
    label,
    nearest,
    read_checkpoint,
    read_checkpoints,
)
from workshop.steps.merge import merge_apps
from workshop.steps.saved import Saved, change_app
from workshop.steps.tree import Tree, blocked_paths, read_app


@dataclass(frozen=True)
class Written:
    """What a command did to the learner's app.

    Args:
        done: what happened, in one sentence.
        added: files that are new.
        changed: files that are now as the step has them.
        merged: files that hold the step's change and the learner's own.
        removed: files that are gone.
        kept: files of the learner's own, untouched.
        saved: the state before; None if nothing was written.
    """

    done: str
    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    merged: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    saved: Saved | None = None

    def __str__(self) -> str:
        """The message for the learner."""
        lines = [self.done]
        lines += [f"  new       {path}" for path in self.added]
        lines += [f"  changed   {path}" for path in self.changed]
        lines += [f"  merged    {path}   (your own edits are in it)" for path in self.merged]
        lines += [f"  removed   {path}" for path in self.removed]
        lines += [f"  kept      {path}   (yours; no step knows it)" for path in self.kept]
        if self.saved:
            lines.append(f"Your files as they were are saved: `{self.saved.way_back}`")
        return "\n".join(lines)


def apply(number: int) -> Written:
    """Bring the change of one step into the learner's app, beside their own edits.

    Only the two checkpoints and the learner's files are needed, no git history. Nothing is written
    if the step is already there, or if any file of it does not fit.

    Args:
        number: the step's number, from 1.

    Raises:
        WorkshopError: an earlier step is missing in the app, or the change does not fit.
    """
    wanted = step(number)
    if number == 0:
        raise WorkshopError(
            "Step 0 is the start: it has no change to bring.",
            f"`{command('goto 0')}` takes you back to it.",
        )
    base, theirs = read_checkpoint(number - 1), read_checkpoint(number)
    ours = read_app(place.root())
    here = nearest(ours)
    if here.step.number < number - 1:
        raise _too_early(wanted, here)
    merged, unmerged = merge_apps(base, ours, theirs)
    if here.step.number > number or (not unmerged and merged == ours):
        where = f" {here}" if here.step != wanted else ""
        return Written(f"Your app already has {label(wanted)}: nothing to do.{where}")
    if unmerged and here.step == wanted:
        # The learner went on from the step in the lines that it brought: no reason for an error.
        return Written(
            f"Your app has {label(wanted)} already, and changes of yours in the same lines. {here} "
            f"Nothing is written.\n`{command(f'compare {number}')}` shows where, "
            f"`{command(f'goto {number}')}` takes the step as it is."
        )
    if unmerged:
        raise conflicts.explain(wanted, unmerged, str(here))
    _refuse_blocked(wanted, merged)
    saved = change_app(merged, f"apply {number}")
    return _describe(f"Your app has {label(wanted)} now.", ours, merged, theirs, saved)


def goto(number: int) -> Written:
    """Make the learner's app the checkpoint of one step, byte for byte.

    Files that the learner added and no step knows stay where they are, and are named.

    Args:
        number: the step's number.

    Raises:
        WorkshopError: the course has no such step, or a file of the learner's is in the way.
    """
    wanted = step(number)
    theirs = read_checkpoint(number)
    ours = read_app(place.root())
    known = known_paths(read_checkpoints())
    own = {path: file for path, file in ours.items() if path not in known}
    after = {**theirs, **own}
    if after == ours:
        return Written(f"Your app is already at {label(wanted)}: nothing to do.", kept=tuple(own))
    _refuse_blocked(wanted, after)
    saved = change_app(after, f"goto {number}")
    done = f"Your app is at {label(wanted)}."
    return _describe(done, ours, after, theirs, saved, kept=tuple(sorted(own)))


def _too_early(wanted: Step, here: Nearest) -> WorkshopError:
    before, first = wanted.number - 1, here.step.number + 1
    return WorkshopError(
        f"Step {wanted.number} builds on step {before}. {here}",
        f"First: `{command(f'apply {first}')}`, or `{command(f'goto {before}')}` to catch up.",
    )


def _refuse_blocked(wanted: Step, after: Tree) -> None:
    for path in blocked_paths(after):
        raise WorkshopError(
            f"{path} would have to be a file and a folder at once: one is yours, and step "
            f"{wanted.number} needs the other. Nothing is written.",
            "Rename yours, then run the command again.",
        )


def _describe(
    done: str, ours: Tree, after: Tree, theirs: Tree, saved: Saved, kept: tuple[str, ...] = ()
) -> Written:
    touched = sorted(path for path in ours.keys() & after.keys() if ours[path] != after[path])
    as_step = {path for path in touched if after[path].normal == theirs[path].normal}
    return Written(
        done,
        added=tuple(sorted(after.keys() - ours.keys())),
        changed=tuple(path for path in touched if path in as_step),
        merged=tuple(path for path in touched if path not in as_step),
        removed=tuple(sorted(ours.keys() - after.keys())),
        kept=kept,
        saved=saved,
    )
