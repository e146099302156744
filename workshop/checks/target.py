"""What a check runs: which programs, from which folder, with which variables."""

import os
import shlex
import shutil
import sys
from dataclasses import dataclass, replace
from pathlib import Path

from workshop import place, real
from workshop.checks import compose, finding_flask
from workshop.errors import WorkshopError
from workshop.learner_app import BACKEND, PROFILES, Program

SDK_VARIABLES = ("OTEL_", "HONEYCOMB_", "AWS_XRAY_")
# Of these a shell may hold real ones, which no check may use.
VENDOR_VARIABLES = ("AWS_", "HONEYCOMB_", "OTEL_", "ROLLBAR_")
ENVIRONMENTS = (".venv", "venv", "env")


@dataclass(frozen=True)
class Target:
    """The app under check.

    Args:
        folder: the working directory of its services.
        programs: backend first.
        compose: its docker-compose.yml, where it has one.
        ours: it has the course's layout, so that both services are expected.
        python: the interpreter that serves it.
        environment: what ENVIRONMENT says to its services; empty for what checks say.
    """

    folder: Path
    programs: tuple[Program, ...]
    compose: Path | None
    ours: bool
    python: str = sys.executable
    environment: str = ""

    @property
    def search_path(self) -> str:
        """The PATH of its services: its own environment first, as if that were activated."""
        return _search_path(self.python)


def learner_app(folder: Path | None = None) -> Target:
    """Return the app of this checkout, or of a folder with the same layout."""
    folder = (folder or place.root()).resolve()
    file = folder / "docker-compose.yml"
    return Target(
        folder=folder,
        programs=(BACKEND, PROFILES),
        compose=file if file.is_file() else None,
        ours=True,
    )


def any_app(folder: Path, run: str = "") -> Target:
    """Return any Flask app as a target: a module, a package or a factory.

    Args:
        folder: where its files are.
        run: the command that serves it; `{port}` stands for the port. Without it, the app may
            open any port.

    Raises:
        WorkshopError: there is no Flask app to be found, or the command cannot be run.
    """
    given, folder = folder, folder.resolve()
    if not folder.is_dir():
        what = "is a file" if folder.is_file() else "is not there"
        raise WorkshopError(f"{given} {what}.", "Name the folder that holds the app: --app DIR")
    ours = (folder / "app" / "profiles.py").is_file()
    if ours and not run:
        return learner_app(folder)
    python = _find_python(folder)
    if run:
        target = _commanded(folder, run, python)
        if ours:
            backend = replace(BACKEND, module="", words=target.programs[0].words)
            return replace(learner_app(folder), programs=(backend, PROFILES), python=python)
        return target
    found = finding_flask.find(folder)
    file = compose.find_file(found.folder)
    service = compose.find_service(file, found.folder) or compose.find_service(file, folder)
    program = Program("backend", found.name, service=service, python=python)
    return Target(found.folder, (program,), file, ours=False, python=python)


def _commanded(folder: Path, run: str, python: str) -> Target:
    """Return an app that a command serves."""
    try:
        words = tuple(shlex.split(run))
    except ValueError as error:
        raise WorkshopError(
            f"The command of --run cannot be read: {error}.", "Mend its quotes."
        ) from None
    program = _find_program(words[0] if words else "", folder, python)
    file = compose.find_file(folder)
    service = compose.find_service(file, folder)
    program_words = (program, *words[1:])
    return Target(
        folder,
        (Program("backend", words=program_words, service=service),),
        file,
        ours=False,
        python=program if Path(program).name.startswith("python") else python,
    )


def _find_program(name: str, folder: Path, python: str) -> str:
    """Return the path of the program that a command names, relative ones from the app's folder."""
    if os.sep in name:
        beside = folder / name
        found = str(beside) if os.access(beside, os.X_OK) else shutil.which(Path(name).absolute())
    else:
        found = shutil.which(name, path=_search_path(python)) if name else None
    if not found or Path(found).is_dir():
        raise WorkshopError(
            f"--run names {name!r}, and there is no such program to run.",
            "Give the command that serves the app: --run 'flask --app NAME run --port {port}'",
        )
    return str(found)


def _find_python(folder: Path) -> str:
    """Return the interpreter of the app's own virtual environment, or ours."""
    for place_ in (folder, folder.parent):
        for name in ENVIRONMENTS:
            python = place_ / name / "bin" / "python"
            # One that was committed with the app, or moved, points to nothing.
            if (place_ / name / "pyvenv.cfg").is_file() and os.access(python, os.X_OK):
                return str(python)
    return sys.executable


def _search_path(python: str) -> str:
    folders = dict.fromkeys([str(Path(python).parent), str(Path(sys.executable).parent)])
    return os.pathsep.join([*folders, os.environ.get("PATH", os.defpath)])


def compose_variables(target: Target, program: Program, sandbox_url: str) -> dict[str, str]:
    """Return what docker-compose.yml sets for one service.

    The check runs the app as `docker compose up` would, so that a mistake in that file is met as
    it would be there. A vendor's host is replaced by the check's own sandbox; ports, paths and
    everything else stay as they are written. Of the course's own app only what is meant for the
    SDKs is taken: all else the check knows.

    Args:
        target: the app.
        program: the service.
        sandbox_url: where the check's sandbox listens.
    """
    if not program.service:
        return {}
    known = {
        name: value
        for name, value in os.environ.items()
        if not target.ours and not name.startswith(VENDOR_VARIABLES)
    }
    known["HONEYCOMB_API_KEY"] = real.SANDBOX_KEY
    written = compose.read_variables(target.compose, program.service, known)
    return {
        name: compose.stand_in(value, sandbox_url)
        for name, value in written.items()
        if not target.ours or name.startswith(SDK_VARIABLES)
    }
