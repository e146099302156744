"""Builds `.venv` from `requirements.lock`, with nothing but Python's standard library.

`make setup` runs this file with the system's Python. It does nothing when the environment is
current, and starts afresh when the lock file, the Python or the folder's place has changed.

A learner gets what the course needs. What only `make test` needs, a browser's driver and the
linters, is a third of the whole; `--tests` adds it, at the same pinned versions.
"""

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
LOCK = ROOT / "requirements.lock"
PROJECT = ROOT / "pyproject.toml"
STAMP = VENV / "workshop-installed"
TESTS_STAMP = VENV / "workshop-tests-installed"
OLDEST = (3, 11)
NEWER = ("python3.13", "python3.12", "python3.11", "python3.14")

# A class behind a mirror sets pip's options; uv reads its own variables, not pip's.
PIP_TO_UV = {
    "index-url": "UV_DEFAULT_INDEX",
    "extra-index-url": "UV_INDEX",
    "find-links": "UV_FIND_LINKS",
    "cert": "SSL_CERT_FILE",
}


def say(text: str) -> None:
    """Print one line of progress at once."""
    print(f"setup: {text}", flush=True)


def stop(what: str, next_step: str) -> None:
    """End with a message that says what happened and what to do."""
    sys.exit(f"setup: {what}\n       {next_step}")


def use_new_enough_python() -> None:
    """Run this file again with a newer Python, where the one at hand is too old."""
    if sys.version_info >= OLDEST:
        return
    for name in NEWER:
        found = shutil.which(name)
        if found:
            os.execv(found, [found, __file__, *sys.argv[1:]])
    stop(
        "this is Python {}.{}; the workshop needs 3.11 or newer.".format(*sys.version_info),
        "Install one, then run `make setup PYTHON=python3.13` with its name.",
    )


def fingerprint() -> str:
    """Return what the environment depends on: the lock file, this Python, this place."""
    parts = (
        LOCK.read_bytes(),
        Path(__file__).read_bytes(),
        sys.version.encode(),
        str(ROOT).encode(),
    )
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def locked(package: str) -> str:
    """Return one package's lines of the lock file, with its hashes."""
    found = re.search(rf"^{package}==.*(?:\n    --hash.*)+", LOCK.read_text("utf-8"), re.MULTILINE)
    if not found:
        stop(f"requirements.lock does not name {package}.", "Run `git checkout requirements.lock`.")
        raise AssertionError
    return found.group()


def run(step: str, *words: str, env: "dict[str, str] | None" = None) -> None:
    """Run one command; on failure show all that it said, and what to do."""
    # On a terminal uv shows its own progress; elsewhere what is said matters only on failure.
    shows_progress = env is not None and sys.stderr.isatty()
    kept = None if shows_progress else subprocess.PIPE
    done = subprocess.run(words, stdout=kept, stderr=kept, text=True, env=env)
    if done.returncode == 0:
        return
    said = (done.stdout or "") + (done.stderr or "")
    print(said, file=sys.stderr)
    if "ensurepip" in said:
        stop(
            "this Python comes without venv.",
            "On Debian and Ubuntu: `sudo apt install python3-venv`, then run the command again.",
        )
    stop(f"{step} failed; the lines above say why.", "Mend that, then run the command again.")


def uv_environment(python: Path) -> "dict[str, str]":
    """Return the environment for uv, with pip's settings carried over."""
    env = dict(os.environ)
    listed = subprocess.run(
        [str(python), "-m", "pip", "config", "list"], capture_output=True, text=True
    ).stdout
    for name, value in re.findall(r"^\S+\.([\w-]+)='(.*)'$", listed, re.MULTILINE):
        if name in PIP_TO_UV:
            env.setdefault(PIP_TO_UV[name], value)
    return env


def add_workshop(python: Path) -> None:
    """Put the course's own package, and the `workshop` command, into the environment."""
    where = subprocess.run(
        [str(python), "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()
    (Path(where) / "workshop.pth").write_text(f"{ROOT}\n", "utf-8")
    launcher = VENV / "bin" / "workshop"
    launcher.write_text(
        '#!/bin/sh\n# Written by `make setup`.\nexec "$(dirname "$0")/python" -m workshop "$@"\n',
        "utf-8",
    )
    launcher.chmod(0o755)


def install(step: str, *what: str) -> None:
    """Install packages by uv, each of a known hash and with its bytecode written."""
    python = VENV / "bin" / "python"
    pip = (str(VENV / "bin" / "uv"), "pip", "install", "--python", str(python))
    flags = ("--require-hashes", "--compile-bytecode")
    run(step, *pip, *flags, *what, env=uv_environment(python))


def build() -> None:
    """Make the environment, from nothing."""
    began = time.monotonic()
    python = VENV / "bin" / "python"
    say("making .venv")
    run("making .venv", sys.executable, "-m", "venv", "--clear", str(VENV))
    say("installing uv, the installer, at its pinned version")
    with tempfile.TemporaryDirectory() as scratch:
        wanted = Path(scratch) / "uv.txt"
        wanted.write_text(locked("uv"), "utf-8")
        pip = (str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check")
        run("installing uv", *pip, "--require-hashes", "-r", str(wanted))
    say("installing what the course needs (about 150 packages; the first time takes longest)")
    # Whatever these draw in is pinned, and its hash known, by the lock file.
    install("installing the packages", "-r", str(PROJECT), "--constraints", str(LOCK))
    add_workshop(python)
    STAMP.write_text(fingerprint(), "utf-8")
    say(f"done in {time.monotonic() - began:.0f} s")


def add_tests() -> None:
    """Put what only `make test` needs into the environment."""
    began = time.monotonic()
    say("adding what `make test` needs (about 20 packages)")
    install("installing the packages", "-r", str(LOCK))
    TESTS_STAMP.write_text(fingerprint(), "utf-8")
    say(f"done in {time.monotonic() - began:.0f} s")


def is_current(stamp: Path) -> bool:
    """Tell whether what a stamp stands for is there, and from this lock file."""
    return stamp.is_file() and stamp.read_text("utf-8") == fingerprint()


def main() -> None:
    """Build the environment unless it is current, with `--tests` for the tests, too."""
    use_new_enough_python()
    try:
        if not is_current(STAMP):
            build()
        if "--tests" in sys.argv[1:] and not is_current(TESTS_STAMP):
            add_tests()
    except KeyboardInterrupt:
        stop("interrupted.", "Run the same command again; it starts afresh.")


if __name__ == "__main__":
    main()
