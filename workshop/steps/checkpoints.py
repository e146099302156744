"""The checkpoints of the course: what each step leads to, and which one an app is nearest to."""

from collections import Counter
from dataclasses import dataclass

from workshop import place
from workshop.course import Step, step, steps
from workshop.errors import WorkshopError, command
from workshop.steps.tree import File, Tree, read_app


def read_checkpoint(number: int) -> dict[str, File]:
    """Read the app as one step leaves it.

    Raises:
        WorkshopError: the course has no such step, or its checkpoint is not there.
    """
    wanted = step(number)
    tree = read_app(wanted.folder)
    if not tree:
        raise WorkshopError(
            f"The checkpoint of step {number} is missing: {wanted.folder / 'app'}.",
            f"If you deleted it, bring it back with `git checkout -- steps`; "
            f"an author makes it with `{command('steps build')}`.",
        )
    return tree


def read_checkpoints() -> dict[int, dict[str, File]]:
    """Read all checkpoints that exist, by the number of their step."""
    trees = {each.number: read_app(each.folder) for each in steps()}
    return {number: tree for number, tree in trees.items() if tree}


def known_paths(checkpoints: dict[int, dict[str, File]]) -> set[str]:
    """Return the paths that the course knows; any other in an app is the learner's own."""
    return {path for tree in checkpoints.values() for path in tree}


@dataclass(frozen=True)
class Nearest:
    """Where in the course an app is.

    Args:
        step: the step whose checkpoint it is nearest to.
        lines: how many lines differ; 0: it is that checkpoint, but for files of the learner's own.
    """

    step: Step
    lines: int

    def __str__(self) -> str:
        """One sentence for the learner."""
        if not self.lines:
            return f"Your app is at {label(self.step)}."
        noun = "line differs" if self.lines == 1 else "lines differ"
        return f"Your app is nearest to {label(self.step)}: {self.lines} {noun}."


def label(wanted: Step) -> str:
    """Return a step as messages name it: `step 1 (First traces in Honeycomb)`."""
    return f"step {wanted.number} ({wanted.title})"


def nearest(app: Tree | None = None) -> Nearest:
    """Find the checkpoint that an app is equal to, or nearest to.

    Files that no checkpoint knows do not count, and neither do line ends and executable bits. Of
    two that are equally near it is the later one.

    Args:
        app: the app; the learner's if left out.

    Raises:
        WorkshopError: there is no checkpoint at all.
    """
    app = read_app(place.root()) if app is None else app
    checkpoints = read_checkpoints()
    if not checkpoints:
        read_checkpoint(0)
    known = known_paths(checkpoints)
    mine = {path: file for path, file in app.items() if path in known}
    lines = {number: _count_lines(mine, tree) for number, tree in checkpoints.items()}
    number = min(lines, key=lambda each: (lines[each], -each))
    return Nearest(step(number), lines[number])


def _count_lines(one: Tree, other: Tree) -> int:
    return sum(_differing_lines(one.get(path), other.get(path)) for path in one.keys() | other)


def _differing_lines(one: File | None, other: File | None) -> int:
    """Count the lines that only one of two files has, in any order: cheap, and enough here."""
    if one and other and one.normal == other.normal:
        return 0
    mine, theirs = (Counter(file.normal.splitlines() if file else ()) for file in (one, other))
    return max(1, (mine - theirs).total() + (theirs - mine).total())
