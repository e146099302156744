"""nbval runs each saved notebook in a scratch copy and compares every output.

Whoever has run one has the app of its step's checkpoint, but for what notebook 04 changes for good.
The fault that later ones look for, above all, is still there.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from workshop import course, scratch
from workshop.sandbox import running
from workshop.steps.tree import read_app

STEPS = course.notebooks()
QUIETLY = ("-p", "no:cacheprovider", "-W", "default", "-c", os.devnull)
FOR_GOOD = {4: {"app/telemetry/cloudwatch.py"}}
SANITIZE = Path(__file__).with_name("sanitize.cfg")


@pytest.mark.parametrize("step", STEPS, ids=[step.slug for step in STEPS])
def test_running_a_notebook_gives_what_is_saved_in_it(step):
    with scratch.rehearsal(step.number) as root:
        env = {**os.environ, "WORKSHOP_ROOT": str(root)}
        env.pop("PYTHONDONTWRITEBYTECODE", None)
        notebook = f"notebooks/{step.notebook.name}"
        words = [sys.executable, "-m", "pytest", "--nbval", "--nbval-current-env", notebook]
        try:
            done = subprocess.run(
                [*words, f"--nbval-sanitize-with={SANITIZE}", *QUIETLY],
                cwd=root,
                env=env,
                capture_output=True,
                text=True,
                timeout=900,
            )
        finally:
            running.stop_if_any(root / ".workshop" / "sandbox")
        left = read_app(root)
    assert done.returncode == 0, done.stdout + done.stderr
    assert " passed" in done.stdout
    at = step if step in course.steps() else course.steps()[-1]
    made = read_app(at.folder)
    assert left.keys() == made.keys()
    changed = {name for name in made if left[name] != made[name]}
    assert changed == FOR_GOOD.get(step.number, set())
