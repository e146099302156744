"""An edited series written back: patches, checkpoints and, if it changed, the start."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from workshop import place
from workshop.course import Step, step, steps
from workshop.errors import WorkshopError, command
from workshop.steps import commits, git
from workshop.steps.build import Rebuilt, rebuild, write_checkpoint
from workshop.steps.saved import change_app
from workshop.steps.tree import File, Tree, read_app, write_file


@dataclass(frozen=True)
class Stored:
    """What saving a series wrote.

    Args:
        written: paths that changed, relative to the checkout.
        note: what the author should know about the app at the root; may be empty.
    """

    written: tuple[str, ...]
    note: str = ""

    def __str__(self) -> str:
        """The message for the author."""
        if not self.written:
            return "Saved: no byte has changed."
        lines = ["Saved. Changed:", *(f"  {path}" for path in self.written), self.note]
        return "\n".join(lines).rstrip()


def store_series(folder: Path, tags: Mapping[str, str]) -> Stored:
    """Write every patch and every checkpoint from the commits of a series.

    Nothing is written unless the patches, applied again, give the same commits.

    Args:
        folder: the repository, with one commit a step on its branch.
        tags: where the message of a step is, if not at the tag of its slug.

    Raises:
        WorkshopError: a step changes nothing, or its patch does not give its commit again.
    """
    commit_ids = git.output(["rev-list", "--reverse", commits.BRANCH], folder).decode().split()
    series = [each for each in steps() if _is_tagged(folder, each)]
    if len(commit_ids) != len(series):
        raise WorkshopError(
            f"The series has {len(commit_ids)} commits, and the course {len(series)} steps there.",
            f"Keep one commit a step in {folder}, or give up: `{command('steps drop')}`",
        )
    start = commits.read_commit(folder, commit_ids[0])
    parent: str | None = None
    patches = []
    for each, commit_id in zip(series, commit_ids, strict=True):
        tree = commits.resolve(folder, f"{commit_id}^{{tree}}")
        if parent and tree == commits.resolve(folder, f"{parent}^{{tree}}"):
            raise WorkshopError(
                f"Step {each.number} changes nothing.",
                f"Change something in {folder}, then `{command('steps save')}` again.",
            )
        # Not from the rebased commit: git may take a line with # for a comment there.
        message = commits.read_message(folder, tags.get(each.slug, f"refs/tags/{each.slug}"))
        parent = commits.make_commit(folder, each, tree, message, parent)
        if each.number:
            patches.append((each, commits.write_patch(folder, parent)))
    rebuilt = rebuild(start, patches)
    for made, (each, patch) in zip(rebuilt[1:], patches, strict=True):
        if made.patch != patch:
            raise WorkshopError(
                f"The patch of step {each.number} does not give the same commit when applied.",
                "Look for a line `---` or a subject with [brackets] in its message, and for CRLF "
                f"line ends in its files; then `{command('steps save')}` again.",
            )
    return _write(rebuilt)


def _is_tagged(folder: Path, each: Step) -> bool:
    words = ["rev-parse", "--verify", "--quiet", f"refs/tags/{each.slug}"]
    return git.run(words, folder).returncode == 0


def _write(rebuilt: list[Rebuilt]) -> Stored:
    start, old_start, root_app = rebuilt[0].app, read_app(step(0).folder), read_app(place.root())
    written = []
    for each in rebuilt:
        if each.step.number and _write_patch(each):
            written.append(f"steps/{each.step.slug}/step.patch")
        written += write_checkpoint(each.step, each.app)
    return Stored(tuple(written), _follow(start, old_start, root_app))


def _write_patch(rebuilt: Rebuilt) -> bool:
    """Write one patch if it changed, and tell whether it did."""
    patch = rebuilt.step.patch
    if patch.is_file() and patch.read_bytes() == rebuilt.patch:
        return False
    write_file(patch, File(rebuilt.patch))
    return True


def _follow(start: Tree, old_start: Tree, root_app: Tree) -> str:
    """Carry a changed start to the app at the root, and return what to tell the author."""
    if root_app == start or old_start == start:
        return ""
    if root_app != old_start:
        return f"Your app at the root was not the old start: `{command('goto 0')}` takes the new."
    saved = change_app(start, "steps save")
    return f"Your app at the root is the new start; the old is saved: `{saved.way_back}`"
