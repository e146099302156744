"""The list of steps, read from `course.toml`."""

import tomllib
from dataclasses import dataclass
from pathlib import Path

from workshop import place
from workshop.errors import WorkshopError, command


@dataclass(frozen=True)
class Step:
    """One step of the course: a number and a name that every part of it carries.

    Args:
        number: its place in the course, from 0.
        name: lower-case words joined by hyphens.
        title: what a reader sees.
        vendor: the vendor it introduces, or `none`.
        minutes: how long a learner needs.
        can_do: what the learner can do after it, as the end of 'you can …'.
        before: what its check finds in the app of the step before.
    """

    number: int
    name: str
    title: str
    vendor: str
    minutes: int
    can_do: str
    before: tuple[str, ...] = ()

    @property
    def slug(self) -> str:
        """Number and name as files carry them: `01-honeycomb`."""
        return f"{self.number:02d}-{self.name}"

    @property
    def folder(self) -> Path:
        """Where its patch and its checkpoint are."""
        return place.root() / "steps" / self.slug

    @property
    def patch(self) -> Path:
        """The patch that leads from the step before to this one; step 0 has none."""
        return self.folder / "step.patch"

    @property
    def notebook(self) -> Path:
        """Its notebook."""
        return place.root() / "notebooks" / f"{self.slug}.ipynb"


def steps() -> list[Step]:
    """Return all steps of the course, in order."""
    return _read("step")


def notebooks() -> list[Step]:
    """Return whatever has a notebook: the steps, and after them what changes nothing in the app."""
    return _read("step") + _read("extra")


def _read(kind: str) -> list[Step]:
    text = (place.root() / place.MARK).read_text(encoding="utf-8")
    entries = tomllib.loads(text)[kind]
    return [Step(**{**entry, "before": tuple(entry.get("before", ()))}) for entry in entries]


def step(number: int) -> Step:
    """Return one step.

    Raises:
        WorkshopError: the course has no step of that number.
    """
    for candidate in steps():
        if candidate.number == number:
            return candidate
    last = steps()[-1].number
    raise WorkshopError(
        f"There is no step {number}: the course has the steps 0 to {last}.",
        f"`{command()}` lists them.",
    )
