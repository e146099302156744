"""How requests ended, as X-Ray counts it: ok, error, throttle or fault."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from workshop.views import colours, words
from workshop.views.colours import Look

LOOKS = {
    "ok": Look("#dde3e9", "#59636e", ""),
    "error": Look("#f5e98a", "#6b6200", "\\\\\\\\"),
    "throttle": Look("#ddd0ee", "#5b3f78", "...."),
    "fault": Look("#f2b8b5", colours.ERROR, "xxxx"),
}
"""How each is drawn, from good to bad: a colour and a hatch, pale beside the services' own."""

MEANING = {
    "ok": "ok",
    "error": "error (4xx)",
    "throttle": "throttle (429)",
    "fault": f"{colours.ERROR_MARK} fault (5xx)",
}
"""Each with its HTTP statuses.

Source: https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-errors
"""


@dataclass(frozen=True)
class Outcomes:
    """How many requests a service answered, or one service made to another, and how they ended.

    Args:
        ok: requests without a fault.
        error: refused as the caller's mistake, throttled ones left out.
        throttle: refused because there were too many.
        fault: failed in the service.
        seconds: how long all of them took together.
    """

    ok: int = 0
    error: int = 0
    throttle: int = 0
    fault: int = 0
    seconds: float = 0.0

    def __add__(self, other: Outcomes) -> Outcomes:
        return Outcomes(
            self.ok + other.ok,
            self.error + other.error,
            self.throttle + other.throttle,
            self.fault + other.fault,
            self.seconds + other.seconds,
        )

    @property
    def total(self) -> int:
        """All requests."""
        return sum(self.counts.values())

    @property
    def counts(self) -> dict[str, int]:
        """How many requests ended in each way, in the order of `LOOKS`."""
        return {kind: int(getattr(self, kind)) for kind in LOOKS}

    @property
    def size(self) -> str:
        """How many requests there are, in words."""
        return words.count(self.total, "request")

    @property
    def latency(self) -> str:
        """How long a request took on average, in words."""
        return words.milliseconds(self.seconds * 1000 / self.total if self.total else 0.0)

    @property
    def shares(self) -> list[str]:
        """How large a part ended in each way, in words, such as `['83 % ok', '✗ 17 % faults']`."""
        return [_share(kind, number, self.total) for kind, number in self.counts.items() if number]

    @property
    def failures(self) -> list[str]:
        """How many requests ended in each way but ok, in words, such as `['1 fault']`."""
        bad = {kind: number for kind, number in self.counts.items() if number and kind != "ok"}
        return [words.count(number, kind) for kind, number in bad.items()]


def read_outcomes(statistics: Mapping[str, Any] | None) -> Outcomes | None:
    """Return what a `SummaryStatistics` of X-Ray's says; None where it says nothing.

    Args:
        statistics: of a service or an edge, from GetServiceGraph or GetTraceGraph. Source:
            https://docs.aws.amazon.com/xray/latest/api/API_ServiceStatistics.html
    """
    if not statistics:
        return None
    errors = statistics.get("ErrorStatistics") or {}
    faults = statistics.get("FaultStatistics") or {}
    throttled = errors.get("ThrottleCount") or 0
    return Outcomes(
        ok=statistics.get("OkCount") or 0,
        # X-Ray's total of errors has the throttled ones in it.
        error=max(0, (errors.get("TotalCount") or 0) - throttled),
        throttle=throttled,
        fault=faults.get("TotalCount") or 0,
        seconds=statistics.get("TotalResponseTime") or 0.0,
    )


def _share(kind: str, number: int, total: int) -> str:
    part = f"{_percent(number, total)} {kind if kind == 'ok' else f'{kind}s'}"
    return f"{colours.ERROR_MARK} {part}" if kind == "fault" else part


def _percent(number: int, total: int) -> str:
    """Return a share in words: neither 0 % of what there is, nor 100 % of what there is not."""
    rounded = round(100 * number / total)
    if rounded == 0:
        return "<1 %"
    return ">99 %" if rounded == 100 and number < total else f"{rounded} %"
