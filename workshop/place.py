"""Where the workshop's files are, whichever folder it is called from."""

import os
from pathlib import Path

from workshop.errors import WorkshopError

MARK = Path("workshop") / "course.toml"


def root() -> Path:
    """Return the checkout that the learner works in.

    It is the nearest folder above the current one that holds the course, so that a notebook, a
    terminal in `app/` and a scratch copy in a test each find their own. `WORKSHOP_ROOT` overrides.

    Raises:
        WorkshopError: there is no course above the current folder.
    """
    named = os.environ.get("WORKSHOP_ROOT")
    here = Path(named) if named else Path.cwd()
    for folder in (here.resolve(), *here.resolve().parents):
        if (folder / MARK).is_file():
            return folder
    raise WorkshopError(
        f"There is no workshop in {here} or above it.",
        "Change into the folder that you cloned, then run the command again.",
    )


def state() -> Path:
    """Return the folder for what the workshop remembers (`.workshop/`), made if absent."""
    folder = root() / ".workshop"
    folder.mkdir(exist_ok=True)
    return folder
