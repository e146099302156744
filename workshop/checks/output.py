"""Reads what an app printed: the line of theirs that matters, the error, a traceback kept short."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path

from workshop.checks.presence import LEFT_OUT

WIDTH = 96
MOST_LINES = 12
MOST_CALLERS = 3
HEADER = "Traceback (most recent call last):"
FRAME = re.compile(r'^\s*File "(?P<file>[^"]+)", line (?P<line>\d+)(?:, in (?P<name>.+))?$')
# What click and Flask print around an error of the app's own.
WRAPPING = ("Usage: ", "Try '", "Error: While importing", "Aborted!")
# What Flask's own server says of itself and of each request: it explains no end.
SERVER = re.compile(
    r"^ \* (Serving|Debug mode|Running on)|Press CTRL\+C to quit|This is a development server"
    r"|INFO werkzeug: \d|^Do not use it in a production"
)


@dataclass
class Frame:
    """One entry of a traceback.

    Args:
        file: the file.
        line: the line's number.
        name: the function; empty for a syntax error.
        code: the line's text, if it is shown.
    """

    file: Path
    line: int
    name: str
    code: str = ""


@dataclass
class Traceback:
    """One traceback.

    Args:
        frames: outermost first.
        error: its last line: the exception and what it says.
    """

    frames: list[Frame] = field(default_factory=list)
    error: str = ""

    def line_of_theirs(self, folder: Path) -> str:
        """Return its innermost line in a learner's folder, as `file:line`, or nothing."""
        theirs = _frames_of_theirs(self, folder)
        return _place(theirs[-1], folder) if theirs else ""


def read_tracebacks(text: str) -> list[Traceback]:
    """Return the tracebacks in what an app printed, the last one last."""
    return _parse(text.splitlines())[0]


def line_of_theirs(text: str, folder: Path) -> str:
    """Return the innermost line of the learner's files in the last traceback, as `file:line`.

    Args:
        text: what the app printed.
        folder: the learner's folder.
    """
    lines = (each.line_of_theirs(folder) for each in reversed(read_tracebacks(text)))
    return next((line for line in lines if line), "")


def last_error(text: str, folder: Path) -> str:
    """Return the line that says why an app ended: the last error, or else its last line.

    Args:
        text: what the app printed.
        folder: the learner's folder; files are named relative to it.
    """
    errors = [each.error for each in read_tracebacks(text) if each.error]
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return _relative((errors or lines or [""])[-1], folder)


def shorten(text: str, folder: Path) -> list[str]:
    """Return the end of what an app printed, its last traceback with their own lines only.

    The line where it happened comes first, then the error, then how the app got there.

    Args:
        text: what the app printed.
        folder: the learner's folder; files are named relative to it.
    """
    tracebacks, others = _parse(text.splitlines())
    told = _tell(tracebacks[-1], folder) if tracebacks else []
    kept = [line for line in others if line.strip() and not line.startswith(WRAPPING)]
    kept = _fold(line for line in kept if not SERVER.search(line))
    room = MOST_LINES - len(told)
    return [line.rstrip()[:WIDTH] for line in [*kept[-room:], *told]]


def _fold(lines: Iterable[str]) -> list[str]:
    """Return lines with runs of the same one told once."""
    folded = []
    for line, run in groupby(lines):
        folded.append(line)
        if sum(1 for _ in run) > 1:
            folded.append("… the same again and again")
    return folded


def _parse(lines: Iterable[str]) -> tuple[list[Traceback], list[str]]:
    """Return the tracebacks in an output, and its other lines."""
    tracebacks: list[Traceback] = []
    others: list[str] = []
    current: Traceback | None = None
    for line in lines:
        frame = FRAME.match(line)
        # What was printed before without a line's end stands on the same line.
        before, header, _ = line.partition(HEADER)
        if header or (frame and current is None):
            current = Traceback()
            tracebacks.append(current)
            others += [before] if header else []
        if header:
            continue
        if current is None:
            others.append(line)
        elif frame:
            name = frame["name"] or ""
            current.frames.append(Frame(Path(frame["file"]), int(frame["line"]), name))
        elif line.startswith(" "):
            if current.frames and not current.frames[-1].code:
                current.frames[-1].code = line.strip()
        elif line.strip():
            current.error = line
            current = None
    return tracebacks, others


def _tell(traceback: Traceback, folder: Path) -> list[str]:
    theirs = _frames_of_theirs(traceback, folder)
    if not theirs:
        return [_relative(traceback.error, folder)]
    *callers, last = theirs
    inside = f", in {last.name}" if last.name and last.name != "<module>" else ""
    told = [f"{_place(last, folder)}{inside}"]
    if last.code:
        told.append(f"    {last.code}")
    told.append(_relative(traceback.error, folder))
    places = dict.fromkeys(_place(each, folder) for each in reversed(callers))
    if places:
        told.append(f"    called from {', then '.join(list(places)[:MOST_CALLERS])}")
    return told


def _relative(text: str, folder: Path) -> str:
    return text.replace(f"{folder}/", "")


def _frames_of_theirs(traceback: Traceback, folder: Path) -> list[Frame]:
    return [
        each
        for each in traceback.frames
        if each.file.is_relative_to(folder)
        and not LEFT_OUT & set(each.file.relative_to(folder).parts)
    ]


def _place(frame: Frame, folder: Path) -> str:
    return f"{frame.file.relative_to(folder)}:{frame.line}"
