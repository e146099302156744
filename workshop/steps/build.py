"""Make the checkpoints of all steps from their patches, and prove the committed ones right."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from workshop import place
from workshop.course import Step, step, steps
from workshop.errors import WorkshopError, command
from workshop.steps import commits
from workshop.steps.checkpoints import known_paths, read_checkpoints
from workshop.steps.tree import APP_PATHS, File, Tree, is_ignored, read_app, write_app

BUILD = "steps build"


@dataclass(frozen=True)
class Rebuilt:
    """What one step's patch makes.

    Args:
        step: the step.
        app: the whole app after it.
        patch: the patch as the series' editor would write it; empty for step 0.
        message: what the patch says about itself.
    """

    step: Step
    app: Mapping[str, File]
    patch: bytes
    message: str


@dataclass(frozen=True)
class Built:
    """What `build` wrote.

    Args:
        written: files that are new, changed or gone, relative to the checkout.
        count: how many checkpoints there are.
    """

    written: tuple[str, ...]
    count: int

    def __str__(self) -> str:
        """The message for the author."""
        if not self.written:
            return f"All {self.count} checkpoints are current."
        return "\n".join([f"{self.count} checkpoints built.", *(f"  {p}" for p in self.written)])


def patched_steps() -> list[Step]:
    """Return step 0 and the steps after it that have a patch, up to the first that has none."""
    found = []
    for each in steps():
        if each.number and not each.patch.is_file():
            break
        found.append(each)
    return found


def rebuild(start: Tree, patches: Sequence[tuple[Step, bytes]]) -> list[Rebuilt]:
    """Apply patches one after another with plain `git am`, in a repository of their own.

    Args:
        start: the app before any step.
        patches: steps from 1 on, each with its patch.

    Returns:
        Step 0 and each of them.

    Raises:
        WorkshopError: a patch does not apply, or touches what is not the app.
    """
    first = step(0)
    rebuilt = [Rebuilt(first, start, b"", "")]
    with TemporaryDirectory(prefix="workshop-") as scratch:
        folder = Path(scratch)
        commits.start_series(folder, first, start)
        for each, patch in patches:
            commit = commits.add_patch(folder, each, patch)
            app = read_app(folder)
            for path in sorted(commits.list_files(folder) - app.keys()):
                raise WorkshopError(
                    f"The patch of step {each.number} touches {path}, which is no part of the app.",
                    f"Take it out: `{command(f'steps edit {each.number}')}`. "
                    f"A step may touch {' and '.join(APP_PATHS)}, but nothing that git ignores.",
                )
            message = commits.read_message(folder, commit)
            rebuilt.append(Rebuilt(each, app, commits.write_patch(folder, commit), message))
    return rebuilt


def rebuild_course() -> list[Rebuilt]:
    """Rebuild the course from the checkpoint of step 0 and the patches on disk."""
    patches = [(each, each.patch.read_bytes()) for each in patched_steps()[1:]]
    return rebuild(read_start(), patches)


def read_start() -> dict[str, File]:
    """Read the app before any step: the checkpoint of step 0.

    Raises:
        WorkshopError: it is not there.
    """
    start = read_app(step(0).folder)
    if not start:
        raise WorkshopError(
            f"The start of the course is missing: steps/{step(0).slug}/app.",
            f"Make it from the app at the root: `{command(BUILD)}`",
        )
    return start


def build() -> Built:
    """Write the checkpoints of all steps; the first time, step 0's is a copy of the root's app.

    Raises:
        WorkshopError: a patch does not apply.
    """
    written: list[str] = []
    root_app = read_app(place.root())
    if root_app and not read_app(step(0).folder):
        written += write_checkpoint(step(0), root_app)
    rebuilt = rebuild_course()
    for each in rebuilt:
        written += write_checkpoint(each.step, each.app)
    return Built(tuple(written), len(rebuilt))


def write_checkpoint(wanted: Step, app: Tree) -> list[str]:
    """Write one checkpoint, and return the paths that changed, relative to the checkout."""
    now = read_app(wanted.folder)
    write_app(wanted.folder, now, app)
    changed = sorted(path for path in {*now, *app} if now.get(path) != app.get(path))
    return [f"steps/{wanted.slug}/{path}" for path in changed]


def problems() -> list[str]:
    """Check patches, checkpoints and the app at the root against each other, byte for byte.

    Returns:
        One text for each problem, with the command that mends it; none if all is right.
    """
    found = [*_unknown_entries(), *_missing_patches()]
    try:
        for each in rebuild_course():
            found += _checkpoint_problems(each)
        found += _root_problems()
    except WorkshopError as error:
        found.append(str(error))
    return found


def _unknown_entries() -> Iterator[str]:
    folder = place.root() / "steps"
    known = {each.slug for each in steps()}
    for entry in sorted(folder.iterdir()) if folder.is_dir() else ():
        if entry.name not in known and not is_ignored(entry.name):
            yield f"steps/{entry.name} belongs to no step of course.toml: `git rm -r` it."
    for each in steps():
        wanted = {*APP_PATHS, "step.patch"} if each.number else {*APP_PATHS}
        for entry in sorted(each.folder.iterdir()) if each.folder.is_dir() else ():
            if entry.name not in wanted and not is_ignored(entry.name):
                yield f"steps/{each.slug}/{entry.name} is no part of a step: `git rm -r` it."


def _missing_patches() -> Iterator[str]:
    for each in steps():
        if each.number and not each.patch.is_file():
            edit = command(f"steps edit {each.number}")
            yield f"steps/{each.slug}/step.patch is missing: write it with `{edit}`."


def _checkpoint_problems(rebuilt: Rebuilt) -> Iterator[str]:
    """Yield what is wrong with one step on disk."""
    slug, number = rebuilt.step.slug, rebuilt.step.number
    on_disk = read_app(rebuilt.step.folder)
    for path in sorted({*on_disk, *rebuilt.app}):
        is_, wanted = on_disk.get(path), rebuilt.app.get(path)
        if is_ != wanted:
            yield f"steps/{slug}/{path} {_difference(is_, wanted)}: `{command(BUILD)}`"
    edit, save = command(f"steps edit {number}"), command("steps save")
    if number and rebuilt.patch != rebuilt.step.patch.read_bytes():
        what = f"steps/{slug}/step.patch is not in the one form that all patches have"
        yield f"{what}: `{edit}`, then `{save}`"
    if number and not commits.has_body(rebuilt.message):
        yield f"steps/{slug}/step.patch does not say why: `{edit}`, then `{save} -F FILE`"


def _difference(is_: File | None, wanted: File | None) -> str:
    if is_ is None:
        return "is missing"
    if wanted is None:
        return "is not made by any patch"
    if is_.content != wanted.content:
        return "is not what the patches make"
    return f"should {'' if wanted.executable else 'not '}be executable"


def _root_problems() -> Iterator[str]:
    """Yield where the author's app at the root is not the start of the course."""
    root, start = read_app(place.root()), read_start()
    own = root.keys() - known_paths(read_checkpoints())
    differing = {path for path in {*root, *start} - own if root.get(path) != start.get(path)}
    edit = command("steps edit 0")
    if differing:
        yield (
            f"The app at the root is not the start of the course: {', '.join(sorted(differing))}: "
            f"`{command('goto 0')}` makes it so, `{edit}` changes the start."
        )
    for path in sorted(own):
        yield f"{path} is in no step: remove it, or add it to the start with `{edit}`."
