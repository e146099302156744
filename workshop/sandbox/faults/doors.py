"""All doors of a sandbox: a port a vendor, each of which can be broken and mended by itself.

The sandbox's own port stays well whatever is broken, so that one can look at what has arrived.
"""

import logging
import threading
from collections.abc import Callable, Iterable

from workshop.errors import WorkshopError
from workshop.sandbox import LOOPBACK
from workshop.sandbox.faults.daemon_door import DaemonDoor
from workshop.sandbox.faults.door import Door
from workshop.sandbox.faults.modes import (
    DOWN_SECONDS,
    KILLED,
    MODES,
    REFUSED,
    TITLES,
    VENDORS,
    XRAY,
    Fault,
)

_log = logging.getLogger(__name__)


class Doors:
    """The doors of all vendors.

    Args:
        doors: those that answer over TCP; X-Ray has two, its own and its daemon's.
        daemon: the UDP side of X-Ray's daemon.
        down_seconds: how long one that was killed is gone.
    """

    def __init__(
        self, doors: Iterable[Door], daemon: DaemonDoor, down_seconds: float = DOWN_SECONDS
    ) -> None:
        self.doors = list(doors)
        self.daemon = daemon
        self._down_seconds = down_seconds
        self._modes: dict[str, str] = {}
        self._timers: dict[str, threading.Timer] = {}
        self._lock = threading.Lock()
        self._is_ended = False
        self.on_change: Callable[[list[Fault]], None] = lambda _: None
        """Called with all that is broken, whenever that has changed."""

    def start(self) -> None:
        """Open all of them."""
        for door in self.doors:
            door.start()
        self.daemon.start()

    @property
    def urls(self) -> dict[str, str]:
        """Where each vendor's own interface is spoken to over HTTP, without a slash at the end."""
        return {
            door.vendor: f"http://{LOOPBACK}:{door.port}"
            for door in self.doors
            if door.port != self.daemon.port
        }

    @property
    def faults(self) -> list[Fault]:
        """What is broken now, in the order of the vendors."""
        with self._lock:
            return self._list_faults()

    def break_vendor(self, vendor: str, mode: str) -> None:
        """Make a vendor's back end ill; one that is ill already changes its illness.

        Args:
            vendor: one of `modes.VENDORS`.
            mode: one of `modes.MODES`; one that is killed comes back by itself.

        Raises:
            WorkshopError: there is no such vendor or mode, or its port is lost to another program.
        """
        _check(vendor, mode)
        with self._lock:
            self._change(vendor, mode)
            if mode == KILLED and not self._is_ended:
                timer = threading.Timer(self._down_seconds, self._come_back, [vendor])
                timer.daemon = True
                self._timers[vendor] = timer
                timer.start()

    def mend(self, vendor: str) -> None:
        """Make a vendor's back end well; one that is well stays so.

        Args:
            vendor: one of `modes.VENDORS`.

        Raises:
            WorkshopError: there is no such vendor, or its port is lost to another program.
        """
        _check(vendor, REFUSED)
        with self._lock:
            self._change(vendor, "")

    def stop(self) -> None:
        """Close all of them."""
        with self._lock:
            self._is_ended = True
            for timer in self._timers.values():
                timer.cancel()
            for door in self.doors:
                door.stop()
            self.daemon.stop()

    def _come_back(self, vendor: str) -> None:
        with self._lock:
            if self._is_ended or self._timers.get(vendor) is not threading.current_thread():
                return
            try:
                self._change(vendor, "")
            except WorkshopError as error:
                _log.error("%s stays gone: %s", TITLES[vendor], error.what)

    def _change(self, vendor: str, mode: str) -> None:
        """Bring a vendor's doors to a mode; the lock is held."""
        if self._is_ended:
            return
        before = self._list_faults()
        timer = self._timers.pop(vendor, None)
        if timer is not None:
            timer.cancel()
        for door in self.doors:
            if door.vendor == vendor:
                door.change(mode)
        if vendor == XRAY:
            self.daemon.change(mode)
        if mode:
            self._modes[vendor] = mode
        else:
            self._modes.pop(vendor, None)
        if self._list_faults() != before:
            self.on_change(self._list_faults())

    def _list_faults(self) -> list[Fault]:
        return [Fault(each, self._modes[each]) for each in VENDORS if each in self._modes]


def _check(vendor: str, mode: str) -> None:
    if vendor not in VENDORS:
        raise WorkshopError(f"There is no vendor {vendor!r}.", f"There are: {', '.join(VENDORS)}")
    if mode not in MODES:
        raise WorkshopError(f"There is no mode {mode!r}.", f"There are: {', '.join(MODES)}")
