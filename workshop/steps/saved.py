"""The learner's files as they were before each command that changed them, and the way back."""

import json
import shutil
import tempfile
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from workshop import place
from workshop.errors import WorkshopError, command
from workshop.steps.tree import Tree, read_app, write_app

KEPT = 50
"""How many saved states are kept; an older one goes when a new one comes."""


@dataclass(frozen=True)
class Saved:
    """One saved state of the learner's app.

    Args:
        sequence: its number; a younger state has a higher one.
        before: the command that was about to change the app, such as `apply 1`.
        at: when, in ISO 8601 with the zone.
        folder: where its copy is.
    """

    sequence: int
    before: str
    at: str
    folder: Path

    @property
    def way_back(self) -> str:
        """The command that brings it back."""
        return command(f"undo {self.sequence}")

    @property
    def when(self) -> str:
        """Date and minute."""
        return f"{datetime.fromisoformat(self.at):%Y-%m-%d %H:%M}"


@dataclass(frozen=True)
class Undone:
    """What `undo` did.

    Args:
        restored: the state that the app is in now.
        replaced: the state that it was in; None if they are the same and nothing was written.
        removed: files that were made since, and are only in `replaced` now.
    """

    restored: Saved
    replaced: Saved | None
    removed: tuple[str, ...] = ()

    def __str__(self) -> str:
        """The message for the learner."""
        before = f"before `{self.restored.before}` ({self.restored.when})"
        if self.replaced is None:
            return f"Your app is already as it was {before}: nothing to do."
        lines = [f"Your app is as it was {before}."]
        lines += [f"  removed   {path}" for path in self.removed]
        lines.append(f"What you had until now is saved too: `{self.replaced.way_back}`")
        return "\n".join(lines)


def change_app(wanted: Tree, before: str) -> Saved:
    """Write the learner's files, after saving them as they are.

    Every command that changes the learner's app does so here.

    Args:
        wanted: the whole app as it shall be.
        before: the command that changes it, such as `apply 1`.

    Returns:
        The state that it was in.

    Raises:
        WorkshopError: it cannot be saved (nothing is written then), or writing stopped half-way.
    """
    root = place.root()
    now = read_app(root)
    state = save_app(now, before)
    back = f"Bring your app back as it was: `{state.way_back}`"
    try:
        write_app(root, now, wanted)
    except KeyboardInterrupt:
        raise WorkshopError("Stopped half-way: some files are changed, some not.", back) from None
    except OSError as error:
        what = f"{error.filename} cannot be written: {error.strerror}."
        raise WorkshopError(f"{what} Files before it may be changed.", back) from error
    return state


def save_app(app: Tree, before: str) -> Saved:
    """Save a copy of the learner's app under `.workshop/undo/`, and drop the oldest beyond 50.

    Args:
        app: the app as it is.
        before: the command that is about to change it.

    Raises:
        WorkshopError: the copy cannot be written.
    """
    at = datetime.now().astimezone().isoformat(timespec="seconds")
    try:
        shelf = place.state() / "undo"
        shelf.mkdir(exist_ok=True)
        # Under another name until it is whole, so that a half-written copy is never restored.
        partial = Path(tempfile.mkdtemp(prefix="partial-", dir=shelf))
        try:
            write_app(partial, {}, app)
            about = {"command": before, "saved_at": at}
            (partial / "state.json").write_text(json.dumps(about) + "\n", encoding="utf-8")
            states = list_saved()
            sequence = states[-1].sequence + 1 if states else 1
            folder = partial.rename(shelf / f"{sequence:04d}")
        finally:
            shutil.rmtree(partial, ignore_errors=True)
        for old in states[: max(0, len(states) + 1 - KEPT)]:
            shutil.rmtree(old.folder)
    except OSError as error:
        raise WorkshopError(
            f"Your files cannot be saved, so nothing is changed: {error.filename}: "
            f"{error.strerror}.",
            "Make room, or make the folder writable, then run the command again.",
        ) from error
    return Saved(sequence, before, at, folder)


def list_saved() -> list[Saved]:
    """Return all saved states, the oldest first."""
    states = []
    for folder in (place.state() / "undo").glob("[0-9]*"):
        about = folder / "state.json"
        if about.is_file():
            read = json.loads(about.read_text(encoding="utf-8"))
            states.append(Saved(int(folder.name), read["command"], read["saved_at"], folder))
    return sorted(states, key=lambda state: state.sequence)


def render_list() -> str:
    """Return the saved states as a table for the learner, the youngest first."""
    states = list_saved()
    if not states:
        return "Nothing is saved yet: no command has changed your app."
    lines = [f"{state.sequence:>4}  {state.when}  before {state.before}" for state in states]
    return "\n".join([*reversed(lines), f"Bring one back: `{command('undo K')}`"])


def undo(sequence: int | None = None) -> Undone:
    """Bring back the learner's app exactly as it was in a saved state.

    What is there now is saved first, so an undo can be undone and a file made since is not lost.

    Args:
        sequence: which state; the newest if left out.

    Raises:
        WorkshopError: there is no such state.
    """
    states = {state.sequence: state for state in list_saved()}
    if not states:
        raise WorkshopError(
            "There is nothing to undo: no command has changed your app yet.",
            f"`{command('compare 0')}` shows what you changed yourself.",
        )
    number = max(states) if sequence is None else sequence
    if number not in states:
        raise WorkshopError(
            f"There is no saved state {number}.",
            f"`{command('undo --list')}` lists those that there are.",
        )
    state = states[number]
    wanted = read_app(state.folder)
    now = read_app(place.root())
    if now == wanted:
        return Undone(state, None)
    words = "undo" if sequence is None else f"undo {sequence}"
    replaced = change_app(wanted, words)
    return Undone(state, replaced, tuple(sorted(now.keys() - wanted.keys())))
