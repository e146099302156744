"""A finding: what was expected, what came instead, where, and what to do about it.

The words that do not depend on a run (the claim, the hints, the whole story) stand in
`catalogue/*.toml`, one entry an id, so that they can be read and mended as prose.
"""

import difflib
import tomllib
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from workshop.errors import WorkshopError, command

CATALOGUE = Path(__file__).parent / "catalogue"


@dataclass(frozen=True)
class Entry:
    """What the catalogue says of one finding.

    Args:
        id: `<area>/<name>`; it never changes once published.
        claim: the finding in one line, as a fact about the app.
        note: it is worth saying, and does not make a step fail.
        hints: a question first, then a pointer.
        hunk: the file whose hunks of the step's patch are the last hint; none if empty.
        so: what else it brings about, which a learner may take for the cause; often empty.
        explain: the whole story, for `workshop explain`.
    """

    id: str
    claim: str
    hints: tuple[str, ...]
    explain: str
    note: bool = False
    hunk: str = ""
    so: str = ""


@dataclass(frozen=True)
class Finding:
    """One thing that a check found.

    Args:
        id: the catalogue's id.
        expected: what a good app would have sent.
        got: what this one sent instead.
        where: `file:line` in the learner's app, or empty where it cannot be known.
        nearest: the nearest thing that did arrive, if any.
        explains: what an app's own finding about a page that fails would say of the error, where
            this one says more; often empty.
    """

    id: str
    expected: str
    got: str
    where: str = ""
    nearest: str = ""
    explains: str = ""

    @property
    def entry(self) -> Entry:
        """What the catalogue says of it."""
        return entry(self.id)

    def as_json(self) -> dict[str, str]:
        """Return it as the object that `--json` prints."""
        return {
            "id": self.id,
            "expected": self.expected,
            "got": self.got,
            "where": self.where,
            "hint": self.entry.hints[0],
        }


@dataclass
class Verdict:
    """What a check says of one step.

    Args:
        step: the step's number.
        name: the step's name.
        state: `works`, `broken` or `absent`.
        good: the claims that hold, in the check's order.
        findings: those that do not.
        notes: what is worth saying, and breaks nothing.
        arrived: what arrived, in one line.
    """

    step: int
    name: str
    state: str
    good: list[str] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    notes: list[Finding] = field(default_factory=list)
    arrived: str = ""

    def as_json(self) -> dict[str, Any]:
        """Return it as the object that `--json` prints."""
        return {
            "step": self.step,
            "verdict": self.state,
            "findings": [each.as_json() for each in self.findings],
            "notes": [each.as_json() for each in self.notes],
            "arrived": self.arrived,
        }


@cache
def catalogue() -> dict[str, Entry]:
    """Return all entries by id, in the order of the files."""
    entries: dict[str, Entry] = {}
    for file in sorted(CATALOGUE.glob("*.toml")):
        for name, words in tomllib.loads(file.read_text("utf-8")).items():
            id_ = f"{file.stem}/{name}"
            entries[id_] = Entry(id=id_, **{**words, "hints": tuple(words["hints"])})
    return entries


def entry(id_: str) -> Entry:
    """Return one entry.

    Raises:
        WorkshopError: the catalogue has no such id.
    """
    try:
        return catalogue()[id_]
    except KeyError:
        near = difflib.get_close_matches(id_, catalogue(), n=1) or [
            each for each in catalogue() if each.endswith(f"/{id_}")
        ]
        said = f" Did you mean {near[0]}?" if near else ""
        raise WorkshopError(
            f"There is no finding called {id_}.{said}",
            f"`{command('explain --list')}` lists them all.",
        ) from None
