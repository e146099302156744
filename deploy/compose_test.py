"""Runs the whole of docker-compose.yml, as the last step leaves it: `make compose-test`.

In a scratch copy it builds and starts every container, waits until all are healthy, asks the app
for its pages, and looks at the sandbox's container for what arrived. Everything is taken down
again, volumes included. Where there is no container engine it says what is missing.
"""

import json
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import requests

from workshop import course
from workshop.errors import WorkshopError
from workshop.scratch import copy_checkout

PROJECT = "workshop-compose-test"
APP, SANDBOX = "http://127.0.0.1:4567", "http://127.0.0.1:4318"
PAGES = ("home", "notifications", "@tilda", "search?term=bread")
LOCKED = Path("deploy") / "locked" / "docker-compose.yml"
"""Runs with it, so that what holds for the locked containers is known to work."""
START_SECONDS = 900
ARRIVAL_SECONDS = 60.0
INTERVAL = 0.5
# What the first page of the sandbox counts of each tool.
WANTED = ("traces", "documents", "lines")


def main() -> None:
    """Run the test, and end with a message where it fails."""
    compose = find_compose()
    step = course.steps()[-1]
    with tempfile.TemporaryDirectory(prefix="workshop-") as folder:
        root = copy_checkout(Path(folder) / "workshop", step)
        shutil.copy(step.folder / "docker-compose.yml", root)
        words = [*compose, "--project-name", PROJECT, "--project-directory", str(root)]
        words += ["--file", "docker-compose.yml", "--file", str(LOCKED)]
        print(
            f"compose-test: building and starting step {step.number:02d}'s containers", flush=True
        )
        try:
            run([*words, "up", "--build", "--detach", "--wait"], root)
            check_containers(words, root)
            ask_the_app()
            counts = wait_for_arrival()
        except WorkshopError:
            subprocess.run([*words, "logs", "--tail", "40"], cwd=root, check=False)
            raise
        finally:
            print("compose-test: taking it all down", flush=True)
            subprocess.run([*words, "down", "--volumes", "--timeout", "5"], cwd=root, check=False)
    print("compose-test: all is well; arrived: " + ", ".join(counts))


def find_compose() -> list[str]:
    """Return the command that runs compose files with an engine that answers.

    Raises:
        WorkshopError: there is none; the message says what is missing.
    """
    missing = []
    for engine in ("docker", "podman"):
        if shutil.which(engine) is None:
            missing.append(f"{engine} is not installed")
        elif not works([engine, "info"]):
            missing.append(f"{engine} is installed, and its engine does not answer")
        elif not works([engine, "compose", "version"]):
            missing.append(f"{engine} answers, and has no `{engine} compose`")
        else:
            return [engine, "compose"]
    raise WorkshopError(
        f"No container engine can run docker-compose.yml here: {'; '.join(missing)}.",
        "Start one, such as `sudo systemctl start docker`, or install Docker Engine with its"
        " compose plugin: https://docs.docker.com/engine/install/",
    )


def works(words: Sequence[str]) -> bool:
    """Tell whether a command ends well."""
    try:
        return subprocess.run(words, capture_output=True, timeout=60).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def run(words: Sequence[str], folder: Path) -> None:
    """Run a command whose output is shown.

    Raises:
        WorkshopError: it failed, or took too long.
    """
    try:
        done = subprocess.run(words, cwd=folder, timeout=START_SECONDS)
    except subprocess.TimeoutExpired:
        raise WorkshopError(f"After {START_SECONDS} s not all containers are healthy.") from None
    if done.returncode:
        raise WorkshopError(f"`{' '.join(words)}` failed.", "What it printed is above.")


def check_containers(words: Sequence[str], root: Path) -> None:
    """Look at what runs: nothing is published beyond this machine.

    Raises:
        WorkshopError: something is.
    """
    listed = subprocess.run(
        [*words, "ps", "--format", "json"], cwd=root, capture_output=True, text=True, check=True
    ).stdout.strip()
    # One list, or an object a line: that differs between versions.
    found = json.loads(listed) if listed.startswith("[") else map(json.loads, listed.splitlines())
    for each in found:
        for port in each.get("Publishers") or []:
            if port["PublishedPort"] and port["URL"] not in ("127.0.0.1", "::1"):
                raise WorkshopError(
                    f"{each['Service']} publishes port {port['PublishedPort']} on"
                    f" {port['URL'] or 'every address'}, not on this machine alone."
                )


def ask_the_app() -> None:
    """Ask for some pages.

    Raises:
        WorkshopError: one of them was not answered well.
    """
    with requests.Session() as session:
        session.trust_env = False
        for page in PAGES * 3:
            answer = session.get(f"{APP}/api/activities/{page}", timeout=30)
            if answer.status_code != 200:
                raise WorkshopError(f"GET /api/activities/{page} answered {answer.status_code}.")


def wait_for_arrival() -> list[str]:
    """Wait until traces, segments and lines have arrived, and return how many.

    Raises:
        WorkshopError: something is missing at the deadline.
    """
    deadline = time.monotonic() + ARRIVAL_SECONDS
    while True:
        counts = read_counts()
        missing = [noun for noun in WANTED if not counts.get(noun)]
        if not missing:
            return [f"{counts[noun]} {noun}" for noun in WANTED]
        if time.monotonic() > deadline:
            raise WorkshopError(
                f"No {', no '.join(missing)} arrived within {ARRIVAL_SECONDS:.0f} s.",
                "The containers' logs are above.",
            )
        time.sleep(INTERVAL)


def read_counts() -> dict[str, int]:
    """Return what the sandbox's first page counts, by its noun."""
    with requests.Session() as session:
        session.trust_env = False
        page = session.get(f"{SANDBOX}/", headers={"Accept": "text/html"}, timeout=10).text
    counted = re.findall(r"<strong>([\d,]+)</strong> (\w+)", page)
    return {noun: int(number.replace(",", "")) for number, noun in counted}


if __name__ == "__main__":
    try:
        main()
    except WorkshopError as error:
        sys.exit(str(error))
