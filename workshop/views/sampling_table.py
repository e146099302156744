"""X-Ray's sampling rules as text: what each matches, how much it records, and what it has."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from io import StringIO
from typing import Any

from workshop.views import words

WIDTH = 100
MATCHES = {
    "ServiceName": "service",
    "ServiceType": "type",
    "Host": "host",
    "ResourceARN": "resource",
}
"""What a rule may ask for beside method and path; '*' asks for nothing, and all must match.

Source: https://docs.aws.amazon.com/xray/latest/devguide/xray-console-sampling.html
"""
COUNTS = {"requests": "RequestCount", "sampled": "SampledCount", "borrowed": "BorrowCount"}


def render(
    rules: Iterable[Mapping[str, Any]], statistics: Iterable[Mapping[str, Any]] | None = None
) -> str:
    """Return sampling rules as a table, 100 characters wide, in the order in which X-Ray asks them.

    Args:
        rules: `SamplingRuleRecords` of boto3's `get_sampling_rules`.
        statistics: `SamplingStatisticSummaries` of `get_sampling_statistic_summaries`, of which
            those of one rule are added up; None leaves their columns out.
    """
    # rich is imported here, as most commands draw no table.
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    counts = None if statistics is None else _add_up(statistics)
    table = Table(box=None, pad_edge=False, header_style="", padding=(0, 2, 0, 0))
    table.add_column("priority", justify="right", no_wrap=True)
    table.add_column("rule", overflow="fold")
    table.add_column("matches", overflow="fold")
    table.add_column("reservoir", justify="right", no_wrap=True)
    table.add_column("rate", justify="right", no_wrap=True)
    for heading in COUNTS if counts is not None else ():
        table.add_column(heading, justify="right", no_wrap=True)
    for rule in sorted((record["SamplingRule"] for record in rules), key=_order):
        # A text is not searched for rich's own markup, as in the path '/api/[0-9]'.
        cells: list[str | Text] = [
            str(rule["Priority"]),
            Text(words.clean(rule["RuleName"])),
            Text(_matches(rule)),
            f"{rule['ReservoirSize']:,}/s",
            f"{rule['FixedRate']:g}",
        ]
        if counts is not None:
            known = counts.get(rule["RuleName"])
            cells += [f"{known[each]:,}" if known else "–" for each in COUNTS]
        table.add_row(*cells)
    sink = StringIO()
    Console(file=sink, width=WIDTH, color_system=None, force_jupyter=False).print(table)
    return "\n".join(line.rstrip() for line in sink.getvalue().rstrip().splitlines())


def _order(rule: Mapping[str, Any]) -> tuple[int, str]:
    # Rules of one priority are asked by name, as by the SDK for Python.
    return rule["Priority"], rule["RuleName"]


def _matches(rule: Mapping[str, Any]) -> str:
    asked = [f"{word} {rule[name]}" for name, word in MATCHES.items() if rule.get(name, "*") != "*"]
    method, path = rule.get("HTTPMethod", "*"), rule.get("URLPath", "*")
    if method != "*":
        asked.append(f"{method} {path}")
    elif path != "*":
        asked.append(f"path {path}")
    asked += [f"{key}={value}" for key, value in sorted((rule.get("Attributes") or {}).items())]
    return "\n".join(map(words.clean, asked)) or "every request"


def _add_up(statistics: Iterable[Mapping[str, Any]]) -> dict[str, dict[str, int]]:
    """Return the counts of each rule: X-Ray tells them by windows of some seconds."""
    counts: dict[str, dict[str, int]] = {}
    for each in statistics:
        known = counts.setdefault(each["RuleName"], dict.fromkeys(COUNTS, 0))
        for word, name in COUNTS.items():
            known[word] += each.get(name, 0)
    return counts
