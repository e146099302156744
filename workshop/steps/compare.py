"""Where a learner's app differs from the checkpoint of a step."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from workshop import place
from workshop.course import Step, step
from workshop.errors import WorkshopError
from workshop.steps import git
from workshop.steps.checkpoints import known_paths, label, read_checkpoint, read_checkpoints
from workshop.steps.tree import File, Tree, read_app, write_file


@dataclass(frozen=True)
class Comparison:
    """A learner's app beside the checkpoint of one step.

    Args:
        step: the step.
        differing: files that both have, with different content.
        missing: files that only the checkpoint has.
        extra: files that only the learner has, and that belong to another step.
        own: files that only the learner has, and no step knows. They are no difference.
        not_executable: files that the checkpoint may run and the learner may not.
        crlf: files whose content is the same but for CRLF line ends. They are no difference.
        hunks: a unified diff of `differing` and `missing`: `-` the learner's, `+` the step's.
    """

    step: Step
    differing: tuple[str, ...]
    missing: tuple[str, ...]
    extra: tuple[str, ...]
    own: tuple[str, ...]
    not_executable: tuple[str, ...]
    crlf: tuple[str, ...]
    hunks: str

    @property
    def same(self) -> bool:
        """Whether there is no difference that matters to the step."""
        return not (self.differing or self.missing or self.extra or self.not_executable)

    def __str__(self) -> str:
        """The message for the learner: a summary, then the hunks."""
        count = len({*self.differing, *self.missing, *self.extra, *self.not_executable})
        noun = "file differs" if count == 1 else "files differ"
        differs = "same" if self.same else f"{count} {noun}"
        lines = [f"Your app and {label(self.step)}: {differs}."]
        lines += _rows("differs", self.differing)
        lines += _rows("missing", self.missing)
        lines += _rows("extra", self.extra, "not in this step")
        lines += _rows("mode", self.not_executable, "executable in the step, not in yours")
        lines += _rows("yours", self.own, "no step knows it; it stays yours")
        lines += _rows("line ends", self.crlf, "CRLF in yours; nothing else differs")
        if self.hunks:
            lines += ["", f"-  yours     +  step {self.step.number}", self.hunks]
        return "\n".join(lines)


def _rows(head: str, paths: Iterable[str], note: str = "") -> list[str]:
    return [f"  {head:<9} {path}{f'   ({note})' if note else ''}" for path in paths]


def compare(number: int) -> Comparison:
    """Compare the learner's app with the checkpoint of a step, line ends aside.

    Args:
        number: the step's number.

    Raises:
        WorkshopError: the course has no such step, or a file cannot be read.
    """
    app = read_app(place.root())
    checkpoint = read_checkpoint(number)
    known = known_paths(read_checkpoints())
    shared = sorted(app.keys() & checkpoint.keys())
    differing = [path for path in shared if app[path].normal != checkpoint[path].normal]
    missing = sorted(checkpoint.keys() - app.keys())
    more = sorted(app.keys() - checkpoint.keys())
    return Comparison(
        step=step(number),
        differing=tuple(differing),
        missing=tuple(missing),
        extra=tuple(path for path in more if path in known),
        own=tuple(path for path in more if path not in known),
        not_executable=tuple(
            path for path in shared if checkpoint[path].executable and not app[path].executable
        ),
        crlf=tuple(
            path
            for path in shared
            if path not in differing and app[path].content != checkpoint[path].content
        ),
        hunks=_diff(app, checkpoint, [*differing, *missing], f"step-{number:02d}"),
    )


def _diff(app: Tree, checkpoint: Tree, paths: Iterable[str], step_side: str) -> str:
    """Return git's unified diff of some files, without the header lines that name blobs."""
    with TemporaryDirectory(prefix="workshop-") as scratch:
        folder = Path(scratch)
        for side, tree in (("yours", app), (step_side, checkpoint)):
            (folder / side).mkdir()
            for path in paths:
                if path in tree:
                    write_file(folder / side / path, File(tree[path].normal))
        words = ["-c", "core.quotePath=false", "diff", "--no-index", "--no-prefix"]
        result = git.run([*words, "--no-color", "--no-renames", "yours", step_side], folder)
    if result.returncode not in (0, 1):
        raise WorkshopError("`git diff` failed.", git.said(result))
    noise = ("diff --git ", "index ", "new file mode ")
    lines = result.stdout.decode("utf-8", "replace").split("\n")
    return "\n".join(line for line in lines if not line.startswith(noise)).rstrip("\n")
