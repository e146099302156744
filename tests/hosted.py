"""What the tests of Gitpod, devcontainers and Binder share."""

import json
import os
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[1]
JUPYTER = ROOT / "deploy" / "jupyter"


def read_schema(name):
    return json.loads((ROOT / "tests" / "schemas" / f"{name}.schema.json").read_text("utf-8"))


def explain_make(words, folder=ROOT):
    """Return what a `make` command would run, without running it."""
    dry = subprocess.run(
        ["sh", "-c", words.replace("make ", "make --dry-run --no-print-directory ", 1)],
        cwd=folder,
        env={**os.environ, "MAKEFLAGS": ""},
        capture_output=True,
        text=True,
        timeout=20,
    )
    assert dry.returncode == 0, dry.stderr
    return dry.stdout
