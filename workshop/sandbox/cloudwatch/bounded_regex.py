"""Regular expressions of filter patterns and queries, which end in time whatever they are.

Some take twice as long with each further character of a line, such as `(a|aa)+$`. Python's own
module cannot be stopped, and no other thread runs meanwhile: one such query would silence the whole
sandbox.
"""

import re
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

import regex

from workshop.sandbox.aws.errors import ApiError

LINE_SECONDS = 0.2
"""What one search in one line may take, of the processor's time."""
REQUEST_SECONDS = 10.0
"""What all searches of one request may take together, of their thread's time."""
LARGEST = 20_000
"""The most signs of an expression, once each `{n}` is written out: they take memory."""

_COUNT = re.compile(r"\{\s*(\d*)")


class RegexError(Exception):
    """A text is no regular expression."""


class TooSlowError(Exception):
    """A search has taken all of its time."""


class Size:
    """Counts the signs of an expression while it is read, each `{n}` written out."""

    def __init__(self) -> None:
        self._open = [0]
        self._last = 0

    def add(self) -> None:
        """Take note of one sign, or of what stands for one."""
        self._grow(1)

    def open(self) -> None:
        """Take note of the start of a group."""
        self._open.append(0)

    def close(self) -> None:
        """Take note of a group's end."""
        self._grow(self._open.pop())

    def repeat(self, text: str) -> None:
        """Take note that what came last is repeated.

        Args:
            text: `*`, `+`, `?`, or numbers in braces.

        Raises:
            RegexError: it is too large by now.
        """
        found = _COUNT.match(text)
        times = max(1, int(found[1][: len(str(LARGEST)) + 1] or 1)) if found else 1
        size = self._last
        self._open[-1] -= size
        self._grow(size * times)

    def _grow(self, size: int) -> None:
        self._last = size
        self._open[-1] += size
        if size > LARGEST:
            raise RegexError(f"it has more than {LARGEST:,} signs once it is written out")


@dataclass
class _Request:
    """What the searches of one request may still take.

    Args:
        until: the thread's time at which it ends, in seconds.
        slow: the expression that has taken too long; empty while none has.
    """

    until: float
    slow: str = ""


_request: ContextVar[_Request | None] = ContextVar("request", default=None)


class Regex:
    """A compiled regular expression whose searches end in time.

    Args:
        source: in Python's syntax; classes such as `[[:alpha:]]` are ASCII's.
        shown: what a learner has written.
        all_signs: whether `.` also stands for the end of a line.

    Raises:
        RegexError: it is no regular expression.
    """

    def __init__(self, source: str, shown: str, all_signs: bool = False) -> None:
        flags = regex.ASCII | (regex.DOTALL if all_signs else 0)
        try:
            self._compiled = regex.compile(source, flags)
        except regex.error as error:
            raise RegexError(str(error)) from None
        except RecursionError:
            raise RegexError("too many groups are inside each other") from None
        self._shown = shown

    @property
    def names(self) -> dict[str, int]:
        """The numbers of its named groups."""
        return dict(self._compiled.groupindex)

    def search(self, text: str) -> re.Match[str] | None:
        """Return the first match in a text, or None.

        Raises:
            TooSlowError: it takes too long.
        """
        request = _request.get()
        try:
            if request and time.thread_time() > request.until:
                raise TimeoutError
            found: re.Match[str] | None = self._compiled.search(text, timeout=LINE_SECONDS)
        except TimeoutError:
            if request:
                request.slow = self._shown
            raise TooSlowError(self._shown) from None
        return found


@contextmanager
def within_time(refuse: Callable[[str], ApiError]) -> Iterator[None]:
    """Bound what all searches of a request take together; SQLite may be what calls them.

    Args:
        refuse: returns the refusal of the request, from a sentence.

    Raises:
        ApiError: an expression took too long.
    """
    request = _Request(time.thread_time() + REQUEST_SECONDS)
    token = _request.set(request)
    try:
        yield
    except (TooSlowError, sqlite3.OperationalError):
        # SQLite says only that some function of ours has failed.
        if not request.slow:
            raise
        raise refuse(
            f"The regular expression '{request.slow}' takes too long, and the workshop's sandbox"
            " has stopped it. Repetitions that can share the same characters do that, such as"
            " (a|aa)+ or a*a*a*: leave one, or say what stands between them."
        ) from None
    finally:
        _request.reset(token)
