"""Sorts a stack: the calls in an app's own files, and those of libraries."""

import re
from collections import Counter
from dataclasses import dataclass
from pathlib import PurePosixPath, PureWindowsPath

from workshop.sandbox.rollbar.occurrence import Frame

OWN_FOLDER = "app"
_LIBRARY_FOLDERS = ("site-packages", "dist-packages")
# `lib/python3.11/json`, and on Windows `Python311\\Lib\\json`: not any folder of such a name.
_PYTHON_FOLDER = re.compile(r"python\d+(\.\d+)*", re.IGNORECASE)
STANDARD_LIBRARY = "Python"
ELSEWHERE = "other files"


@dataclass(frozen=True)
class Stack:
    """A stack, sorted.

    Args:
        own: the app's own calls, the most recent first.
        raised: the call that raised, whosever it is; None where there are no frames.
        libraries: how many calls are in which library, most first; the one that raised is one
            of them where it is not the app's own.
    """

    own: tuple[Frame, ...]
    raised: Frame | None
    libraries: dict[str, int]


def sort_stack(frames: tuple[Frame, ...], own_folder: str = OWN_FOLDER) -> Stack:
    """Return a stack, sorted.

    Args:
        frames: the most recent call last.
        own_folder: the name of the folder that holds the app.
    """
    own = tuple(frame for frame in reversed(frames) if is_own(frame, own_folder))
    rest = Counter(find_library(frame) for frame in frames if not is_own(frame, own_folder))
    return Stack(own, frames[-1] if frames else None, dict(rest.most_common()))


def is_own(frame: Frame, own_folder: str = OWN_FOLDER) -> bool:
    """Tell whether a call is in the app's own files, not in a library, wherever that is installed.

    Args:
        frame: the call.
        own_folder: the name of the folder that holds the app.
    """
    return own_folder in _parts(frame)[:-1] and find_library(frame) == ELSEWHERE


def find_library(frame: Frame) -> str:
    """Return the library that a call is in: a package, Python itself, or other files."""
    parts = _parts(frame)
    for index in range(len(parts) - 2, -1, -1):
        if parts[index] in _LIBRARY_FOLDERS:
            return parts[index + 1].removesuffix(".py")
        if _ends_python_folder(parts, index):
            return STANDARD_LIBRARY
    return STANDARD_LIBRARY if frame.file.startswith("<frozen ") else ELSEWHERE


def shorten_file(frame: Frame, own_folder: str = OWN_FOLDER) -> str:
    """Return a call's file from the app's folder on, or from the library's.

    Args:
        frame: the call.
        own_folder: the name of the folder that holds the app.
    """
    parts = _parts(frame)
    for index in range(len(parts) - 2, -1, -1):
        if parts[index] == own_folder and is_own(frame, own_folder):
            return "/".join(parts[index:])
        if parts[index] in _LIBRARY_FOLDERS or _ends_python_folder(parts, index):
            return "/".join(parts[index + 1 :])
    return frame.file


def _ends_python_folder(parts: tuple[str, ...], index: int) -> bool:
    """Tell whether the folder of Python's own modules ends with this part of a path."""
    last, before = parts[index], parts[index - 1] if index else ""
    if last.lower() in ("lib", "lib64"):
        return _PYTHON_FOLDER.fullmatch(before) is not None
    return before in ("lib", "lib64") and _PYTHON_FOLDER.fullmatch(last) is not None


def _parts(frame: Frame) -> tuple[str, ...]:
    # A path with a drive or backslashes was made on Windows.
    windows = "\\" in frame.file
    return (PureWindowsPath if windows else PurePosixPath)(frame.file).parts
