"""What the doctor says: remarks, each with its mending command, as text and as JSON."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from itertools import groupby

FINE = "fine"
NOTE = "note"
PROBLEM = "problem"
UNKNOWN = "unknown"
SIGNS = {FINE: "✓", NOTE: "!", PROBLEM: "✗", UNKNOWN: "·"}

_SUBJECT_WIDTH = 16


@dataclass(frozen=True)
class Remark:
    """One thing that was looked at.

    Args:
        group: the heading that it stands under.
        subject: what was looked at.
        state: `fine`; `note`, where the course works all the same; `problem`, where it does not;
            `unknown`, where it could not be looked at.
        what: what is so, in one sentence.
        mend: what to do, with the command.
    """

    group: str
    subject: str
    state: str
    what: str
    mend: str = ""


def as_text(remarks: Iterable[Remark]) -> str:
    """Return remarks for a terminal, under their headings, and what they come to."""
    every = list(remarks)
    lines: list[str] = []
    for group, members in groupby(every, key=lambda remark: remark.group):
        lines.append(group)
        for remark in members:
            head = f"  {SIGNS[remark.state]} {remark.subject:<{_SUBJECT_WIDTH}}"
            lines.append(f"{head}{remark.what}")
            lines += [f"{' ' * len(head)}{remark.mend}"] if remark.mend else []
        lines.append("")
    problems = sum(remark.state == PROBLEM for remark in every)
    if problems:
        lines.append(f"To mend first: {problems}, marked ✗.")
    else:
        lines.append("Nothing stands in the way: `make lab`")
    return "\n".join(lines)


def as_json(remarks: Iterable[Remark]) -> str:
    """Return remarks for a machine: whether all is well, and each with its parts."""
    every = list(remarks)
    said = {"fine": exit_code(every) == 0, "remarks": [asdict(remark) for remark in every]}
    return json.dumps(said, indent=2, ensure_ascii=False)


def exit_code(remarks: Iterable[Remark]) -> int:
    """Return 1 where there is a problem, else 0."""
    return int(any(remark.state == PROBLEM for remark in remarks))
