"""The series of steps opened for an author: change one, and carry the later ones along."""

import shlex
import shutil
from dataclasses import dataclass
from pathlib import Path

from workshop import place
from workshop.course import Step, step
from workshop.errors import WorkshopError, command
from workshop.steps import commits, git
from workshop.steps.build import patched_steps, read_start
from workshop.steps.checkpoints import label
from workshop.steps.series_store import Stored, store_series
from workshop.steps.tree import APP_PATHS, read_app

EDITED = "edited"
"""The tag of the author's new version of the step."""

TIP = "tip"
"""The tag of the last step as it was when the series was opened."""

STEP_KEY = "workshop.step"
SAVE = "steps save"
DROP = "steps drop"


@dataclass(frozen=True)
class Opened:
    """A series that is open at one step.

    Args:
        step: the step.
        folder: the repository.
        is_new: whether the step has no patch yet.
    """

    step: Step
    folder: Path
    is_new: bool

    def __str__(self) -> str:
        """The message for the author."""
        lines = [
            f"The series is open at {label(self.step)}: {self.folder}",
            "Change app/ and docker-compose.yml there; the later steps follow when you save.",
            f"  `{command(SAVE)} -F FILE`   writes patches and checkpoints; FILE says why",
            f"  `{command(DROP)}`   gives up",
        ]
        if not self.is_new:
            lines.insert(3, f"  `{command(SAVE)}`   the same, with the reason that it has")
        return "\n".join(lines)


def series_folder() -> Path:
    """Return where a series is opened."""
    return place.state() / "series"


def edit(number: int) -> Opened:
    """Open the series as a throw-away repository, with one step checked out for change.

    There is one commit a step, tagged by its slug. A step that has no patch yet starts as an empty
    commit after the last.

    Args:
        number: the step.

    Raises:
        WorkshopError: another edit is open, or a step before this one has no patch.
    """
    wanted = step(number)
    folder = series_folder()
    if folder.exists():
        return _reopen(wanted, folder)
    series = patched_steps()
    is_new = wanted not in series
    if number > len(series):
        missing = len(series)
        raise WorkshopError(
            f"Step {number} builds on step {missing}, which has no patch yet.",
            f"`{command(f'steps edit {missing}')}`",
        )
    start = read_start()
    folder.mkdir()
    try:
        commit = commits.start_series(folder, step(0), start)
        _tag(folder, series[0].slug, commit)
        for each in series[1:]:
            _tag(folder, each.slug, commits.add_patch(folder, each, each.patch.read_bytes()))
        if is_new:
            parent = commits.resolve(folder, "HEAD")
            tree = commits.resolve(folder, "HEAD^{tree}")
            made = commits.make_commit(folder, wanted, tree, wanted.title, parent)
            _tag(folder, wanted.slug, commits.move_to(folder, made))
        _tag(folder, TIP, "HEAD")
        git.output(["checkout", "--quiet", "--detach", f"refs/tags/{wanted.slug}"], folder)
        git.output(["config", STEP_KEY, str(number)], folder)
    except BaseException:
        shutil.rmtree(folder)
        raise
    return Opened(wanted, folder, is_new)


def save(body: str | None = None) -> Stored:
    """Write the changed step back: its patch, the later patches, all checkpoints.

    The commit of the step becomes what is in the working tree, and the later commits are rebased
    onto it. Called again after a conflict, it goes on. If step 0 changed, the app at the root
    follows when it was still the old step 0.

    Args:
        body: what the commit's message says under its subject: why the step is as it is. Left
            out, it stays. The subject is the step's title, unless it is amended by hand.

    Raises:
        WorkshopError: nothing is open; a later step does not fit; the message does not say why.
    """
    folder = series_folder()
    wanted = _opened_step(folder)
    if (folder / ".git" / "rebase-merge").exists():
        _continue_rebase(folder)
    else:
        _amend(folder, wanted, body)
    try:
        stored = store_series(folder, {wanted.slug: EDITED})
    except WorkshopError:
        # Ready for the next try.
        git.output(["checkout", "--quiet", "--detach", EDITED], folder)
        raise
    shutil.rmtree(folder)
    return stored


def drop() -> str:
    """Throw the open series away, with what was changed in it.

    Returns:
        The message for the author.
    """
    folder = series_folder()
    if not folder.exists():
        return "No series is open: nothing to drop."
    shutil.rmtree(folder)
    return "The open series is gone; steps/ is as it was."


def _tag(folder: Path, name: str, commit: str) -> None:
    git.output(["tag", "--force", name, commit], folder)


def _opened_step(folder: Path) -> Step:
    if not folder.exists():
        raise WorkshopError("No series is open.", f"Open it: `{command('steps edit N')}`")
    result = git.run(["config", STEP_KEY], folder)
    if result.returncode:
        raise WorkshopError(f"{folder} is no open series.", f"Remove it: `{command(DROP)}`")
    return step(int(result.stdout))


def _reopen(wanted: Step, folder: Path) -> Opened:
    opened = _opened_step(folder)
    if opened != wanted:
        raise WorkshopError(
            f"The series is already open at {label(opened)}: {folder}",
            f"First `{command(SAVE)}`, or give it up with `{command(DROP)}`.",
        )
    return Opened(wanted, folder, is_new=not wanted.patch.is_file())


def _amend(folder: Path, wanted: Step, body: str | None) -> None:
    """Make the edited commit from the working tree, and rebase the later ones onto it."""
    if git.run(["symbolic-ref", "--quiet", "HEAD"], folder).returncode == 0:
        raise WorkshopError(
            f"The series in {folder} has step {wanted.number} no longer checked out.",
            f"`git -C {shlex.quote(str(folder))} checkout --detach {EDITED}` returns to your edit; "
            f"`{command(DROP)}` gives up.",
        )
    original = f"refs/tags/{wanted.slug}"
    git.output(["add", "--all"], folder)
    for path in sorted(commits.list_files(folder) - read_app(folder).keys()):
        raise WorkshopError(
            f"{path} is no part of the app: a step may touch {' and '.join(APP_PATHS)}.",
            f"Move it out of {folder}, then `{command(SAVE)}` again.",
        )
    tree = commits.write_tree(folder)
    parent = commits.resolve(folder, f"{original}^") if wanted.number else None
    text = _choose_message(folder, wanted, original, body)
    edited = commits.make_commit(folder, wanted, tree, text, parent)
    commits.move_to(folder, edited)
    _tag(folder, EDITED, edited)
    # From where it was opened, so that a second try does not start from the result of the first.
    git.output(["branch", "--force", commits.BRANCH, TIP], folder)
    words = ["rebase", "--quiet", "--empty=keep", "--onto", edited, original, commits.BRANCH]
    if git.run(words, folder).returncode:
        raise _conflict(folder)


def _choose_message(folder: Path, wanted: Step, original: str, body: str | None) -> str:
    """Return the message with the body given, or as the author amended it by hand, or the old."""
    if wanted.number == 0:
        return wanted.title
    parents = [git.run(["rev-parse", f"{each}^"], folder).stdout for each in ("HEAD", original)]
    text = commits.read_message(folder, "HEAD" if parents[0] == parents[1] else original)
    if body is not None:
        text = f"{text.splitlines()[0]}\n\n{body.strip()}"
    if not commits.has_body(text):
        raise WorkshopError(
            f"The patch of step {wanted.number} has no message yet that says why.",
            f"Write it to a file, then `{command(SAVE)} -F FILE`.",
        )
    return text


def _continue_rebase(folder: Path) -> None:
    if _unmerged(folder):
        raise _conflict(folder)
    check = git.run(["diff", "--cached", "--check"], folder).stdout.decode()
    marked = sorted({line.split(":")[0] for line in check.splitlines() if "marker" in line})
    if marked:
        raise WorkshopError(
            f"Conflict marks are left in {', '.join(marked)}.",
            f"Take them out, `git add` the file in {folder}, then `{command(SAVE)}` again.",
        )
    if git.run(["rebase", "--continue"], folder).returncode:
        raise _conflict(folder)


def _unmerged(folder: Path) -> list[str]:
    words = ["diff", "--name-only", "--diff-filter=U", "-z"]
    return [path for path in git.output(words, folder).decode().split("\0") if path]


def _conflict(folder: Path) -> WorkshopError:
    files = _unmerged(folder)
    later = git.run(["log", "-1", "--format=%s", "REBASE_HEAD"], folder).stdout.decode().strip()
    return WorkshopError(
        f"The later step “{later}” no longer fits: {', '.join(files) or 'see `git status`'}.",
        f"In {folder}: mend it and `git add` it, then `{command(SAVE)}` again. "
        f"`{command(DROP)}` gives up.",
    )
