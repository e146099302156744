"""What `workshop survive` does around the matrix: a bar while it runs, and what is shown then."""

from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from workshop.checks.target import Target
from workshop.errors import WorkshopError
from workshop.failure import matrix, report
from workshop.failure.matrix import Matrix


def run_with_bar(
    target: Target, vendors: Sequence[str], modes: Sequence[str], repeat: int, requests: int
) -> Matrix:
    """Run the matrix with a progress bar on stderr; the arguments are those of `matrix.run`."""
    bar = Progress(
        TextColumn("{task.description:24}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=Console(stderr=True),
        transient=True,
    )
    with bar:
        # The cell in which all is well is one more.
        task = bar.add_task("", total=repeat * (1 + len(vendors) * len(modes)))
        begun = 0

        def progress(name: str) -> None:
            nonlocal begun
            bar.update(task, description=name, completed=begun)
            begun += 1

        return matrix.run(target, vendors, modes, repeat, requests, progress)


def check_picture(picture: Path | None) -> None:
    """Check, before minutes are spent on measuring, that a picture could be written.

    Args:
        picture: the file to draw it into, if any.

    Raises:
        WorkshopError: there is no such folder.
    """
    if picture and not picture.absolute().parent.is_dir():
        raise WorkshopError(
            f"{picture} cannot be written: there is no folder {picture.parent}.",
            "Make it, or name another file.",
        )


def tell(found: Matrix, as_json: bool, picture: Path | None) -> str:
    """Return the matrix as text, and draw it where that is wanted.

    Args:
        found: what was measured.
        as_json: whether it is for a machine.
        picture: the file to draw it into, if any.

    Raises:
        WorkshopError: the file cannot be written.
    """
    if picture:
        try:
            picture.write_bytes(report.draw(found).png)
        except OSError as error:
            raise WorkshopError(
                f"{picture} cannot be written: {error.strerror}.", "Name another file."
            ) from None
    return report.as_json(found) if as_json else report.render(found)
