"""Writes the evidence of checked steps into the journal, between the markers."""

from pathlib import Path

from workshop import course, place, real
from workshop.checks import memory
from workshop.checks.check import JUDGES
from workshop.checks.words import listed
from workshop.course import Step
from workshop.errors import WorkshopError, command
from workshop.journal import block, file, markers, pictures, seen
from workshop.journal.markers import Block

# Where what somebody wrote between the markers goes before it is replaced.
REPLACED = "journal-replaced.md"


def write(number: int | None = None) -> str:
    """Write the evidence of one step, or of all that have been checked, and say so.

    Args:
        number: the step; none means every step that its last check found in the app.

    Returns:
        What was done, without ids and times.

    Raises:
        WorkshopError: the step has no check or has not been checked, the markers are broken, or
            the journal was changed meanwhile.
    """
    steps = _chosen(number)
    before = file.read()
    journal = before
    drawn: dict[Path, bytes | None] = {}
    notes: list[str] = []
    for step in steps:
        if step.slug not in markers.find(journal, file.NAME):
            journal = markers.add(journal, step.slug, step.title)
            notes.append(f"The markers of step {step.number:02d} are new there.")
        journal, note = _write_one(journal, step, drawn)
        notes += note
    file.replace(before, journal, drawn)
    numbers = listed([f"{step.number:02d}" for step in steps])
    noun = "step" if len(steps) == 1 else "steps"
    return "\n".join([f"{file.NAME} has the evidence of {noun} {numbers} now", *notes])


def _chosen(number: int | None) -> list[Step]:
    known = memory.recall()
    if number is None:
        found = [
            step
            for step in course.steps()
            if str(step.number) in known["runs"] and known["steps"][str(step.number)] != "absent"
        ]
        if found:
            return found
        raise WorkshopError(
            "There is no evidence yet: no step of your app has been checked.",
            f"`{command('check')}`, then `{command('journal')}` again.",
        )
    step = course.step(number)
    if number not in JUDGES:
        raise WorkshopError(
            f"Step {number} ({step.title}) has no check, so there is no evidence of it.",
            f"The steps with a check: {', '.join(map(str, JUDGES))}.",
        )
    if str(number) not in known["runs"]:
        raise WorkshopError(
            f"Step {number} has not been checked yet.",
            f"`{command(f'check {number}')}`, then `{command(f'journal {number}')}` again.",
        )
    return [step]


def _write_one(
    journal: bytes, step: Step, drawn: dict[Path, bytes | None]
) -> tuple[bytes, list[str]]:
    """Return the journal with one step's evidence, and what is worth saying of it.

    Args:
        journal: its bytes, with markers for the step.
        step: the step.
        drawn: takes the step's picture, or None where it has none any more.
    """
    variables = real.read_variables()
    run = memory.recall()["runs"][str(step.number)]
    shown = seen.look(step, place.state() / "sandbox", variables)
    content = block.render(step, run, shown)
    block.refuse_secrets(content, variables)
    found = markers.find(journal, file.NAME)[step.slug]
    picture = pictures.shrink(shown.picture.png) if shown and shown.picture else None
    if _is_same(step, found, content):
        return journal, []
    drawn[file.picture_path(step)] = picture
    digests = {"text": block.digest(content)}
    if picture is not None:
        digests["picture"] = block.digest(picture)
    return markers.put(journal, found, content, digests), _keep_edited(found)


def _is_same(step: Step, found: Block, content: str) -> bool:
    """Tell whether a block and its picture are as they were written, and say the same but the time.

    The picture follows from the ids, so it needs no comparing: another version of the library that
    draws may give other bytes for the same request.
    """
    if block.without_time(found.content) != block.without_time(content):
        return False
    if found.digests.get("text") != block.digest(found.content):
        return False
    return pictures.is_as_written(file.picture_path(step), found.digests.get("picture", ""))


def _keep_edited(found: Block) -> list[str]:
    """Save what somebody wrote between the markers, and say where it is."""
    if not found.content or found.digests.get("text") == block.digest(found.content):
        return []
    with (place.state() / REPLACED).open("a", encoding="utf-8") as kept:
        kept.write(f"{found.slug}, line {found.line}:\n\n{found.content}\n\n")
    return [
        f"Line {found.line} and below were edited between the markers of {found.slug}; "
        f"what stood there is in .workshop/{REPLACED}."
    ]
