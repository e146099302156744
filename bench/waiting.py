"""How long a learner waits: for the install, JupyterLab, the first trace, a check, a cell."""

import contextlib
import os
import re
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psutil
from nbclient import NotebookClient

from bench.measuring import take_turns
from workshop import course, notebooks, place
from workshop.checks.check import JUDGES
from workshop.sandbox import running
from workshop.scratch import copy_checkout

PICTURE = "image/png"
READY = re.compile(r"lab: ready|Jupyter Server .* is running at")


@dataclass
class Cell:
    """How long one cell took.

    Args:
        notebook: the number of its notebook.
        first_line: of its source.
        seconds: from its start to its end.
        silent: the seconds until it first showed something; all of them where it showed nothing.
        shows_picture: whether a picture is among its outputs.
    """

    notebook: int
    first_line: str
    seconds: float = 0.0
    silent: float = 0.0
    shows_picture: bool = False


@dataclass
class Watch:
    """What is seen of a notebook while it runs."""

    notebook: int
    cells: list[Cell] = field(default_factory=list)

    def make_client(self) -> type[NotebookClient]:
        """Return what runs a notebook's cells, and is watched."""
        watch = self

        class Watched(NotebookClient):
            async def async_execute_cell(
                self, cell: Any, cell_index: int, *more: Any, **named: Any
            ) -> Any:
                if cell.cell_type != "code":
                    return await super().async_execute_cell(cell, cell_index, *more, **named)
                first_line = (cell.source.strip().splitlines() or [""])[0]
                watch.cells.append(Cell(watch.notebook, first_line))
                self.began, self.seen = time.perf_counter(), 0.0
                try:
                    return await super().async_execute_cell(cell, cell_index, *more, **named)
                finally:
                    known = watch.cells[-1]
                    known.seconds = time.perf_counter() - self.began
                    known.silent = self.seen or known.seconds
                    outputs = cell.get("outputs", [])
                    known.shows_picture = any(PICTURE in each.get("data", {}) for each in outputs)

            def process_message(self, msg: dict[str, Any], cell: Any, cell_index: int) -> Any:
                shows = ("stream", "display_data", "execute_result", "update_display_data")
                if msg["msg_type"] in shows and not self.seen:
                    self.seen = time.perf_counter() - self.began
                return super().process_message(msg, cell, cell_index)

        return Watched


def measure(rounds: int, *, cold: bool) -> dict[str, Any]:
    """Return how long each thing takes that a learner waits for.

    Args:
        rounds: how many turns; the install and the notebooks have one.
        cold: whether the packages are downloaded as well, into a cache that is empty.

    Returns:
        `install`: rows with `what`, `wall` and `cpu` in seconds, and, where the network may be
        used, `megabytes`;
        `commands`: by name, a list of `wall` and `cpu`; `cells`: the cells, as dictionaries;
        `absent`: what could not be measured, with the reason.
    """
    found: dict[str, Any] = {"install": [], "commands": {}, "cells": [], "absent": []}
    with contextlib.suppress(KeyboardInterrupt):
        _measure_commands(rounds, found["commands"])
        found["install"] = list(_measure_install(found["absent"], cold=cold))
        found["cells"] = [vars(cell) for cell in _run_notebooks()]
    return found


def _measure_commands(rounds: int, found: dict[str, list[dict[str, float]]]) -> None:
    """Time `workshop check` of each step's checkpoint, and `workshop apply` of each step."""
    workshop = (sys.executable, "-m", "workshop")
    doing = {
        f"`workshop check {step.number}`": lambda step=step: _run(
            *workshop, "check", f"{step.number}", "--app", str(step.folder)
        )
        for step in course.steps()
        if step.number in JUDGES
    }
    doing |= {
        f"`workshop apply {step.number}`": lambda step=step: _apply(step)
        for step in course.steps()[1:]
    }
    for name, measured in take_turns(rounds, doing, "commands"):
        found.setdefault(name, []).append(measured)


def _apply(step: course.Step) -> dict[str, float]:
    with TemporaryDirectory(prefix="workshop-bench-") as folder:
        root = copy_checkout(Path(folder) / "workshop", course.step(step.number - 1))
        words = (sys.executable, "-m", "workshop", "apply", f"{step.number}")
        return _run(*words, env={**os.environ, "WORKSHOP_ROOT": str(root)}, cwd=root)


def _measure_install(absent: list[str], *, cold: bool) -> Iterator[dict[str, Any]]:
    """Clone, install and start JupyterLab, as the README says; yield a row for each."""
    for is_cold in (True, False) if cold else (False,):
        title = "cold" if is_cold else "warm"
        with TemporaryDirectory(prefix="workshop-bench-") as name:
            root = Path(name) / "workshop"
            variables = {"UV_CACHE_DIR": str(Path(name) / "cache")} if is_cold else {}
            env = {**os.environ, **variables}
            clone = ("git", "clone", "--quiet", str(place.root()), str(root))
            setup = (sys.executable, str(root / "workshop" / "install.py"))
            for what, words in (
                ("`git clone`", clone),
                ("`make setup`", setup),
            ):
                received = psutil.net_io_counters().bytes_recv
                try:
                    row = _run(*words, env=env)
                except RuntimeError as error:
                    absent.append(str(error))
                    return
                received = psutil.net_io_counters().bytes_recv - received
                yield {"what": f"{what}, {title}", **row, "megabytes": received / 1e6}
            if not is_cold:
                python = str(root / ".venv" / "bin" / "python")
                lab = (python, "-m", "workshop", "lab", "--no-browser", "--port", "0")
                yield {"what": "`workshop lab`, until it is ready", **_until_ready(lab, root, env)}
                bare = (python, "-m", "jupyterlab", "--no-browser", "--port=0", "--allow-root")
                alone = Path(name) / "alone"
                alone.mkdir()
                yield {"what": "JupyterLab alone, likewise", **_until_ready(bare, alone, env)}


def _until_ready(words: tuple[str, ...], folder: Path, env: dict[str, str]) -> dict[str, float]:
    """Start a server and wait until it says that it is ready."""
    began = time.perf_counter()
    process = subprocess.Popen(
        words,
        cwd=folder,
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        assert process.stdout is not None  # noqa: S101
        for line in process.stdout:
            if READY.search(line):
                break
        else:
            raise RuntimeError(f"{words[2]} ended before it was ready")
        wall = time.perf_counter() - began
        family = [
            psutil.Process(process.pid),
            *psutil.Process(process.pid).children(recursive=True),
        ]
        used = [each.cpu_times() for each in family]
        return {
            "wall": wall,
            "cpu": sum(each.user + each.system for each in used),
            "megabytes": 0.0,
        }
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=60)


def _run_notebooks() -> Iterator[Cell]:
    """Run all notebooks in order, each on what the one before has left; yield their cells."""
    with TemporaryDirectory(prefix="workshop-bench-") as folder:
        root = copy_checkout(Path(folder) / "workshop", course.step(0))
        try:
            for step in course.notebooks():
                print(f"waiting: notebook {step.number:02d}", flush=True)
                watch = Watch(step.number)
                notebooks.execute(step, root, watch.make_client())
                yield from watch.cells
        finally:
            running.stop_if_any(root / ".workshop" / "sandbox")


def _run(
    *words: str, env: dict[str, str] | None = None, cwd: Path | None = None
) -> dict[str, float]:
    """Run a command to its end; return the seconds on the clock and of processor time.

    Raises:
        RuntimeError: it failed; the message has its last line.
    """
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run(words, env=env, cwd=cwd, capture_output=True, text=True)
    took, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        said = (done.stdout + done.stderr).strip().splitlines() or ["no word"]
        raise RuntimeError(f"{' '.join(words[:4])}: {said[-1]}")
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {"wall": took, "cpu": used}
