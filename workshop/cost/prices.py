"""Reads the prices: what each vendor gives free, what it asks beyond, and who says so."""

import datetime
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FILE = Path(__file__).with_name("prices.toml")
VENDOR = "vendor"
THIRD_PARTY = "third party"
UNKNOWN = "unknown"
CONFIDENCES = (VENDOR, THIRD_PARTY, UNKNOWN)


@dataclass(frozen=True)
class Price:
    """What one vendor asks.

    Args:
        vendor: its name.
        unit: what it counts.
        free: how many of these it gives free in a month.
        confidence: `vendor` where its own page says so, `third party` where somebody else does;
            `unknown` where what is counted is known, and not what it costs.
        source: the page that says so.
        checked: when the entry was last held against its source.
        vendor_page: the vendor's own page of prices.
        dollars: what `per` units beyond the free ones cost; None where a plan has to be bought, or
            nobody has found it out.
        per: how many units that is for.
        plan: what the cheapest plan costs that has more; empty where units are paid one by one.
        plan_has: how many units that plan has in a month.
        dated: the source's own date, where it has one.
    """

    vendor: str
    unit: str
    free: int
    confidence: str
    source: str
    checked: datetime.date
    vendor_page: str
    dollars: float | None = None
    per: int = 1
    plan: str = ""
    plan_has: int = 0
    dated: datetime.date | None = None

    @property
    def is_third_party(self) -> bool:
        """Whether somebody else than the vendor says so."""
        return self.confidence == THIRD_PARTY

    @property
    def is_known(self) -> bool:
        """Whether it has been found out."""
        return self.confidence != UNKNOWN

    def cost(self, units: float) -> float | None:
        """Return the dollars of one month, or None where a plan has to be bought, or is unknown.

        Args:
            units: how many are used in that month.
        """
        beyond = max(0.0, units - self.free)
        if not beyond:
            return 0.0
        return None if self.dollars is None else beyond / self.per * self.dollars


@cache
def read_prices() -> dict[str, Price]:
    """Return all prices by their names in the file."""
    return {name: Price(**each) for name, each in tomllib.loads(FILE.read_text("utf-8")).items()}
