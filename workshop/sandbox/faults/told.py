"""What the sandbox's own pages say of what is broken, so that nobody hunts a ghost."""

from collections.abc import Callable

from flask import Flask, current_app

from workshop.sandbox.faults.modes import Fault

_KEY = "WORKSHOP_FAULTS"


def let_know(app: Flask, read: Callable[[], list[Fault]]) -> None:
    """Let an app's pages ask what is broken.

    Args:
        app: the sandbox's web app.
        read: returns what is broken now.
    """
    app.config[_KEY] = read


def current_faults() -> list[Fault]:
    """Return what is broken now, within a request; nothing where nothing can be broken."""
    read = current_app.config.get(_KEY)
    return read() if read else []
