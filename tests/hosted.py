"""What the tests of Gitpod, devcontainers and Binder share."""

import json
import os
import subprocess
from pathlib import Path

from jsonschema.validators import validator_for

ROOT = Path(__file__).parents[1]
JUPYTER = ROOT / "deploy" / "jupyter"


def find_breaches(document, name):
    """Return what of a document does not hold to a schema in `tests/schemas/`."""
    file = ROOT / "tests" / "schemas" / f"{name}.schema.json"
    schema = json.loads(file.read_text("utf-8"))
    return [each.message for each in validator_for(schema)(schema).iter_errors(document)]


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
