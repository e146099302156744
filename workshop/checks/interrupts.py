"""Turns Ctrl-C and its like into a wish to stop, so that a check can clean up in peace."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from workshop.hurry import Hurry
from workshop.ignored import ENDING, ignored_here_alone


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

    # What the shell has asked to ignore stays ignored.
    with ignored_here_alone() as ignored:
        before = {each: signal.signal(each, stop) for each in ENDING if each not in ignored}
        try:
            yield hurry
        finally:
            for each, handler in before.items():
                signal.signal(each, handler or signal.SIG_DFL)
