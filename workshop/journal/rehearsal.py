"""Takes a step's evidence from a run of its notebook in a scratch copy (for authors)."""

import os
import subprocess
import sys
from pathlib import Path

from workshop import course, notebooks
from workshop.checks.check import JUDGES
from workshop.course import Step
from workshop.errors import WorkshopError
from workshop.journal import file, markers
from workshop.sandbox import running
from workshop.scratch import rehearsal

# Whose values would make the scratch copy's run another than a learner's without an account.
_VENDORS = ("HONEYCOMB_", "AWS_", "ROLLBAR_", "OTEL_", "FLASK_")


def rehearse(number: int | None = None) -> str:
    """Run a step's notebook and check in a scratch copy, and take over the evidence of that run.

    Args:
        number: the step; none means every step that has a check.

    Returns:
        What was taken over.

    Raises:
        WorkshopError: a cell failed, or the evidence could not be written.
    """
    steps = [each for each in course.steps() if each.number in JUDGES]
    wanted = steps if number is None else [course.step(number)]
    for step in wanted:
        content, digests, picture = _run(step)
        before = file.read()
        journal = before
        if step.slug not in markers.find(journal, file.NAME):
            journal = markers.add(journal, step.slug, step.title)
        found = markers.find(journal, file.NAME)[step.slug]
        journal = markers.put(journal, found, content, digests)
        file.replace(before, journal, {file.picture_path(step): picture})
    slugs = ", ".join(step.slug for step in wanted)
    return f"{file.NAME} has the evidence of a rehearsal now: {slugs}"


def _run(step: Step) -> tuple[str, dict[str, str], bytes | None]:
    """Return a block's content, its digests and its picture, from a scratch copy."""
    with rehearsal(step.number) as root:
        try:
            notebooks.execute(step, root)
            for words in (("check", str(step.number)), ("journal", str(step.number))):
                _call(root, *words)
        finally:
            running.stop_if_any(root / ".workshop" / "sandbox")
        found = markers.find((root / file.NAME).read_bytes(), file.NAME)[step.slug]
        picture = (root / file.NAME).parent / file.picture_link(step)
        return found.content, found.digests, picture.read_bytes() if picture.is_file() else None


def _call(root: Path, *words: str) -> None:
    """Run a `workshop` command in the scratch copy, as a terminal there would."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(_VENDORS)}
    done = subprocess.run(
        [sys.executable, "-m", "workshop", *words],
        cwd=root,
        env={**kept, "WORKSHOP_ROOT": str(root)},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise WorkshopError(
            f"`workshop {' '.join(words)}` failed in the scratch copy:\n{done.stdout}{done.stderr}",
            "Mend that, then run the same again.",
        )
