"""Asks an app that keeps somebody waiting where it is: in whose package, and at which line."""

import contextlib
import os
import re
import signal
from dataclasses import dataclass
from pathlib import Path

from workshop import process_tree
from workshop.checks.presence import LEFT_OUT
from workshop.checks.stacks import read_whole
from workshop.sandbox.faults.modes import CLOUDWATCH, HONEYCOMB, ROLLBAR, VENDORS, XRAY

PROBE = Path(__file__).parent / "probe"
VARIABLE = "WORKSHOP_STACKS"
ASK = signal.SIGVTALRM
ANSWER_DEADLINE = 2.0
FRAME = re.compile(r'^  File "(?P<file>[^"]+)", line (?P<line>\d+) in (?P<name>.*)$', re.MULTILINE)
# Where a stack is that waits for the network, or for a moment to try again.
WAITING = ("/socket.py", "/ssl.py", "/urllib3/util/connection.py", "/urllib3/util/retry.py")
# What an SDK is asked for at the end.
LAST_CALL = re.compile(r" in (shutdown|close|flush|force_flush)$", re.MULTILINE)
# The package that a stack passes through when a vendor keeps it waiting, the surest first. What
# only watches calls, as OpenTelemetry's instrumentation and X-Ray's patches do, is in every stack.
PACKAGES = {
    "/rollbar/": ROLLBAR,
    "/watchtower/": CLOUDWATCH,
    "/opentelemetry/exporter/": HONEYCOMB,
    "/opentelemetry/sdk/": HONEYCOMB,
    "/aws_xray_sdk/core/sampling/": XRAY,
    "/aws_xray_sdk/core/emitters/": XRAY,
    "/botocore/": CLOUDWATCH,
}


@dataclass(frozen=True)
class Place:
    """Where an app waits.

    Args:
        vendor: whose package it is in; empty where that cannot be told.
        where: the innermost line of the learner's own, as `file:line`, or nothing.
    """

    vendor: str = ""
    where: str = ""


def variables(folder: Path) -> dict[str, str]:
    """Return the variables with which an app can be asked.

    Args:
        folder: for the stacks.
    """
    own = os.environ.get("PYTHONPATH", "")
    return {
        VARIABLE: str(folder),
        "PYTHONPATH": os.pathsep.join([str(PROBE), *([own] if own else [])]),
    }


def find_starting(mark: str, folder: Path, app: Path) -> Place:
    """Return where an app's main threads wait for an answer from a vendor, if they do.

    Args:
        mark: the value of `process_tree.MARK` in its environment.
        folder: for the stacks.
        app: the folder of its files.
    """
    mains = [of_one[-1] for of_one in _ask(mark, folder) if of_one]
    return _choose([one for one in mains if _is_waiting(one)], app)


def find_main(mark: str, folder: Path, app: Path) -> Place:
    """Return where the main threads of an app's processes are, or those that they wait for.

    Args:
        mark: the value of `process_tree.MARK` in its environment.
        folder: for the stacks.
        app: the folder of its files.
    """
    threads = _ask(mark, folder)
    mains = [of_one[-1] for of_one in threads if of_one]
    # A main thread that is done waits for others: for Rollbar's, or for those that send the rest.
    others = [one for of_one in threads for one in of_one[:-1]]
    sending = [one for one in others if "/rollbar/" in one or LAST_CALL.search(one)]
    found = _choose(mains, app)
    return found if found.vendor else _choose([*mains, *sending], app)


def find_answering(mark: str, folder: Path, app: Path) -> Place:
    """Return where an app's threads wait that answer requests.

    One that is at work there waits for nobody, however long that takes on a busy machine.

    Args:
        mark: the value of `process_tree.MARK` in its environment.
        folder: for the stacks.
        app: the folder of its files.
    """
    threads = [one for of_one in _ask(mark, folder) for one in of_one]
    answering = [one for one in threads if "/flask/app.py" in one]
    return _choose([one for one in answering if _name_vendor(one) or _is_waiting(one)], app)


def _is_waiting(stack: str) -> bool:
    """Tell whether a stack is one that waits for the network."""
    return any(part in stack for part in WAITING)


def _choose(stacks: list[str], app: Path) -> Place:
    """Return the place of a stack that passes through a vendor's package.

    Of several vendors it is the first of the four, so that the answer is the same each time.
    """
    places = [Place(_name_vendor(stack), _find_own_line(stack, app)) for stack in stacks]
    known = sorted(
        (place for place in places if place.vendor), key=lambda each: VENDORS.index(each.vendor)
    )
    own = [place for place in places if place.where]
    return next(iter([*known, *own]), Place())


def _name_vendor(stack: str) -> str:
    return next((vendor for part, vendor in PACKAGES.items() if part in stack), "")


def _find_own_line(stack: str, app: Path) -> str:
    for frame in FRAME.finditer(stack):
        path = app / frame["file"]
        if (
            path.is_file()
            and path.is_relative_to(app)
            and not LEFT_OUT & set(path.relative_to(app).parts)
        ):
            return f"{path.relative_to(app)}:{frame['line']}"
    return ""


def _ask(mark: str, folder: Path) -> list[list[str]]:
    """Return the stack of each thread of each process, the main thread's last."""
    files = []
    for process in process_tree.marked(mark):
        file = folder / f"{process.pid}.stacks"
        if file.is_file():
            file.write_bytes(b"")
            with contextlib.suppress(OSError):
                os.kill(process.pid, ASK)
                files.append(file)
    texts = read_whole(files, ANSWER_DEADLINE)
    return [[part for part in text.split("\n\n") if part.strip()] for text in texts]
