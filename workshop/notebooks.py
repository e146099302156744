"""Runs the notebooks in a scratch copy, and writes them in one canonical form.

Canonical means: the same bytes from every run but for pictures. Cell ids follow the cell's
place, counts run from 1, and nothing of the machine or the moment is kept.
"""

import os
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

from workshop import course
from workshop.course import Step
from workshop.errors import WorkshopError, command
from workshop.sandbox import running
from workshop.scratch import rehearsal
from workshop.views import link

# None takes so long, even on a machine that is busy with other things.
CELL_DEADLINE = 600
KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}
PICTURE = "image/png"
HTML = "text/html"


def run(step: Step) -> str:
    """Execute one notebook in a scratch copy of its own and return its canonical text.

    Args:
        step: the notebook's step; the app starts as the step before leaves it.

    Raises:
        WorkshopError: a cell failed; the message has the cell and its error.
    """
    with rehearsal(step.number) as root:
        try:
            return write_canonical(execute(step, root))
        finally:
            running.stop_if_any(root / ".workshop" / "sandbox")


def execute(step: Step, root: Path, client_class: type[NotebookClient] = NotebookClient) -> Any:
    """Execute one notebook in a checkout and return it with its outputs.

    Args:
        step: the notebook's step.
        root: the checkout, a scratch copy; what the cells change, they change there.
        client_class: what runs the cells; another one may look on.

    Raises:
        WorkshopError: a cell failed; the message has the cell and its error.
    """
    notebook = nbformat.read(root / "notebooks" / step.notebook.name, as_version=4)
    client = client_class(
        notebook,
        timeout=CELL_DEADLINE,
        kernel_name="python3",
        resources={"metadata": {"path": str(root / "notebooks")}},
        record_timing=False,
        coalesce_streams=True,
        # The kernel warns of its own loopback ports; the author has other things to read.
        extra_arguments=["--IPKernelApp.log_level=ERROR"],
    )
    try:
        client.execute(env=_environment(root))
    except (CellExecutionError, CellTimeoutError, DeadKernelError) as error:
        raise WorkshopError(
            f"{step.notebook.name}: a cell failed.\n{error}",
            f"Mend it, then `{command(f'notebooks run {step.number}')}`.",
        ) from None
    return notebook


def _environment(root: Path) -> dict[str, str]:
    """Return an environment for the kernel that depends on nothing of this shell."""
    left_out = ("HONEYCOMB_", "AWS_", "ROLLBAR_", "OTEL_", "FLASK_", "PYTHONDONTWRITEBYTECODE")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(left_out)}
    return {**kept, "WORKSHOP_ROOT": str(root)}


def write_canonical(notebook: Any) -> str:
    """Return a notebook's canonical text.

    Args:
        notebook: an nbformat 4 notebook; it is changed in place.
    """
    notebook.nbformat_minor = 5
    notebook.metadata = nbformat.from_dict(
        {"kernelspec": KERNEL, "language_info": {"name": "python"}}
    )
    count = 0
    for place_in_file, cell in enumerate(notebook.cells):
        cell.id = f"cell-{place_in_file:02d}"
        tags = cell.metadata.get("tags")
        cell.metadata = nbformat.from_dict({"tags": tags} if tags else {})
        if cell.cell_type == "code":
            count += 1
            cell.execution_count = count
            for output in cell.outputs:
                if "execution_count" in output:
                    output.execution_count = count
                if HTML in output.get("data", {}):
                    output["data"][HTML] = link.settle(output["data"][HTML])
    return nbformat.writes(notebook, indent=1) + "\n"


def without_pictures(text: str) -> str:
    """Return a notebook's text with its pictures taken out, for comparing runs."""
    notebook = nbformat.reads(text, as_version=4)
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            if PICTURE in output.get("data", {}):
                output["data"][PICTURE] = ""
    return nbformat.writes(notebook, indent=1) + "\n"


def save(numbers: list[int]) -> list[str]:
    """Execute notebooks and write them back; one whose text is the same keeps its pictures.

    Args:
        numbers: the steps' numbers; none means all.

    Returns:
        A line for each: what changed.
    """
    report = []
    for step in _chosen(numbers):
        old, new = step.notebook.read_text("utf-8"), run(step)
        if without_pictures(old) == without_pictures(new):
            report.append(f"{step.notebook.name}: the same but for pictures; left as it is")
            continue
        step.notebook.write_text(new, "utf-8")
        report.append(f"{step.notebook.name}: written anew")
    return report


def problems(numbers: list[int]) -> list[str]:
    """Execute notebooks and return what differs from what is saved, pictures apart.

    Args:
        numbers: the steps' numbers; none means all.
    """
    found = []
    for step in _chosen(numbers):
        mend = f"`{command(f'notebooks run {step.number}')}` writes it anew"
        if not step.notebook.is_file():
            found.append(f"{step.notebook.name}: there is no such notebook, and course.toml has it")
            continue
        saved, new = step.notebook.read_text("utf-8"), run(step)
        if without_pictures(saved) != without_pictures(new):
            where = _first_difference(without_pictures(saved), without_pictures(new))
            found.append(f"{step.notebook.name}: running it again changes it: {where}; {mend}")
    return found


def _chosen(numbers: list[int]) -> list[Step]:
    known = course.notebooks()
    unknown = sorted(set(numbers) - {step.number for step in known})
    if unknown:
        raise WorkshopError(
            f"There is no notebook {unknown[0]}.",
            f"There are {known[0].number} to {known[-1].number}.",
        )
    return [step for step in known if not numbers or step.number in numbers]


def _first_difference(old: str, new: str) -> str:
    pairs = zip(old.splitlines(), new.splitlines(), strict=False)
    for number, (before, after) in enumerate(pairs, 1):
        if before != after:
            return f"line {number}: {before.strip()[:90]} → {after.strip()[:90]}"
    return "one is longer"
