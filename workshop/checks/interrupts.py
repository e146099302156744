"""Turns Ctrl-C and its like into a wish to stop, so that a check can clean up in peace."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from workshop.hurry import Hurry

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@contextmanager
def wish_to_stop() -> Iterator[Hurry]:
    """Lend a flag that is set by Ctrl-C, by SIGTERM, or when the terminal closes.

    An exception in the middle of a clean-up would leave processes behind; a flag is looked at
    where it suits. In a thread other than the main one no signal can be taken: the flag stays as
    it is.
    """
    hurry = Hurry()
    if threading.current_thread() is not threading.main_thread():
        yield hurry
        return

    def stop(_number: int, _frame: FrameType | None) -> None:
        hurry.set()

    def ignore(_number: int, _frame: FrameType | None) -> None:
        pass

    # What the shell has asked to ignore, as `nohup` and `&` do, stays ignored; but here alone: what
    # is started would inherit it, and could not be ended by Ctrl-C.
    ignored = [each for each in SIGNALS if signal.getsignal(each) is signal.SIG_IGN]
    before = {each: signal.signal(each, ignore if each in ignored else stop) for each in SIGNALS}
    try:
        yield hurry
    finally:
        for each, handler in before.items():
            signal.signal(each, handler or signal.SIG_DFL)
