import pytest
from service_graphs import stats

from workshop.views.outcomes import Outcomes, read_outcomes


def test_throttled_requests_are_not_counted_as_errors_again():
    outcomes = read_outcomes(stats(10, error=3, throttle=2, fault=1, ms=50))
    assert outcomes == Outcomes(10, 3, 2, 1, pytest.approx(0.8))
    assert outcomes.total == 16
    assert outcomes.latency == "50 ms"
    assert outcomes.failures == ["3 errors", "2 throttles", "1 fault"]


@pytest.mark.parametrize("nothing", [None, {}])
def test_what_says_nothing_is_nothing(nothing):
    assert read_outcomes(nothing) is None


def test_what_is_not_said_is_none():
    assert read_outcomes({"OkCount": 2}) == Outcomes(ok=2)


@pytest.mark.parametrize(
    ("outcomes", "shares"),
    [
        (Outcomes(ok=5), ["100 % ok"]),
        (Outcomes(ok=5, fault=1), ["83 % ok", "✗ 17 % faults"]),
        (Outcomes(ok=999, fault=1), [">99 % ok", "✗ <1 % faults"]),
        (Outcomes(error=1, throttle=1), ["50 % errors", "50 % throttles"]),
        (Outcomes(), []),
    ],
)
def test_a_share_is_never_rounded_to_none_or_all(outcomes, shares):
    assert outcomes.shares == shares


def test_no_requests_took_no_time():
    assert Outcomes().latency == "0 ms"
    assert Outcomes().size == "0 requests"
