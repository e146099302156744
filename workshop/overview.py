"""Where the learner is: the table of steps, what their checks said, and what to do next."""

from io import StringIO

from rich.console import Console
from rich.table import Table
from rich.text import Text

from workshop import breaking, course
from workshop.checks import memory
from workshop.checks.check import JUDGES
from workshop.course import Step
from workshop.errors import command
from workshop.steps import checkpoints

MARKS = {"works": "✓", "broken": "✗", "absent": "·"}
WIDTH = 96


def render() -> str:
    """Return the table of steps with what the last checks said, and the next thing to do."""
    known = memory.recall()["steps"]
    table = Table(box=None, pad_edge=False, header_style="")
    for heading in ("", "step", "", "minutes", "you can"):
        table.add_column(heading, justify="right" if heading == "minutes" else "left")
    for step in course.steps():
        mark = MARKS[known[str(step.number)]] if str(step.number) in known else " "
        number = f"{step.number:02d}"
        table.add_row(mark, number, step.title, str(step.minutes), Text(step.can_do))
    ill = breaking.remind(breaking.read_faults())
    last = (str(checkpoints.nearest()), *([ill] if ill else []), _next(known))
    return "\n".join((_as_text(table), "", *last))


def _as_text(table: Table) -> str:
    sink = StringIO()
    Console(file=sink, width=WIDTH, no_color=True, force_jupyter=False).print(table)
    return "\n".join(line.rstrip() for line in sink.getvalue().rstrip().splitlines())


def _next(known: dict[str, str]) -> str:
    """Return what to do next: the first step whose check has not passed."""
    open_steps = [step for step in course.steps() if known.get(str(step.number)) != "works"]
    for step in open_steps:
        if step.number in JUDGES:
            return _advise(step, known.get(str(step.number), ""))
    return "Every check has passed. The journal is the place for what you found."


def _advise(step: Step, state: str) -> str:
    if state == "broken":
        return f"Next: `{command('hint')}`, mend it, then `{command(f'check {step.number}')}`."
    return (
        f"Next: open notebooks/{step.slug}.ipynb (`make lab` starts JupyterLab), "
        f"then `{command(f'check {step.number}')}`."
    )
