"""Breaks and mends the back ends of the sandbox that runs, and says what is broken."""

from collections.abc import Iterable

from workshop import place, real
from workshop.errors import WorkshopError, command
from workshop.sandbox import running
from workshop.sandbox.faults import client
from workshop.sandbox.faults.modes import (
    KILLED,
    MEANINGS,
    MODES,
    TITLES,
    VENDORS,
    Fault,
)
from workshop.sandbox.running import Running

ALL = "all"


def break_vendor(vendor: str, mode: str) -> str:
    """Make a vendor's back end ill, and say what that means and how it is undone.

    Args:
        vendor: one of `modes.VENDORS`, or `all`.
        mode: one of `modes.MODES`.

    Raises:
        WorkshopError: the sandbox does not run, or there is no such vendor or mode.
    """
    if mode not in MODES:
        raise WorkshopError(f"There is no mode {mode!r}.", f"There are: {', '.join(MODES)}")
    sandbox = find_sandbox()
    for each in choose(vendor):
        client.break_vendor(sandbox, each, mode)
    names = ", ".join(TITLES[each] for each in choose(vendor))
    undo = (
        f"It comes back by itself; `{command('mend')}` brings it back now."
        if mode == KILLED
        else f"Undo it: `{command('mend' if vendor == ALL else f'mend {vendor}')}`"
    )
    lines = [f"{names}: {MEANINGS[mode]}.", *_tell_real(choose(vendor)), undo]
    return "\n".join(lines)


def mend(vendor: str = ALL) -> str:
    """Make back ends well again, and say so.

    Args:
        vendor: one of `modes.VENDORS`, or `all`.

    Raises:
        WorkshopError: the sandbox does not run, or there is no such vendor.
    """
    sandbox = find_sandbox()
    wanted = choose(vendor)
    before = [fault for fault in client.read_faults(sandbox) if fault.vendor in wanted]
    left = client.mend(sandbox, wanted)
    lines = [f"Mended: {_join(before)}." if before else "Nothing was broken there."]
    if left:
        lines.append(f"Still broken: {_join(left)}.")
    return "\n".join(lines)


def tell() -> str:
    """Say what is broken now.

    Raises:
        WorkshopError: the sandbox does not run.
    """
    return (
        remind(client.read_faults(find_sandbox()))
        or "Nothing is broken: all four back ends answer."
    )


def remind(faults: Iterable[Fault]) -> str:
    """Return the one line that keeps anybody from hunting a ghost; empty where all is well.

    Args:
        faults: what is broken now.
    """
    broken = list(faults)
    if not broken:
        return ""
    return f"Broken on purpose: {_join(broken)}. `{command('mend')}` undoes it."


def read_faults() -> list[Fault]:
    """Return what is broken now; nothing where no sandbox runs."""
    sandbox = running.find(place.state() / "sandbox")
    return client.read_faults(sandbox) if sandbox and sandbox.doors else []


def find_sandbox() -> Running:
    """Return the sandbox that runs.

    Raises:
        WorkshopError: none does, or it cannot be broken.
    """
    sandbox = running.find(place.state() / "sandbox")
    if sandbox is None:
        raise WorkshopError(
            "The sandbox is not running, so there is nothing to break or to mend.",
            f"Start it: `{command('sandbox')}`",
        )
    if not sandbox.doors:
        raise WorkshopError(
            "The sandbox that runs is of an older version, which cannot be broken.",
            f"End it (kill {sandbox.pid}), then start it: `{command('sandbox')}`",
        )
    return sandbox


def choose(vendor: str) -> list[str]:
    """Return the vendors that a word means.

    Args:
        vendor: one of `modes.VENDORS`, or `all`.

    Raises:
        WorkshopError: there is no such vendor.
    """
    if vendor == ALL:
        return list(VENDORS)
    if vendor not in VENDORS:
        raise WorkshopError(
            f"There is no vendor {vendor!r}.", f"There are: {', '.join(VENDORS)}, or all."
        )
    return [vendor]


def _tell_real(vendors: Iterable[str]) -> list[str]:
    """Return a line on those of them that are the real service here: nobody can break that."""
    variables = real.read_variables()
    is_real = {
        "honeycomb": real.honeycomb_is_real(variables),
        "xray": real.aws_is_real(variables),
        "cloudwatch": real.aws_is_real(variables),
        "rollbar": real.rollbar_is_real(variables),
    }
    names = [TITLES[each] for each in vendors if is_real[each]]
    if not names:
        return []
    return [f"Your app sends to the real {', '.join(names)}, which this does not touch."]


def _join(faults: Iterable[Fault]) -> str:
    return ", ".join(map(str, faults))
