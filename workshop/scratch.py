"""Scratch copies of the checkout, so that a rehearsal never touches the learner's files."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from workshop import place
from workshop.course import Step, step
from workshop.steps.tree import replace_app

# What a rehearsal makes itself, or must not see.
LEFT_OUT = (".git", ".venv", ".workshop", ".env", "instance", "__pycache__")


def copy_checkout(target: Path, at: Step) -> Path:
    """Copy the checkout, with the app as one step leaves it.

    Args:
        target: the folder to make.
        at: the step whose checkpoint the copy's app becomes.

    Returns:
        The copy's root.
    """
    source = place.root()
    shutil.copytree(source, target, ignore=shutil.ignore_patterns(*LEFT_OUT, ".*_cache"))
    replace_app(target, at.folder)
    return target


@contextmanager
def rehearsal(number: int) -> Iterator[Path]:
    """Lend a scratch copy in the state in which a learner opens notebook N.

    Args:
        number: the notebook's step; the app is as the step before leaves it.
    """
    before = step(max(number - 1, 0))
    with TemporaryDirectory(prefix="workshop-") as folder:
        yield copy_checkout(Path(folder) / "workshop", before)
