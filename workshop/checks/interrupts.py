"""Turns Ctrl-C and its like into a wish to stop, so that a check can clean up in peace."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@contextmanager
def wish_to_stop() -> Iterator[threading.Event]:
    """Lend an event that is set by Ctrl-C, by SIGTERM, or when the terminal closes.

    An exception in the middle of a clean-up would leave processes behind; an event is looked at
    where it suits. In a thread other than the main one no signal can be taken: the event stays as
    it is.
    """
    event = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield event
        return

    def stop(_number: int, _frame: FrameType | None) -> None:
        event.set()

    # What the shell has asked to ignore, as `nohup` does, stays ignored.
    taken = [each for each in SIGNALS if signal.getsignal(each) is not signal.SIG_IGN]
    before = {each: signal.signal(each, stop) for each in taken}
    try:
        yield event
    finally:
        for each, handler in before.items():
            signal.signal(each, handler or signal.SIG_DFL)
