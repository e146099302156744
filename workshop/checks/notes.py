"""Reads what the probe has noted of one service."""

import json
from pathlib import Path
from typing import Any

Note = dict[str, Any]

LARGEST_FILE = 2_000_000


def read(file: Path) -> list[Note]:
    """Return the notes of a file, as far as they can be read.

    The app shares the file's folder and may end in the middle of a line, so that nothing is taken
    for granted.

    Args:
        file: where the probe has written; it need not be there.
    """
    try:
        with file.open("rb") as source:
            lines = source.read(LARGEST_FILE).decode("utf-8", errors="replace").splitlines()
    except OSError:
        return []
    notes = (_parse(line) for line in lines)
    return [note for note in notes if note is not None]


def _parse(line: str) -> Note | None:
    try:
        note = json.loads(line)
    except ValueError:
        return None
    return note if isinstance(note, dict) and "what" in note else None
