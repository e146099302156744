"""Looks at this machine's own network: ports that others hold, and proxies in the way."""

import re
import urllib.request
from pathlib import Path

from requests.utils import should_bypass_proxies

from workshop.doctor.remarks import FINE, NOTE, PROBLEM, Remark
from workshop.errors import WorkshopError, command
from workshop.sandbox import LOOPBACK, running
from workshop.sandbox.faults import client
from workshop.sandbox.ports import bind_daemon, bind_http

GROUP = "This machine"
SANDBOX_PORT = 4318
DAEMON_PORT = 2000
LAB_PORT = 8888
COMPOSE_PORTS = (4567, 4568)


def examine(root: Path) -> list[Remark]:
    """Return what there is to say of ports and proxies.

    Args:
        root: the checkout.
    """
    return [*tell_ports(root), tell_proxy()]


def tell_ports(root: Path) -> list[Remark]:
    """Tell which of the course's usual ports another process holds.

    Args:
        root: the checkout.
    """
    found = running.find(root / ".workshop" / "sandbox")
    own = {found.port, found.daemon_port} if found else set()
    remarks = []
    if found:
        what = f"runs at {found.url}, its daemon at port {found.daemon_port}"
        remarks.append(Remark(GROUP, "sandbox", FINE, what))
        remarks += tell_faults(found)
    taken = []
    for port in (SANDBOX_PORT, DAEMON_PORT, LAB_PORT, *COMPOSE_PORTS):
        holder = "" if port in own else _tell_holder(port)
        if holder:
            taken.append(Remark(GROUP, f"port {port}", NOTE, holder, _free(port, holder)))
    return [*remarks, *(taken or [Remark(GROUP, "ports", FINE, "are free, or the sandbox's")])]


def tell_faults(sandbox: running.Running) -> list[Remark]:
    """Tell which back ends are broken on purpose.

    Args:
        sandbox: the one that runs.
    """
    faults = client.read_faults(sandbox) if sandbox.doors else []
    if not faults:
        return []
    what = f"is broken on purpose: {', '.join(map(str, faults))}"
    return [Remark(GROUP, "sandbox", NOTE, what, f"Undo it: {command('mend')}")]


def tell_proxy() -> Remark:
    """Tell whether requests to this machine would be sent to a proxy."""
    proxies = {
        name: address
        for name, address in urllib.request.getproxies().items()
        if name in ("http", "https", "all")
    }
    if not proxies:
        return Remark(GROUP, "proxy", FINE, "none is set")
    if should_bypass_proxies(f"http://{LOOPBACK}:{SANDBOX_PORT}", no_proxy=None):
        return Remark(GROUP, "proxy", FINE, "is set, and not asked for this machine")
    return Remark(
        GROUP,
        "proxy",
        PROBLEM,
        "is set, and would be asked for this machine, too",
        f"export NO_PROXY={LOOPBACK},localhost no_proxy={LOOPBACK},localhost",
    )


def _tell_holder(port: int) -> str:
    """Return who holds a port, or nothing where it is free."""
    try:
        opened = bind_daemon(port) if port == DAEMON_PORT else (bind_http(port),)
    except WorkshopError as error:
        return error.what
    for each in opened:
        each.close()
    return ""


def _free(port: int, holder: str) -> str:
    process = re.search(r"process (\d+)", holder)
    end = f"to free it: kill {process.group(1)}" if process else "to free it, end what holds it"
    if port in COMPOSE_PORTS:
        return f"Only docker compose needs it; {end}"
    return f"`make lab` takes another by itself; {end}"
