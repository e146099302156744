"""git, run so that nobody's configuration, hooks or signing keys change what it does."""

import os
import subprocess
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from workshop.errors import WorkshopError

NAME = "The distributed tracing workshop"
EMAIL = "workshop@example.invalid"
FIRST_DAY = datetime(2026, 1, 1, 12, tzinfo=UTC)


def pinned_identity(number: int) -> dict[str, str]:
    """Return the variables that give the commit of one step its author, committer and date.

    Args:
        number: the step's number; step N is N days younger than step 0.
    """
    date = (FIRST_DAY + timedelta(days=number)).isoformat()
    return {
        f"GIT_{role}_{key}": value
        for role in ("AUTHOR", "COMMITTER")
        for key, value in (("NAME", NAME), ("EMAIL", EMAIL), ("DATE", date))
    }


def clean_environment() -> dict[str, str]:
    """Return the environment for git: without the caller's git variables and configuration.

    `GIT_CONFIG_GLOBAL` exists since git 2.32; the two homes do the same for older ones.
    Source: https://git-scm.com/docs/git#_environment_variables
    """
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    return {
        **inherited,
        **pinned_identity(0),
        "HOME": os.devnull,
        "XDG_CONFIG_HOME": os.devnull,
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_ATTR_NOSYSTEM": "1",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_EDITOR": "true",
        "LC_ALL": "C",
    }


def run(
    words: Sequence[str],
    folder: Path,
    stdin: bytes | None = None,
    variables: Mapping[str, str] | None = None,
) -> subprocess.CompletedProcess[bytes]:
    """Run git and return what it printed, and its exit status, whatever that is.

    Args:
        words: what follows `git`.
        folder: where it runs. A repository above this folder is not seen.
        stdin: what it reads.
        variables: added to the clean environment.

    Raises:
        WorkshopError: git cannot be run.
    """
    environment = {
        **clean_environment(),
        "GIT_CEILING_DIRECTORIES": str(folder.resolve().parent),
        **(variables or {}),
    }
    try:
        return subprocess.run(
            ["git", *words],
            cwd=folder,
            env=environment,
            input=stdin if stdin is not None else b"",
            capture_output=True,
            check=False,
        )
    except OSError as error:
        raise WorkshopError(
            f"git is not installed, or not on the PATH: {error.strerror}.",
            "Install it from https://git-scm.com/downloads, then run the command again.",
        ) from error


def output(
    words: Sequence[str],
    folder: Path,
    stdin: bytes | None = None,
    variables: Mapping[str, str] | None = None,
) -> bytes:
    """Run git and return what it printed.

    Args:
        words: what follows `git`.
        folder: where it runs.
        stdin: what it reads.
        variables: added to the clean environment.

    Raises:
        WorkshopError: git failed; its own words are in the message.
    """
    result = run(words, folder, stdin, variables)
    if result.returncode:
        raise WorkshopError(f"`git {words[0]}` failed in {folder}.", said(result))
    return result.stdout


def said(result: subprocess.CompletedProcess[bytes]) -> str:
    """Return git's own words about a failure."""
    text = (result.stderr.strip() or result.stdout.strip()).decode("utf-8", "replace")
    return f"git says: {text}"
