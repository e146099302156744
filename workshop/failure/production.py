"""The command and the variables with which an app runs as it would in production."""

import json
import re
import sys
from dataclasses import replace
from pathlib import Path

from workshop import process_tree, processes, real
from workshop.checks.target import Target, compose_variables
from workshop.learner_app import Program
from workshop.sandbox.server import Sandbox

WORKERS = 1
# Stands for a port that is not known yet.
PORT = 64_999
# So that each request can be looked for: nothing is left out to save, and X-Ray records all.
WHOLE = {"KEEP_ONE_TRACE_IN": "1", "TRUST_TRACE_HEADERS": "yes"}
CMD = re.compile(r"^\s*CMD\s+(\[.*\])\s*$", re.MULTILINE)


def command(target: Target, port: int, workers: int | None = WORKERS) -> list[str]:
    """Return the command that serves an app's backend, as its container would.

    Of the course's layout it is the CMD of `app/Dockerfile`, on this port; where that cannot be
    read, and for any other app, the command that checks use.

    Args:
        target: the app.
        port: where it shall answer.
        workers: how many worker processes gunicorn has; None for as many as are written.
    """
    program = target.programs[0]
    written = _read_cmd(target.folder / "app" / "Dockerfile") if target.ours else []
    if program.words or not written:
        return program.command(port)
    name, *rest = written
    if name.startswith("python"):
        return [sys.executable, *_on_port(rest, port, workers)]
    return [sys.executable, "-m", name, *_on_port(rest, port, workers)]


def variables(
    target: Target, sandbox: Sandbox, folder: Path, mark: str, port: int, *, through_doors: bool
) -> dict[str, str]:
    """Return the whole environment of the backend.

    Args:
        target: the app.
        sandbox: where its SDKs shall send.
        folder: a folder for all that it writes.
        mark: the value of `process_tree.MARK`.
        port: where it shall answer.
        through_doors: whether it speaks to each vendor's own port, which can be broken.
    """
    doors = sandbox.doors.urls if through_doors else {}
    pointers = real.app_variables({}, sandbox.url, sandbox.daemon_port, doors)
    # Its own settings, as production has them.
    del pointers["OTEL_SEMCONV_STABILITY_OPT_IN"]
    scratch = folder / "tmp"
    scratch.mkdir(parents=True, exist_ok=True)
    return {
        **real.clean_environment(folder),
        "ENVIRONMENT": "production",
        **compose_variables(target, target.programs[0], sandbox.url),
        **WHOLE,
        **pointers,
        "NO_PROXY": f"{processes.LOCALHOST},localhost",
        "no_proxy": f"{processes.LOCALHOST},localhost",
        "PATH": target.search_path,
        "PYTHONDONTWRITEBYTECODE": "1",
        "TMPDIR": str(scratch),
        "PORT": str(port),
        "FLASK_RUN_PORT": str(port),
        "PROFILES_URL": f"http://{processes.LOCALHOST}:{processes.free_port()}",
        process_tree.MARK: mark,
    }


def _read_cmd(dockerfile: Path) -> list[str]:
    """Return the words of a Dockerfile's last CMD, in its JSON form; nothing where there is none.

    Source: https://docs.docker.com/reference/dockerfile/#cmd
    """
    try:
        found = CMD.findall(dockerfile.read_text("utf-8", errors="replace"))
        words = json.loads(found[-1]) if found else []
    except (OSError, ValueError):
        return []
    return [str(each) for each in words]


def backend(target: Target) -> Program:
    """Return the backend as its container serves it, with all its workers.

    Args:
        target: the app.
    """
    words = tuple(command(target, PORT, workers=None))
    written = tuple(word.replace(str(PORT), "{port}") for word in words)
    return replace(target.programs[0], module="", words=written)


def _on_port(words: list[str], port: int, workers: int | None) -> list[str]:
    """Return a server's arguments with this machine's port, and so many workers."""
    text = "\n".join(words)
    text = re.sub(r"(--bind|-b)([=\n])\S+", rf"\g<1>\g<2>{processes.LOCALHOST}:{port}", text)
    text = re.sub(r"(--port|-p)([=\n])\S+", rf"\g<1>\g<2>{port}", text)
    text = re.sub(r"(--host|-h)([=\n])\S+", rf"\g<1>\g<2>{processes.LOCALHOST}", text)
    if workers is not None:
        text = re.sub(r"(--workers|-w)([=\n])\d+", rf"\g<1>\g<2>{workers}", text)
    return text.split("\n")
