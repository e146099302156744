"""The whole workshop unattended, in a scratch copy: an instructor's rehearsal before a class.

Each notebook is run in order on what the one before has left, as a learner would, and its step is
then checked. The learner's own files are not touched.
"""

import time
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from jinja2 import Environment
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from workshop import course, notebooks, place
from workshop.checks.check import JUDGES, Checked, check
from workshop.checks.target import learner_app
from workshop.course import Step
from workshop.errors import WorkshopError
from workshop.sandbox import running
from workshop.scratch import copy_checkout

PAGE = Path(__file__).parent / "views" / "walk.html"


@dataclass
class Walked:
    """How one step went.

    Args:
        step: the step.
        seconds: how long notebook and check took together.
        error: what went wrong in the notebook, or nothing.
        checked: what the check said, where the step has one.
        pictures: the notebook's pictures, as PNG in base64.
    """

    step: Step
    seconds: float = 0.0
    error: str = ""
    checked: Checked | None = None
    pictures: list[str] = field(default_factory=list)

    @property
    def is_good(self) -> bool:
        """Whether every cell ran and every claim holds."""
        return not self.error and (self.checked is None or self.checked.exit_code == 0)

    @property
    def arrived(self) -> str:
        """What arrived during the check."""
        verdicts = self.checked.verdicts if self.checked else []
        return verdicts[0].arrived if verdicts else "–"

    @property
    def findings(self) -> str:
        """What the check found, by id."""
        if self.error:
            return "the notebook failed"
        if self.checked is None:
            return "–"
        ids = [each.id for verdict in self.checked.verdicts for each in verdict.findings]
        return ", ".join([*(each.id for each in self.checked.app), *ids]) or "none"


def walk(console: Console) -> bool:
    """Walk through all steps, show how it goes, and write a report page.

    Args:
        console: where the progress and the final table go.

    Returns:
        Whether all went well.
    """
    walked: list[Walked] = []
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with TemporaryDirectory(prefix="workshop-walk-") as folder:
        root = copy_checkout(Path(folder) / "workshop", course.step(0))
        try:
            with Progress(*columns, console=console, transient=True) as progress:
                task = progress.add_task("", total=len(course.notebooks()))
                for step in course.notebooks():
                    progress.update(task, description=f"{step.number:02d} {step.title}")
                    walked.append(_walk_step(step, root))
                    progress.advance(task)
        finally:
            running.stop_if_any(root / ".workshop" / "sandbox")
    console.print(_table(walked))
    for each in walked:
        if each.error:
            console.print(each.error, markup=False, soft_wrap=True)
        elif not each.is_good and each.checked:
            console.print(each.checked.as_text(), markup=False, soft_wrap=True)
    report = write_report(walked)
    console.print(f"The report with all pictures: {report}", markup=False, soft_wrap=True)
    return all(each.is_good for each in walked)


def _walk_step(step: Step, root: Path) -> Walked:
    began = time.monotonic()
    walked = Walked(step)
    try:
        walked.pictures = _pictures(notebooks.execute(step, root))
    except WorkshopError as error:
        walked.error = str(error)
    if step.number in JUDGES:
        walked.checked = check(learner_app(root), step.number)
    walked.seconds = time.monotonic() - began
    return walked


def _pictures(notebook: Any) -> list[str]:
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    bundles = [output.get("data", {}) for output in outputs]
    return [bundle["image/png"] for bundle in bundles if "image/png" in bundle]


def _table(walked: list[Walked]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="")
    for heading in ("", "step", "arrived", "findings", "seconds"):
        table.add_column(heading, justify="right" if heading == "seconds" else "left")
    for each in walked:
        mark = "✓" if each.is_good else "✗"
        title = f"{each.step.number:02d} {each.step.title}"
        table.add_row(mark, title, each.arrived, each.findings, f"{each.seconds:.1f}")
    return table


def write_report(walked: list[Walked]) -> Path:
    """Write the report page, with the pictures in it, and return where it is.

    Args:
        walked: how each step went.
    """
    template = Environment(autoescape=True).from_string(PAGE.read_text("utf-8"))
    report = place.state() / "walk.html"
    report.write_text(template.render(walked=walked), "utf-8")
    return report
