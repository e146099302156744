"""Writes volumes and their prices: as tables for a person, as JSON for a machine."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from io import StringIO
from typing import TYPE_CHECKING

from workshop.cost.month import Line, work_out
from workshop.cost.prices import Price
from workshop.cost.volumes import UNITS, Measured, Volume

if TYPE_CHECKING:
    from rich.table import Table

WIDTH = 100
BYTES = "bytes"
REQUESTS = 1_000_000
FAILING = 0.001
HEADINGS = {
    "events": "OTel\nevents",
    "traces": "X-Ray\ntraces",
    "segment_bytes": "X-Ray\nbytes",
    "log_events": "log\nevents",
    "log_bytes": "log\nbytes",
    "occurrences": "errors at\nRollbar",
}


RULES = "X-Ray's month is by its built-in rule: 1 request a second, and 5 % of the others."
SPANS = "X-Ray counts the bytes of all spans that the app sends: none of its rules leaves any out."


@dataclass(frozen=True)
class Cost:
    """What a run has sent, and a month of that.

    Args:
        measured: what was sent.
        environment: what ENVIRONMENT said to the app; empty where that is not known.
        requests: of the month.
        failing: the share of them that fails, from 0 to 1.
    """

    measured: Measured
    environment: str = ""
    requests: int = REQUESTS
    failing: float = FAILING

    def __repr__(self) -> str:
        """Return the tables, which a notebook shows for the last value of a cell."""
        return self.as_text()

    @property
    def lines(self) -> list[Line]:
        """A month of it, vendor by vendor."""
        return work_out(self.measured, self.requests, self.failing)

    def per_hundred(self, unit: str = "events") -> float:
        """Return how much of something a hundred requests send, to compare two runs.

        Args:
            unit: `events`, `traces`, `segment_bytes`, `log_events`, `log_bytes` or `occurrences`.
        """
        return 100 * self.measured.per_request(unit)

    def as_text(self) -> str:
        """Return it as a person reads it, 100 characters wide."""
        where = f" in {self.environment}" if self.environment else ""
        count = self.measured.count()
        sent = f"What one request sends{where}, on average of {count:,} that were measured"
        month = (
            f"A month of {self.requests:,} requests, {_percent(self.failing)} of them failing, "
            "evenly spread"
        )
        parts = [sent, "", _draw(_requests_table(self.measured)), "", month, ""]
        return "\n".join([*parts, _draw(_month_table(self.lines)), "", *self._remarks()])

    def _remarks(self) -> list[str]:
        remarks = [
            "Bytes of log events are UTF-8 and 26 for each, as CloudWatch Logs counts them.",
            SPANS if self.measured.as_spans else RULES,
            "What is sent outside of requests is counted in, as often as in this run.",
            "A cap on equal errors takes effect in busier months, and is not counted in.",
        ]
        if not self.measured.count(fails=True):
            remarks.append("No request failed in this run, so that failing ones send nothing here.")
        remarks.append("")
        for line in self.lines:
            price = line.price
            if not price.is_known:
                remarks.append(f"  {price.vendor}: {price.vendor_page} says what that costs.")
            elif price.is_third_party:
                remarks.append(f"* {price.vendor}: {price.source} (a third party)")
                remarks.append(f"  Read {price.vendor_page} before you count on it.")
            else:
                remarks.append(f"  {price.vendor}: {price.source}")
        dates = sorted({line.price.checked for line in self.lines})
        return [*remarks, f"  Prices as of {dates[0]:%d %B %Y}, in US dollars, for us-east-1."]

    def as_json(self) -> str:
        """Return it for a machine, every number as exact as it is known."""
        measured = self.measured
        kinds = [
            {
                "method": kind.method,
                "route": kind.route,
                "fails": kind.fails,
                "requests": measured.requests[kind],
                "sent": asdict(measured.volumes.get(kind, Volume())),
            }
            for kind in sorted(measured.requests)
        ]
        month = [
            {
                "vendor": line.price.vendor,
                "unit": line.price.unit,
                "units": round(line.units),
                "free": line.price.free if line.price.is_known else None,
                "dollars": None if line.dollars is None else round(line.dollars, 2),
                "plan": line.price.plan,
                "plan_has": line.price.plan_has,
                "confidence": line.price.confidence,
                "source": line.price.source,
                "checked": str(line.price.checked),
            }
            for line in self.lines
        ]
        told = {
            "environment": self.environment,
            "kinds": kinds,
            "beside": asdict(measured.beside),
            "total": asdict(measured.total),
            "month": {"requests": self.requests, "failing": self.failing, "vendors": month},
        }
        return json.dumps(told, indent=2, ensure_ascii=False)


def _requests_table(measured: Measured) -> Table:
    # rich is imported here, as most commands draw no table.
    from rich.text import Text

    table = _table("\nrequest", "\nmeasured", *HEADINGS.values())
    for kind in sorted(measured.requests):
        requests = measured.requests[kind]
        volume = measured.volumes.get(kind, Volume())
        table.add_row(Text(str(kind)), str(requests), *_averages(volume, requests))
    if measured.beside != Volume():
        table.add_row("outside of requests, in all", "", *_averages(measured.beside, 1))
    return table


def _averages(volume: Volume, requests: int) -> Iterable[str]:
    for unit in UNITS:
        each = getattr(volume, unit) / requests
        # Bytes differ by a few from run to run: times have more digits or fewer.
        yield f"{_round(each):,}" if unit.endswith("bytes") else _plain(each)


def _month_table(lines: Iterable[Line]) -> Table:
    table = _table("vendor", "in this month", "free", "beyond that", "it costs")
    for line in lines:
        price = line.price
        mark = "*" if price.is_third_party else " "
        units = _amount(price, line.units)
        counted = units if price.unit == BYTES else f"{units} {price.unit}"
        if price.is_known:
            free, beyond = _amount(price, price.free), f"{_say_price(price)} {mark}"
            table.add_row(price.vendor, counted, free, beyond, _say_cost(line))
        else:
            table.add_row(price.vendor, counted, "?", "see its page  ", "?")
    return table


def _amount(price: Price, units: float) -> str:
    """Return a number of a vendor's units with two digits that count."""
    if price.unit == BYTES:
        return f"{_round(units / 1e6) / 1e3:g} GB"
    for size, name in ((1e9, "billion"), (1e6, "million")):
        if units >= size:
            return f"{_round(10 * units / size) / 10:g} {name}"
    return f"{_round(units):,}"


def _say_price(price: Price) -> str:
    if price.dollars is None:
        return f"{price.plan} for {_amount(price, price.plan_has)}"
    return f"${price.dollars:.2f} for {_amount(price, price.per)}"


def _say_cost(line: Line) -> str:
    if line.dollars is None:
        plan = line.price.plan.removesuffix(" a month")
        return plan if line.units <= line.price.plan_has else f"over {plan.removeprefix('from ')}"
    return f"${line.dollars:,.2f}" if line.dollars else "nothing"


def _table(*headings: str) -> Table:
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="", padding=(0, 2, 0, 0))
    for index, heading in enumerate(headings):
        table.add_column(heading, justify="right" if index else "left", no_wrap=True)
    return table


def _draw(table: Table) -> str:
    from rich.console import Console

    sink = StringIO()
    Console(file=sink, width=WIDTH, no_color=True, highlight=False, force_jupyter=False).print(
        table
    )
    return "\n".join(line.rstrip() for line in sink.getvalue().rstrip().splitlines())


def _round(number: float) -> int:
    """Return a number with two significant digits."""
    if number < 1:
        return round(number)
    return int(round(number, 1 - math.floor(math.log10(number))))


def _plain(number: float) -> str:
    return f"{number:,.0f}" if number == int(number) else f"{number:,.1f}"


def _percent(share: float) -> str:
    return f"{100 * share:g} %"
