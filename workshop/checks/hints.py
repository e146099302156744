"""Gives hints one rung at a time: a question, a pointer, then the hunk of the patch."""

from workshop.checks import memory
from workshop.checks.findings import Entry, catalogue, entry
from workshop.course import steps
from workshop.errors import WorkshopError, command
from workshop.steps import patch


def give(id_: str = "") -> str:
    """Return the next hint for a finding of the last check.

    Args:
        id_: the finding; none means the first of the last check.

    Raises:
        WorkshopError: there is no such finding, or the last check found nothing.
    """
    known = memory.recall()
    if not id_:
        if not known["findings"]:
            raise WorkshopError(
                "There is nothing to hint at: the last check found nothing, or none was run.",
                f"`{command('check')}` checks your app.",
            )
        id_ = known["findings"][0]
    finding = entry(id_)
    ladder = rungs(finding)
    # Of what the last check has found, the report has shown the first rung.
    first = 1 if id_ in known["findings"] else 0
    rung = min(known["hints"].get(id_, first), len(ladder) - 1)
    known["hints"][id_] = rung + 1
    memory.write(known)
    more = "" if rung + 1 >= len(ladder) else f"\n\n`{command(f'hint {id_}')}` for the next one."
    return f"{finding.claim}  ({id_})\nhint {rung + 1} of {len(ladder)}\n\n{ladder[rung]}{more}"


def explain(id_: str) -> str:
    """Return the whole story of a finding.

    Args:
        id_: the finding.

    Raises:
        WorkshopError: there is no such finding.
    """
    finding = entry(id_)
    return f"{id_}\n{finding.claim}\n\n{finding.explain.strip()}"


def list_all() -> str:
    """Return all findings with their claims, a line each."""
    entries = catalogue().values()
    width = max(len(each.id) for each in entries)
    return "\n".join(f"{each.id:<{width}}  {each.claim}" for each in entries)


def rungs(finding: Entry) -> list[str]:
    """Return all hints for a finding, from the question to the hunk.

    Args:
        finding: what the catalogue says of it.
    """
    hunk = _hunk(finding)
    return [
        *finding.hints,
        *([f"This is what the step's patch does there:\n\n{hunk}"] if hunk else []),
    ]


def _hunk(finding: Entry) -> str:
    """Return what the step's patch changes in the files that the entry names."""
    if not finding.hunk:
        return ""
    area = finding.id.partition("/")[0]
    step = next(each for each in steps() if each.name == area)
    found = patch.hunks(step)
    wanted = [path for path in found if f"{path}/".startswith(f"{finding.hunk}/")]
    return "\n\n".join(patch.show(step.number, path) for path in wanted)
