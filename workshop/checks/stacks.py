"""Asks a process that says nothing where it is: which line of the learner's it does not leave."""

import os
import re
import signal
import time
from pathlib import Path

from workshop import process_tree
from workshop.checks import notes
from workshop.checks.presence import LEFT_OUT

# The probe has Python write each thread's stack when this comes.
ASK = signal.SIGUSR1
ANSWER_DEADLINE = 3.0
LAST = "Current thread"
FRAME = re.compile(r'^  File "(?P<file>[^"]+)", line (?P<line>\d+) in ', re.MULTILINE)


def find_line(notes_file: Path, mark: str, folder: Path) -> str:
    """Return the learner's line that a service is at, as `file:line`, or nothing.

    Args:
        notes_file: where the probe notes what the service does.
        mark: the service's mark; no other process is asked.
        folder: the learner's folder.
    """
    ready = {note["pid"] for note in notes.read(notes_file) if note["what"] == "stacks"}
    for process in process_tree.marked(mark):
        if process.pid in ready:
            os.kill(process.pid, ASK)
            line = _read(notes_file.with_name(f"{notes_file.name}.{process.pid}.stacks"), folder)
            if line:
                return line
    return ""


def read_whole(files: list[Path], seconds: float) -> list[str]:
    """Wait until processes have written all of their stacks, and return them, file by file.

    They are written frame by frame, and last the main thread's, in which the signal comes.

    Args:
        files: where they are written; a file need not be there yet.
        seconds: after so long what there is is returned.
    """
    deadline = time.monotonic() + seconds
    texts: list[str] = ["" for _ in files]
    while time.monotonic() < deadline:
        before, texts = texts, [_read_text(file) for file in files]
        if texts == before and all(LAST in text for text in texts):
            break
        time.sleep(0.02)
    return texts


def _read_text(file: Path) -> str:
    return file.read_text("utf-8", errors="replace") if file.is_file() else ""


def _read(file: Path, folder: Path) -> str:
    """Wait for the stacks, and return the innermost line of theirs in the newest thread."""
    (text,) = read_whole([file], ANSWER_DEADLINE)
    for frame in FRAME.finditer(text):
        path = folder / frame["file"]
        if path.is_relative_to(folder) and not LEFT_OUT & set(path.relative_to(folder).parts):
            return f"{path.relative_to(folder)}:{frame['line']}"
    return ""
