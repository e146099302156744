"""The files of an app: which paths belong to it, and how they are read and written."""

import os
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path, PurePosixPath

from workshop.errors import WorkshopError

APP_PATHS = ("app", "docker-compose.yml")
"""What a step may touch and a learner edits, relative to the checkout."""

WRITING = ".workshop-writing"

# What .gitignore names, for a checkout that is not a git repository; and what desktops leave.
IGNORED = (
    ".venv",
    ".workshop",
    ".env",
    "instance",
    "__pycache__",
    "*.pyc",
    "*.egg-info",
    ".ipynb_checkpoints",
    ".pytest_cache",
    ".ruff_cache",
    ".mypy_cache",
    ".DS_Store",
    f"*{WRITING}",
)


@dataclass(frozen=True)
class File:
    """One file.

    Args:
        content: its bytes.
        executable: whether its owner may run it.
    """

    content: bytes
    executable: bool = False

    @property
    def is_text(self) -> bool:
        """Whether git would call it text: no NUL byte at its beginning."""
        return b"\0" not in self.content[:8000]

    @property
    def normal(self) -> bytes:
        """The content with LF line ends, if it is text."""
        return self.content.replace(b"\r\n", b"\n") if self.is_text else self.content

    @property
    def has_crlf(self) -> bool:
        """Whether most of its lines end in CRLF."""
        crlf = self.content.count(b"\r\n")
        return self.is_text and crlf > self.content.count(b"\n") - crlf


Tree = Mapping[str, File]
"""Path (relative, with `/`) → file, for all files of one app."""


def is_ignored(name: str) -> bool:
    """Tell whether a file or folder of this name never counts as part of an app."""
    return any(fnmatch(name, pattern) for pattern in IGNORED)


def read_app(folder: Path) -> dict[str, File]:
    """Read the app in a folder.

    Args:
        folder: a checkout's root, or a step's folder.

    Returns:
        All its files; none if there is no app.

    Raises:
        WorkshopError: it holds a symbolic link, or a file that cannot be read.
    """
    files = {}
    try:
        for name in APP_PATHS:
            for path in _walk(folder / name):
                is_executable = bool(path.stat().st_mode & stat.S_IXUSR)
                files[path.relative_to(folder).as_posix()] = File(path.read_bytes(), is_executable)
    except OSError as error:
        raise WorkshopError(
            f"{error.filename} cannot be read: {error.strerror}.",
            "Make it readable or move it out of the app, then run the command again.",
        ) from error
    return files


def _walk(path: Path) -> Iterator[Path]:
    if is_ignored(path.name):
        return
    if path.is_symlink():
        raise WorkshopError(
            f"{path} is a symbolic link, and links are not followed.",
            "Replace it by what it points at, or move it out of the app. Then run this again.",
        )
    if path.is_dir():
        # Learners make virtual environments here under any name.
        if not (path / "pyvenv.cfg").exists():
            for child in sorted(path.iterdir()):
                yield from _walk(child)
    elif path.is_file():
        yield path
    elif path.exists():
        raise WorkshopError(
            f"{path} is neither a file nor a folder.",
            "Move it out of the app, then run the command again.",
        )


def write_app(folder: Path, now: Tree, wanted: Tree) -> None:
    """Turn one app into another, file by file, touching only what differs.

    Args:
        folder: the folder that holds the app.
        now: its files as they are.
        wanted: its files as they shall be.

    Raises:
        OSError: a file cannot be written or removed; those before it are.
    """
    for path in sorted(now.keys() - wanted.keys()):
        remove_file(folder, path)
    for path, file in sorted(wanted.items()):
        if now.get(path) != file:
            write_file(folder / path, file)


def replace_app(folder: Path, source: Path) -> None:
    """Make the app in one folder a copy of the app in another.

    Args:
        folder: the folder whose app is replaced.
        source: the folder whose app is taken, such as a step's.
    """
    write_app(folder, read_app(folder), read_app(source))


def write_file(path: Path, file: File) -> None:
    """Write one file whole or not at all, in folders that are made if absent.

    Args:
        path: where; if it exists it keeps its permissions but the executable bits.
        file: what.

    Raises:
        OSError: it cannot be written; what was there is untouched.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}{WRITING}")
    beside.unlink(missing_ok=True)
    try:
        # Created by os.open, it gets the permissions that the user's umask allows.
        mode = 0o777 if file.executable else 0o666
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(file.content)
        if path.is_file():
            old = stat.S_IMODE(path.stat().st_mode)
            readable = old & 0o444
            beside.chmod(old | readable >> 2 if file.executable else old & ~0o111)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def remove_file(folder: Path, path: str) -> None:
    """Remove one file, and the folders that are empty without it.

    Args:
        folder: the folder that holds the app; it stays.
        path: the file's path in it.

    Raises:
        OSError: it cannot be removed.
    """
    (folder / path).unlink()
    for parent in PurePosixPath(path).parents[:-1]:
        if any((folder / parent).iterdir()):
            return
        (folder / parent).rmdir()


def blocked_paths(tree: Tree) -> list[str]:
    """Return the paths that are a file, and by other paths' names also a folder."""
    folders = {str(parent) for path in tree for parent in PurePosixPath(path).parents}
    return sorted(folders & tree.keys())
