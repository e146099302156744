"""Works out what a month of requests would send, and what the vendors would ask for it."""

from dataclasses import dataclass

from workshop.cost.prices import Price, read_prices
from workshop.cost.volumes import Measured

# As Honeycomb counts a month: https://docs.honeycomb.io/manage-data-volume/usage-center/
SECONDS = 30.4 * 24 * 60 * 60
# X-Ray's built-in rule: so many requests a second, and this share of the others.
# Source: https://docs.aws.amazon.com/xray/latest/devguide/xray-console-sampling.html
RESERVOIR = 1
FIXED_RATE = 0.05


@dataclass(frozen=True)
class Line:
    """One vendor's part of a month.

    Args:
        price: what the vendor asks.
        units: how many it would count.
    """

    price: Price
    units: float

    @property
    def dollars(self) -> float | None:
        """What that costs; None where a plan has to be bought, or nobody has found it out."""
        return self.price.cost(self.units)


def work_out(measured: Measured, requests: int, failing: float) -> list[Line]:
    """Return what each vendor would count in a month, and ask for it.

    The requests are those of the run, as often as it takes; only how many of them fail is said, as
    a run fails more often than an app should. They come evenly over the month, and X-Ray records
    them by its built-in rule; of spans it takes all that the app sends.

    Args:
        measured: what a run has sent.
        requests: how many requests there are in the month.
        failing: the share of them that fails, from 0 to 1.
    """
    prices = read_prices()
    logs = f"cloudwatch-{measured.log_class.lower().replace('_', '-')}"
    if measured.as_spans:
        xray = Line(prices["xray-spans"], _scale(measured, "segment_bytes", requests, failing))
    else:
        traces = count_recorded(requests) if measured.total.traces else 0.0
        xray = Line(prices["xray"], traces)
    return [
        Line(prices["honeycomb"], _scale(measured, "events", requests, failing)),
        xray,
        Line(prices[logs], _scale(measured, "log_bytes", requests, failing)),
        Line(prices["rollbar"], _scale(measured, "occurrences", requests, failing)),
    ]


def count_recorded(requests: int) -> float:
    """Return how many requests of a month X-Ray's built-in rule records, if they come evenly.

    Args:
        requests: how many there are.
    """
    reserved = min(float(requests), RESERVOIR * SECONDS)
    return reserved + FIXED_RATE * (requests - reserved)


def _scale(measured: Measured, unit: str, requests: int, failing: float) -> float:
    """Return how many units a month has, of what requests send and of what is sent beside."""
    good, bad = (measured.per_request(unit, fails) for fails in (False, True))
    beside: int = getattr(measured.beside, unit)
    each = (1 - failing) * good + failing * bad + beside / max(1, measured.count())
    return requests * each
