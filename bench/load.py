"""What observing costs under load: how many requests a second, and the slowest one in a hundred."""

import contextlib
import functools
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bench.measuring import take_turns
from bench.overhead import RATE_LIMIT, Variant, list_steps, make_environment
from workshop import processes
from workshop.sandbox.server import Sandbox, running_sandbox

PROGRAM = "wrk"
PAGE = "/api/activities/@noor"
CONNECTIONS = 4
# So long the SDKs need to send what the turn before has made.
SETTLING = 0.6
MILLISECONDS = {"us": 0.001, "ms": 1.0, "s": 1000.0}


def measure(rounds: int, seconds: int) -> dict[str, Any]:
    """Return how much each step's app answers, with both services under gunicorn.

    Args:
        rounds: how many turns.
        seconds: how long wrk asks in each.

    Returns:
        `variants`: by name, lists of `rate` a second, `p50` and `p99` in milliseconds by turn;
        `absent`: what is left out.
    """
    wrk = shutil.which(PROGRAM)
    if wrk is None:
        return {"variants": {}, "absent": [f"{PROGRAM} is not installed (apt-get install wrk)"]}
    found: dict[str, dict[str, list[float]]] = {}
    absent: list[str] = []
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="workshop-bench-")))
        sandbox = stack.enter_context(
            running_sandbox(folder / "sandbox", rollbar_limit=RATE_LIMIT, searching=True)
        )
        doing = {}
        for variant in list_steps():
            try:
                port = _serve(stack, variant, sandbox, folder / variant.name.replace(" ", "-"))
            except processes.DidNotStartError as error:
                absent.append(f"{variant.name}: {error.service.name} did not start")
                continue
            url = f"http://{processes.LOCALHOST}:{port}{PAGE}"
            doing[variant.name] = functools.partial(ask, wrk, url, seconds)
        for name, measured in take_turns(rounds, doing, "load"):
            for key, value in measured.items():
                found.setdefault(name, {}).setdefault(key, []).append(value)
    return {"variants": found, "absent": absent}


def ask(wrk: str, url: str, seconds: int) -> dict[str, float]:
    """Ask for a page as often as it is answered, and return what wrk says of it.

    Raises:
        RuntimeError: the app did not answer each time.
    """
    time.sleep(SETTLING)
    words = [wrk, "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "--latency", url]
    told = subprocess.run(words, capture_output=True, text=True, check=True).stdout
    return read(told)


def read(told: str) -> dict[str, float]:
    """Return what wrk has printed: `rate` a second, `p50` and `p99` in milliseconds.

    Raises:
        RuntimeError: some requests were not answered, or badly.
    """
    bad = re.search(r"(Non-2xx or 3xx responses|Socket errors): .*", told)
    if bad:
        raise RuntimeError(bad.group())
    rate = re.search(r"^Requests/sec:\s+([\d.]+)", told, re.MULTILINE)
    latencies = re.findall(r"^\s+(50|99)%\s+([\d.]+)(us|ms|s)", told, re.MULTILINE)
    if rate is None or len(latencies) != 2:
        raise RuntimeError(f"wrk says something else: {told.strip()[:200]}")
    return {
        "rate": float(rate.group(1)),
        **{f"p{share}": float(value) * MILLISECONDS[unit] for share, value, unit in latencies},
    }


def _serve(stack: contextlib.ExitStack, variant: Variant, sandbox: Sandbox, folder: Path) -> int:
    """Start both services of a variant, each with one worker, and return backend's port."""
    folder.mkdir()
    env = make_environment(variant, sandbox, sandbox.url, folder)
    port = 0
    for name in ("profiles", "backend"):
        if port:
            env["PROFILES_URL"] = f"http://{processes.LOCALHOST}:{port}"
        port = processes.free_port()
        words = [sys.executable, "-m", "gunicorn", f"--bind={processes.LOCALHOST}:{port}"]
        words += ["--workers=1", "--threads=4", f"app.{name}:create_app()"]
        own = {**env, "OTEL_SERVICE_NAME": name}
        service = processes.launch(name, words, port, variant.app, own, folder / "logs")
        stack.callback(processes.stop, service)
        processes.wait_until_listening(service)
    return port
