"""Keeps to ourselves which signals a shell has asked to ignore."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

# What ends a program that a person or a terminal no longer wants.
ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@contextmanager
def ignored_here_alone() -> Iterator[list[signal.Signals]]:
    """Ignore by a handler what `nohup` and `&` have us ignore; yield which signals these are.

    Whatever is started inherits that a signal is ignored, and could not be ended by it; it does not
    inherit a handler. In a thread other than the main one no signal can be set: all stays as it is.
    """
    if threading.current_thread() is not threading.main_thread():
        yield []
        return
    ignored = [each for each in ENDING if signal.getsignal(each) is signal.SIG_IGN]
    for each in ignored:
        signal.signal(each, _ignore)
    try:
        yield ignored
    finally:
        for each in ignored:
            signal.signal(each, signal.SIG_IGN)


def _ignore(_number: int, _frame: FrameType | None) -> None:
    pass
