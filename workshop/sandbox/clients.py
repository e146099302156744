"""Who uses a sandbox: a file a process, so that a sandbox nobody uses can end by itself."""

import contextlib
import os
from pathlib import Path

import psutil

FOLDER = "clients"


def register(data_dir: Path) -> None:
    """Note that this process uses the sandbox, for as long as it lives."""
    folder = data_dir / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    # A process id may be given to another process later; its start tells the two apart.
    started = psutil.Process().create_time()
    scratch = folder / f"{os.getpid()}.new"
    scratch.write_text(repr(started), "utf-8")
    scratch.replace(folder / str(os.getpid()))


def any_alive(data_dir: Path) -> bool:
    """Tell whether a process that uses the sandbox is alive; files of others are removed."""
    files = [file for file in (data_dir / FOLDER).glob("*") if file.name.isdecimal()]
    dead = [file for file in files if not _is_alive(file)]
    for file in dead:
        file.unlink(missing_ok=True)
    return len(dead) < len(files)


def _is_alive(file: Path) -> bool:
    with contextlib.suppress(psutil.NoSuchProcess, OSError, ValueError):
        process = psutil.Process(int(file.name))
        same = abs(process.create_time() - float(file.read_text("utf-8"))) < 1.0
        return same and process.status() != psutil.STATUS_ZOMBIE
    return False
