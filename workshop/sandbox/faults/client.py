"""What a terminal and a notebook call to break a back end of the sandbox, and to mend it."""

import http.client
import json
from collections.abc import Iterable
from typing import Any

from workshop.errors import WorkshopError
from workshop.sandbox import LOOPBACK
from workshop.sandbox.faults.control import PATH
from workshop.sandbox.faults.modes import VENDORS, Fault
from workshop.sandbox.running import Running

# Cutting connections and starting anew takes a moment.
DEADLINE = 15.0


def break_vendor(sandbox: Running, vendor: str, mode: str) -> list[Fault]:
    """Make a vendor's back end ill, and return all that is broken then.

    Args:
        sandbox: the one that runs.
        vendor: one of `modes.VENDORS`.
        mode: one of `modes.MODES`.

    Raises:
        WorkshopError: the sandbox does not answer, or cannot do it.
    """
    return _ask(sandbox, "PUT", f"{PATH}/{vendor}", {"mode": mode})


def mend(sandbox: Running, vendors: Iterable[str] = VENDORS) -> list[Fault]:
    """Make back ends well, and return what is broken then.

    Args:
        sandbox: the one that runs.
        vendors: which.

    Raises:
        WorkshopError: the sandbox does not answer, or cannot do it.
    """
    for vendor in vendors:
        _ask(sandbox, "DELETE", f"{PATH}/{vendor}")
    return read_faults(sandbox)


def read_faults(sandbox: Running) -> list[Fault]:
    """Return what is broken now.

    Raises:
        WorkshopError: the sandbox does not answer.
    """
    return _ask(sandbox, "GET", PATH)


def _ask(
    sandbox: Running, method: str, path: str, body: dict[str, str] | None = None
) -> list[Fault]:
    # Not `requests`: a proxy in the environment must not be asked for this machine.
    connection = http.client.HTTPConnection(LOOPBACK, sandbox.port, timeout=DEADLINE)
    headers = {"Content-Type": "application/json", "Origin": sandbox.url}
    try:
        connection.request(method, path, json.dumps(body) if body else None, headers)
        answer = connection.getresponse()
        said: Any = json.loads(answer.read())
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise WorkshopError(
            f"The sandbox at {sandbox.url} does not answer: {error}.",
            f"Its log: {sandbox.data_dir / 'sandbox.log'}",
        ) from None
    finally:
        connection.close()
    if answer.status != 200:
        raise WorkshopError(said["what"], said["next_step"])
    return [Fault(vendor, said[vendor]) for vendor in VENDORS if vendor in said]
