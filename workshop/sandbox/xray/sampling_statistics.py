"""Keeps what clients report of their sampling: requests seen, recorded and borrowed, by rule.

Numbers are what clients send. The X-Ray SDK for Python counts a request that it records on
borrowed quota as borrowed and not as sampled, so it has recorded the sum of the two.
"""

import sqlite3
import time
from dataclasses import dataclass
from typing import Any

from workshop.sandbox.store import Reader, Store
from workshop.sandbox.xray.paging import cut_page
from workshop.sandbox.xray.sampling_rules import read_rules

# In seconds: reports are summed up over this long, and summaries tell this much of the past.
WINDOW = 10
RECENT = 3600
PAGE = 100

_SECOND = 1_000_000_000


@dataclass(frozen=True)
class RuleCounts:
    """What has been reported of one rule.

    Args:
        name: the rule.
        priority: its place among the rules; None once it is deleted.
        requests: requests that fell under it.
        sampled: those recorded by its quota or its rate.
        borrowed: those recorded before a client had a quota.
    """

    name: str
    priority: int | None
    requests: int
    sampled: int
    borrowed: int

    @property
    def recorded(self) -> int:
        """How many requests of this rule an X-Ray SDK has recorded."""
        return self.sampled + self.borrowed


def add_statistics(connection: sqlite3.Connection, document: dict[str, Any], now_ns: int) -> None:
    """Add a client's report, a SamplingStatisticsDocument, to what is known of its rule."""
    seconds = now_ns // _SECOND
    connection.execute(
        "INSERT INTO xray_sampling_statistics"
        " (window, rule_name, request_count, sampled_count, borrow_count) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT (window, rule_name) DO UPDATE SET"
        " request_count = request_count + excluded.request_count,"
        " sampled_count = sampled_count + excluded.sampled_count,"
        " borrow_count = borrow_count + excluded.borrow_count",
        (
            seconds - seconds % WINDOW,
            document["RuleName"],
            document["RequestCount"],
            document["SampledCount"],
            document.get("BorrowCount", 0),
        ),
    )


def get_sampling_statistic_summaries(store: Store, params: dict[str, Any]) -> dict[str, Any]:
    """Answer GetSamplingStatisticSummaries: the last hour, by ten seconds and rule."""
    with store.reader() as reader:
        rows = reader.execute(
            "SELECT rule_name, window, request_count, borrow_count, sampled_count"
            " FROM xray_sampling_statistics WHERE window >= ? ORDER BY window, rule_name",
            (int(time.time()) - RECENT,),
        ).fetchall()
    page, further = cut_page(rows, params, PAGE)
    members = ("RuleName", "Timestamp", "RequestCount", "BorrowCount", "SampledCount")
    summaries = [dict(zip(members, row, strict=True)) for row in page]
    return {"SamplingStatisticSummaries": summaries, **further}


def read_sampling_counts(reader: Reader, since_ns: int = 0) -> list[RuleCounts]:
    """Return what was reported, rule by rule in the order in which clients try them.

    Rules that nobody has reported are there with zeros; rules deleted since come last. Clients
    report every ten seconds, so the numbers lag behind by that much.

    Args:
        reader: from `open_reader`.
        since_ns: leave out reports before the ten seconds that hold this moment, in nanoseconds
            since 1970.
    """
    seconds = since_ns // _SECOND
    rows = reader.execute(
        "SELECT rule_name, sum(request_count), sum(sampled_count), sum(borrow_count)"
        " FROM xray_sampling_statistics WHERE window >= ? GROUP BY rule_name ORDER BY rule_name",
        (seconds - seconds % WINDOW,),
    )
    counts = {name: reported for name, *reported in rows}
    rules = read_rules(reader)
    present = [
        RuleCounts(rule.name, rule.priority, *counts.pop(rule.name, (0, 0, 0))) for rule in rules
    ]
    return present + [RuleCounts(name, None, *reported) for name, reported in counts.items()]
