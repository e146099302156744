"""Counts calls by token and minute, and refuses those above Rollbar's limit."""

import threading
import time
from collections.abc import Callable

from workshop.sandbox.rollbar import errors

DEFAULT = 5_000
"""Calls a minute and token: https://docs.rollbar.com/docs/rate-limits."""
WINDOW = 60.0


class RateLimit:
    """The calls of the present minute, of each token; a minute starts with its first call.

    Args:
        limit: calls a minute and token.
        clock: seconds of any clock that only goes forward.
    """

    def __init__(self, limit: int = DEFAULT, clock: Callable[[], float] = time.monotonic) -> None:
        self._limit = limit
        self._clock = clock
        self._lock = threading.Lock()
        self._windows: dict[str, tuple[float, int]] = {}

    def take(self, token: str) -> dict[str, str]:
        """Count a call, and return what Rollbar tells of the limit with its answer.

        Raises:
            RollbarError: it is one too many.
        """
        with self._lock:
            now = self._clock()
            start, used = self._windows.get(token, (now, 0))
            if now >= start + WINDOW:
                start, used = now, 0
            taken = used < self._limit
            self._windows[token] = start, used + taken
        headers = {
            "X-Rate-Limit-Limit": str(self._limit),
            "X-Rate-Limit-Remaining": str(self._limit - used - taken),
            "X-Rate-Limit-Remaining-Seconds": str(round(start + WINDOW - now)),
        }
        if not taken:
            raise errors.over_rate_limit(headers)
        return headers
