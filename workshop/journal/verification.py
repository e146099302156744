"""Holds the journal's evidence against what the sandbox and the last check have."""

from dataclasses import dataclass, field

from workshop import course, place
from workshop.checks import memory
from workshop.course import Step
from workshop.errors import WorkshopError, command
from workshop.journal import block, file, markers, pictures, seen
from workshop.journal.markers import Block
from workshop.journal.words import read_ids

VERIFIED, WRONG, GONE = 0, 1, 2


@dataclass
class Verified:
    """What came of it.

    Args:
        lines: what to print.
        wrong: something does not agree.
        gone: something can no longer be verified.
    """

    lines: list[str] = field(default_factory=list)
    wrong: bool = False
    gone: bool = False

    @property
    def exit_code(self) -> int:
        """0 where all agrees, 1 where something does not, 2 where something cannot be verified."""
        return WRONG if self.wrong else GONE if self.gone else VERIFIED


@dataclass
class _Doubts:
    """What speaks against a block, and what can no longer be told."""

    wrong: list[str] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)


def verify(number: int | None = None) -> Verified:
    """Verify the block of one step, or every block that has content.

    Args:
        number: the step; none means all.

    Raises:
        WorkshopError: the markers are broken, or there is no evidence to verify.
    """
    blocks = markers.find(file.read(), file.NAME)
    steps = course.steps() if number is None else [course.step(number)]
    written = [step for step in steps if step.slug in blocks and blocks[step.slug].content]
    if not written:
        which = "" if number is None else f" {number}"
        of_step = f" of step {number}" if number is not None else ""
        raise WorkshopError(
            f"{file.NAME} has no evidence{of_step} to verify.",
            f"`{command(f'check{which}')}`, then `{command(f'journal{which}')}` writes it.",
        )
    verified = Verified()
    for step in written:
        doubts = _doubt(step, blocks[step.slug])
        verified.wrong = verified.wrong or bool(doubts.wrong)
        verified.gone = verified.gone or bool(doubts.gone)
        verified.lines += _say(step, doubts)
    return verified


def _say(step: Step, doubts: _Doubts) -> list[str]:
    if not doubts.wrong and not doubts.gone:
        return [f"✓ {step.slug}: as it was written, and the sandbox agrees"]
    lines = [f"✗ {step.slug}: {each}" for each in doubts.wrong]
    lines += [f"? {step.slug}: {each}" for each in doubts.gone]
    if doubts.wrong:
        lines.append(f"  `{command(f'journal {step.number}')}` writes it anew.")
    return lines


def _doubt(step: Step, found: Block) -> _Doubts:
    doubts = _Doubts()
    if "text" not in found.digests:
        doubts.wrong.append(f"line {found.line}: `{command('journal')}` has not written this text")
    elif found.digests["text"] != block.digest(found.content):
        doubts.wrong.append(f"line {found.line} and below were edited by hand")
    if not pictures.is_as_written(file.picture_path(step), found.digests.get("picture", "")):
        doubts.wrong.append(f"journal/{file.picture_link(step)} is not the picture that was drawn")
    _doubt_check(step, found, doubts)
    _doubt_figures(step, found, doubts)
    return doubts


def _doubt_check(step: Step, found: Block, doubts: _Doubts) -> None:
    """Hold what the block says of the check against what the last check has left."""
    run = memory.recall()["runs"].get(str(step.number))
    at = block.checked_at(found.content)
    if run is None:
        doubts.gone.append(f"the check of {at or 'then'} is not remembered here")
        return
    said = block.render_check(step, run, at)
    has, _ = block.split(found.content)
    if has == said:
        return
    # Both are written alike, so that the later is the greater.
    if run["at"] > at:
        doubts.gone.append(f"the step has been checked again since ({run['at']}), and more differs")
    else:
        doubts.wrong.append(_differ(has, said, "the check of that time"))


def _doubt_figures(step: Step, found: Block, doubts: _Doubts) -> None:
    """Hold the figures against those that the sandbox's data give now."""
    if step.name not in seen.SOURCES:
        return
    ids = read_ids(found.content)
    if not ids:
        doubts.gone.append("it names no request in the sandbox")
        return
    shown = seen.look_again(step, place.state() / "sandbox", ids)
    if shown is None:
        doubts.gone.append(
            f"{' or '.join(ids)} is no longer in the sandbox, so the figures cannot be verified"
        )
        return
    _, has = block.split(found.content)
    said = block.render_seen(step, shown)
    if has != said:
        doubts.wrong.append(_differ(has, said, "the sandbox"))


def _differ(has: str, said: str, who: str) -> str:
    """Return the first line that somebody says and a part of the block does not.

    Args:
        has: the part.
        said: what should stand there.
        who: whose words those are.
    """
    lines = has.splitlines()
    missing = next((line for line in said.splitlines() if line not in lines), "")
    return (
        f"it does not agree with {who}, which has: {missing}"
        if missing
        else (f"it says more than {who}")
    )
