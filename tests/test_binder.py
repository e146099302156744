"""The files for repo2docker: the server that a hub starts finds the course's Python and kernel."""

import os
import subprocess

from hosted import ROOT, explain_make

BINDER = ROOT / "binder"


def test_the_scripts_can_be_run_and_are_sound():
    for name in ("postBuild", "start"):
        script = BINDER / name
        assert os.access(script, os.X_OK)
        assert script.read_text("utf-8").startswith("#!/bin/bash\n")
        subprocess.run(["bash", "-n", str(script)], check=True)


def test_the_python_is_one_that_the_course_runs_on():
    version = (BINDER / "runtime.txt").read_text("utf-8").strip().removeprefix("python-")
    assert tuple(map(int, version.split("."))) >= (3, 11)


def test_what_the_server_starts_finds_the_courses_python_first(tmp_path):
    line = 'printf "%s\\n" "$PATH" "$JUPYTER_PATH" "$JUPYTER_CONFIG_PATH" "$PWD" "$1"'
    done = subprocess.run(
        [str(BINDER / "start"), "sh", "-c", line, "sh", "an argument"],
        cwd=tmp_path,
        env={"PATH": "/usr/bin:/bin", "JUPYTER_PATH": "/hub/share"},
        capture_output=True,
        text=True,
        check=True,
    )
    path, data, config, folder, argument = done.stdout.splitlines()
    assert path.split(":")[0] == f"{ROOT}/.venv/bin"
    assert data == f"{ROOT}/.venv/share/jupyter:/hub/share"
    assert config == f"{ROOT}/deploy/jupyter"
    assert folder == str(ROOT)
    assert argument == "an argument"


def test_the_image_is_built_by_the_set_up_of_the_lab(tmp_path):
    """Run postBuild in a clean folder whose `make setup` only notes that it was asked for."""
    (tmp_path / "Makefile").write_text("setup:\n\t@echo set up\n")
    python = tmp_path / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text('#!/bin/sh\necho "python $*"\n')
    python.chmod(0o755)
    done = subprocess.run(
        [str(BINDER / "postBuild")],
        cwd=tmp_path,
        # Below another make, as in `make test`, it would also say which folder it enters.
        env={name: value for name, value in os.environ.items() if not name.startswith("MAKE")},
        capture_output=True,
        text=True,
        check=True,
    )
    first, second = done.stdout.splitlines()
    assert first == "set up"
    assert second.startswith("python -m ipykernel install --prefix .venv --name python3")
    assert "workshop/install.py" in explain_make("make setup")


def test_a_failed_set_up_fails_the_image(tmp_path):
    (tmp_path / "Makefile").write_text("setup:\n\t@exit 3\n")
    done = subprocess.run([str(BINDER / "postBuild")], cwd=tmp_path, capture_output=True)
    assert done.returncode != 0
