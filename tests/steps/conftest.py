"""A tiny course of four steps, whose patches are made by git itself and not by the engine."""

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from workshop.steps import build

START = {
    "app/app.py": "".join(f"line {n}\n" for n in range(1, 31)).encode(),
    "app/old.py": b"old = True\nwill_go = True\n",
    "app/notes/größe.txt": "groß\nklein\n".encode(),
    "app/logo.bin": b"\0logo 1\n",
    "app/run.sh": b"#!/bin/sh\nexec flask run\n",
    "docker-compose.yml": b"services:\n  backend:\n    build: app\n",
}
TITLES = ("Meet the app", "Trace it", "Trace more", "The last step")
SLUGS = ("00-meet", "01-trace", "02-more", "03-last")
COURSE = "\n".join(
    f"""[[step]]
number = {number}
name = "{SLUGS[number][3:]}"
title = "{title}"
vendor = "none"
minutes = 10
can_do = "do it"
"""
    for number, title in enumerate(TITLES)
)


def real_git(*words, folder, day=0, **options):
    """Run git as its user would, but for the identity and the date that patches carry."""
    date = f"2026-01-{day + 1:02d}T12:00:00+00:00"
    who = "The distributed tracing workshop"
    pinned = {
        f"GIT_{role}_{key}": value
        for role in ("AUTHOR", "COMMITTER")
        for key, value in (("NAME", who), ("EMAIL", "workshop@example.invalid"), ("DATE", date))
    }
    run = subprocess.run(
        ["git", *words],
        cwd=folder,
        env={**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, **pinned},
        capture_output=True,
        **options,
    )
    assert run.returncode == 0, run.stderr.decode()
    return run.stdout


def replace(path, old, new):
    text = path.read_bytes()
    assert old in text
    path.write_bytes(text.replace(old, new))


def step_1(root):
    (root / "app/telemetry").mkdir()
    (root / "app/telemetry/trace.py").write_bytes(b"def start():\n    pass\n")
    replace(root / "app/app.py", b"line 2\n", b"line 2\nimport trace\n")
    replace(root / "app/app.py", b"line 15\n", b"line 15 traced\n")
    replace(root / "docker-compose.yml", b"app\n", b"app\n    environment: [TRACE]\n")


def step_2(root):
    (root / "app/old.py").unlink()
    (root / "app/logo.bin").write_bytes(b"\0logo 2\n")
    (root / "app/run.sh").chmod(0o755)
    replace(root / "app/notes/größe.txt", b"klein\n", "klein\nweiß\n".encode())
    replace(root / "app/app.py", b"line 25\n", b"line 25 more\n")


def step_3(root):
    (root / "app/telemetry/last.py").write_bytes(b"last = 1\n")
    replace(root / "app/app.py", b"line 29\n", b"line 29 last\n")


CHANGES = (step_1, step_2, step_3)


@pytest.fixture(scope="session")
def finished(tmp_path_factory):
    """The course, built once."""
    home = tmp_path_factory.mktemp("built")
    repository, root = home / "repository", home / "course"
    repository.mkdir()
    for path, content in START.items():
        for folder in (repository, root):
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(content)
    (root / "workshop").mkdir()
    (root / "workshop/course.toml").write_text(COURSE)
    real_git("init", "--quiet", folder=repository)
    real_git("add", "--all", folder=repository)
    real_git("commit", "-m", TITLES[0], folder=repository)
    for number, change in enumerate(CHANGES, start=1):
        change(repository)
        real_git("add", "--all", folder=repository)
        message = f"{TITLES[number]}\n\nStep {number} shows what it is for.\n"
        real_git("commit", "-m", message, folder=repository, day=number)
        words = "format-patch -1 --stdout --zero-commit --no-signature -N --full-index"
        (root / "steps" / SLUGS[number]).mkdir(parents=True)
        patch = root / "steps" / SLUGS[number] / "step.patch"
        patch.write_bytes(real_git(*words.split(), folder=repository))
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("WORKSHOP_ROOT", str(root))
        build.build()
    return root


@dataclass
class Course:
    """A checkout of the tiny course, without git, for one test to work in."""

    root: Path

    def file(self, path):
        return self.root / path

    def checkpoint(self, number):
        return self.files(self.root / "steps" / SLUGS[number])

    def files(self, folder=None):
        """All of an app: path → (content, executable)."""
        folder = folder or self.root
        found = [folder / "docker-compose.yml", *(folder / "app").rglob("*")]
        return {
            path.relative_to(folder).as_posix(): (path.read_bytes(), os.access(path, os.X_OK))
            for path in found
            if path.is_file()
        }

    def everything(self):
        """All files of the checkout, for 'nothing at all has been written'."""
        return {
            path: (path.read_bytes(), path.stat().st_mtime_ns)
            for path in self.root.rglob("*")
            if path.is_file()
        }

    def start_at(self, number):
        """Put the learner at a step, without the engine."""
        shutil.rmtree(self.root / "app")
        source = self.root / "steps" / SLUGS[number]
        shutil.copytree(source / "app", self.root / "app")
        shutil.copy2(source / "docker-compose.yml", self.root)


@pytest.fixture
def course(finished, tmp_path, monkeypatch):
    root = tmp_path / "my cöurse"
    shutil.copytree(finished, root)
    monkeypatch.delenv("WORKSHOP_ROOT", raising=False)
    monkeypatch.chdir(root)
    return Course(root)
