"""A token's calls are counted by the minute."""

import pytest

from workshop.sandbox.rollbar.errors import RollbarError
from workshop.sandbox.rollbar.rate_limit import RateLimit


class Clock:
    now = 100.0

    def __call__(self):
        return self.now


def told(headers):
    names = ("Limit", "Remaining", "Remaining-Seconds")
    return tuple(int(headers[f"X-Rate-Limit-{name}"]) for name in names)


def test_a_call_too_many_is_refused_until_the_minute_is_over():
    clock = Clock()
    limit = RateLimit(2, clock)
    assert told(limit.take("a")) == (2, 1, 60)
    clock.now += 20
    assert told(limit.take("a")) == (2, 0, 40)
    clock.now += 39
    for _ in range(2):
        with pytest.raises(RollbarError) as caught:
            limit.take("a")
        assert caught.value.status == 429
        assert told(caught.value.headers) == (2, 0, 1)
    clock.now += 1
    assert told(limit.take("a")) == (2, 1, 60)


def test_tokens_are_counted_apart():
    limit = RateLimit(1, Clock())
    limit.take("a")
    limit.take("b")
    with pytest.raises(RollbarError):
        limit.take("a")
