"""What the README takes from elsewhere: the table of steps, and a picture of a real trace."""

import base64
import json
from pathlib import Path

from workshop import course, place
from workshop.errors import command

BEGIN, END = "<!-- steps: written by `workshop readme` -->", "<!-- end of steps -->"
PICTURE = Path("docs") / "first-trace.png"
FROM_STEP = 1


def table() -> str:
    """Return the table of steps as Markdown."""
    lines = ["| | step | minutes | you can then |", "|---|---|---|---|"]
    for step in course.notebooks():
        link = f"[{step.title}](notebooks/{step.slug}.ipynb)"
        lines.append(f"| {step.number:02d} | {link} | {step.minutes} | {step.can_do} |")
    return "\n".join(lines)


def write() -> str:
    """Write the table into README.md, and the first picture of notebook 01 beside it."""
    file = place.root() / "README.md"
    before, _, rest = file.read_text("utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    file.write_text(f"{before}{BEGIN}\n{table()}\n{END}{after}", "utf-8")
    picture = place.root() / PICTURE
    picture.parent.mkdir(exist_ok=True)
    picture.write_bytes(first_picture())
    return f"README.md and {PICTURE} are current"


def first_picture() -> bytes:
    """Return the first picture that notebook 01 has saved, as PNG."""
    notebook = json.loads(course.step(FROM_STEP).notebook.read_text("utf-8"))
    outputs = [each for cell in notebook["cells"] for each in cell.get("outputs", [])]
    bundles = [each.get("data", {}) for each in outputs]
    picture = next(bundle["image/png"] for bundle in bundles if "image/png" in bundle)
    return base64.b64decode(picture)


def problems() -> list[str]:
    """Return what in the README is not as the course has it."""
    text = (place.root() / "README.md").read_text("utf-8")
    found = []
    if f"{BEGIN}\n{table()}\n{END}" not in text:
        found.append(f"README.md: the table of steps is not course.toml's: `{command('readme')}`")
    picture = place.root() / PICTURE
    if not picture.is_file() or picture.read_bytes() != first_picture():
        found.append(f"{PICTURE} is not notebook 01's first picture: `{command('readme')}`")
    return found
