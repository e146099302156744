"""What came of one cell of the matrix, or of the same cell several times."""

import random
from dataclasses import dataclass, field

from workshop.failure import load
from workshop.sandbox.faults.modes import TITLES, VENDORS

# Neighbours that stay together, and how often is drawn.
BLOCK = 25
DRAWS = 100


@dataclass
class Outcome:
    """What the app did while back ends were ill.

    Args:
        vendors: which were ill; none where all were well.
        mode: how.
        started: after how many seconds it answered; None for never.
        waited_for: the vendor that it was seen waiting for until then; empty for none.
        requests: how many it was sent under load.
        failed: those that were not answered as a well app does, each with what came instead.
        times: how long the answers under load took, in seconds.
        twin_times: the same of a copy that was well.
        memory: by how many bytes its memory grew under load, beyond that of the copy.
        threads: by how many threads it grew under load.
        sent: of each vendor, how many records should have come of all that it answered.
        arrived: how many of these arrived, by vendor.
        back: whether what was sent after the outage arrived; None where that was not tried.
        stopped: after how many seconds it had ended by itself; None for not in time.
        times_run: how often it was run.
    """

    vendors: tuple[str, ...]
    mode: str
    started: float | None = None
    waited_for: str = ""
    requests: int = 0
    failed: list[str] = field(default_factory=list)
    times: list[float] = field(default_factory=list)
    twin_times: list[float] = field(default_factory=list)
    memory: int = 0
    threads: int = 0
    sent: dict[str, int] = field(default_factory=dict)
    arrived: dict[str, int] = field(default_factory=dict)
    back: bool | None = None
    stopped: float | None = None
    times_run: int = 1

    @property
    def name(self) -> str:
        """As a table has it: `Honeycomb silent`."""
        if not self.vendors:
            return "all well"
        who = "all four" if len(self.vendors) == len(VENDORS) else TITLES[self.vendors[0]]
        return f"{who} {self.mode}"

    def ratio(self, share: float) -> float:
        """Return how much longer its answers took than those of the copy that was well.

        Args:
            share: which percentile is compared, such as 0.99; 0.5 is the median.
        """
        if not self.times or not self.twin_times:
            return 1.0
        return load.percentile(self.times, share) / load.percentile(self.twin_times, share)

    def ratio_at_least(self, share: float) -> float:
        """Return a ratio which the true one is below in one case of twenty, as far as chance goes.

        A few slow answers decide the 99th percentile, and come in bursts when the machine has other
        things to do. So blocks of neighbours are drawn again and again, and the ratio is taken of
        each draw: https://en.wikipedia.org/wiki/Bootstrapping_(statistics)#Block_bootstrap

        Args:
            share: which percentile is compared.
        """
        places = range(0, min(len(self.times), len(self.twin_times)), BLOCK)
        if not places:
            return 1.0
        chance = random.Random(0)  # noqa: S311 - nothing secret, and the same each time
        ratios = []
        for _ in range(DRAWS):
            drawn = chance.choices(places, k=len(places))
            own = [each for place in drawn for each in self.times[place : place + BLOCK]]
            twin = [each for place in drawn for each in self.twin_times[place : place + BLOCK]]
            ratios.append(load.percentile(own, share) / load.percentile(twin, share))
        return load.percentile(ratios, 0.05)

    def lost(self, vendor: str) -> float:
        """Return which share of a vendor's records never arrived, from 0 to 1."""
        sent = self.sent.get(vendor, 0)
        return max(0.0, 1 - self.arrived.get(vendor, 0) / sent) if sent else 0.0


def join(first: Outcome, second: Outcome) -> Outcome:
    """Return what two runs of the same cell have come to: of each thing the worse, or the sum.

    Args:
        first: one.
        second: the other.
    """
    backs = [each for each in (first.back, second.back) if each is not None]
    return Outcome(
        vendors=first.vendors,
        mode=first.mode,
        started=_worse(first.started, second.started),
        waited_for=first.waited_for or second.waited_for,
        requests=first.requests + second.requests,
        failed=first.failed + second.failed,
        times=first.times + second.times,
        twin_times=first.twin_times + second.twin_times,
        memory=max(first.memory, second.memory),
        threads=max(first.threads, second.threads),
        sent=_add(first.sent, second.sent),
        arrived=_add(first.arrived, second.arrived),
        back=all(backs) if backs else None,
        stopped=_worse(first.stopped, second.stopped),
        times_run=first.times_run + second.times_run,
    )


def _worse(first: float | None, second: float | None) -> float | None:
    return None if first is None or second is None else max(first, second)


def _add(first: dict[str, int], second: dict[str, int]) -> dict[str, int]:
    names = first | second
    return {name: first.get(name, 0) + second.get(name, 0) for name in names}
