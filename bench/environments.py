"""Makes each peer an environment of its own, from pinned requirements, under `.workshop/bench/`."""

import hashlib
import subprocess
import sys
from pathlib import Path

from workshop import place
from workshop.install import uv_environment

PEERS = Path(__file__).parent / "peers"
DEADLINE = 900


class CannotInstallError(Exception):
    """A peer that cannot be installed here; the message is one plain line."""


def make(peer: str) -> Path:
    """Return the Python of a peer's environment, which is made where it is absent or old.

    Args:
        peer: the name of its file of requirements.

    Raises:
        CannotInstallError: its packages cannot be had.
    """
    wanted = PEERS / f"{peer}.txt"
    stamp = hashlib.sha256(wanted.read_bytes() + sys.version.encode()).hexdigest()[:16]
    folder = place.state() / "bench" / f"{peer}-{stamp}"
    python = folder / "bin" / "python"
    ready = folder / "ready"
    if ready.is_file():
        return python
    uv = str(Path(sys.executable).parent / "uv")
    env = uv_environment(Path(sys.executable))
    steps = (
        [uv, "venv", "--quiet", "--clear", "--python", sys.executable, str(folder)],
        [uv, "pip", "install", "--quiet", "--python", str(python), "-r", str(wanted)],
    )
    for words in steps:
        try:
            done = subprocess.run(words, env=env, capture_output=True, text=True, timeout=DEADLINE)
        except (OSError, subprocess.TimeoutExpired) as error:
            raise CannotInstallError(f"{peer}: {error}") from None
        if done.returncode:
            said = done.stderr.strip().splitlines() or ["no reason given"]
            raise CannotInstallError(f"{peer}: {said[-1].strip()}")
    ready.touch()
    return python
