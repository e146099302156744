"""Draws the service map: services, who calls whom, how often, how long and how well.

A service's numbers are those of its own segments, or of inferred ones where it sends none; a
call's are the caller's. Source:
https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-servicegraph
"""

import json
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from workshop.sandbox.store import Reader, Store
from workshop.sandbox.xray.filters.compile import EVERY
from workshop.sandbox.xray.trace_summaries import find_condition, read_time_range
from workshop.sandbox.xray.traces import check_trace_ids

CLIENT = "client"
_OUTCOME = "start_ns, end_ns, response_time, duration, ok, error, throttle, fault"
# Name, type, account.
_Key = tuple[str, str | None, str]


@dataclass
class _Statistics:
    """What is counted of a service or a call."""

    start_ns: int = 2**63
    end_ns: int = 0
    ok: int = 0
    throttles: int = 0
    errors: int = 0
    faults: int = 0
    total: int = 0
    response_time: float = 0.0
    response_times: Counter[float] = field(default_factory=Counter)
    durations: Counter[float] = field(default_factory=Counter)

    def add(self, outcome: tuple[Any, ...]) -> None:
        start_ns, end_ns, response_time, duration, ok, error, throttle, fault = outcome
        self.start_ns = min(self.start_ns, start_ns)
        self.end_ns = max(self.end_ns, start_ns if end_ns is None else end_ns)
        if end_ns is None:
            # Only what is complete counts as a request.
            return
        self.total += 1
        self.ok += ok
        self.faults += fault
        # What failed in both ways is a fault: one request is counted once.
        self.errors += error and not fault
        self.throttles += error and throttle and not fault
        self.response_time += response_time
        self.response_times[round(response_time, 3)] += 1
        self.durations[round(duration, 3)] += 1

    def to_answer(self) -> dict[str, Any]:
        return {
            "OkCount": self.ok,
            "ErrorStatistics": {
                "ThrottleCount": self.throttles,
                "OtherCount": self.errors - self.throttles,
                "TotalCount": self.errors,
            },
            "FaultStatistics": {"OtherCount": self.faults, "TotalCount": self.faults},
            "TotalCount": self.total,
            "TotalResponseTime": round(self.response_time, 6),
        }

    def to_times(self) -> dict[str, float]:
        return {"StartTime": self.start_ns / 10**9, "EndTime": self.end_ns / 10**9}


@dataclass
class _Service:
    root: bool = False
    inferred: bool = True
    statistics: _Statistics = field(default_factory=_Statistics)


@dataclass
class _Edge:
    names: set[str] = field(default_factory=set)
    statistics: _Statistics = field(default_factory=_Statistics)


def get_service_graph(store: Store, params: dict[str, Any]) -> dict[str, Any]:
    """Answer GetServiceGraph: the map of all traces in a time, or of a group's.

    Raises:
        ApiError: the times are not valid, or there is no such group.
    """
    start_ns, end_ns = read_time_range(params)
    with store.reader() as reader:
        wanted = find_condition(reader, params)
        where = " WHERE item.start_ns >= ? AND item.start_ns < ?"
        if wanted != EVERY:
            where = f" JOIN xray_traces AS trace USING (trace_id){where} AND {wanted.sql}"
        services = _draw(reader.execute, where, (start_ns, end_ns, *wanted.params))
    return {
        "StartTime": params["StartTime"],
        "EndTime": params["EndTime"],
        "Services": services,
        "ContainsOldGroupVersions": False,
    }


def get_trace_graph(store: Store, params: dict[str, Any]) -> dict[str, Any]:
    """Answer GetTraceGraph: the map of a few traces, of those that X-Ray itself has.

    Raises:
        ApiError: too many traces are asked for, or what is asked for is no trace's id.
    """
    trace_ids = check_trace_ids(params)
    with store.reader() as reader:
        found = reader.execute(
            "SELECT value FROM json_each(?) JOIN xray_traces ON trace_id = value"
            " WHERE NOT searched",
            (json.dumps(trace_ids),),
        )
        return {"Services": draw_traces(reader, [trace_id for (trace_id,) in found])}


def draw_traces(reader: Reader, trace_ids: list[str]) -> list[dict[str, Any]]:
    """Return the services that a few traces went through, with their edges."""
    where = " WHERE item.trace_id IN (SELECT value FROM json_each(?))"
    return _draw(reader.execute, where, (json.dumps(trace_ids),))


def _draw(execute: Any, where: str, params: tuple[Any, ...]) -> list[dict[str, Any]]:
    """Return the services, with their edges, of the rows that a condition takes.

    Rows are read one at a time: what is held is the map, not the traces.
    """
    outcome = ", ".join(f"item.{name}" for name in _OUTCOME.split(", "))
    services: dict[_Key, _Service] = {}
    for name, kind, account, root, inferred, *rest in execute(
        "SELECT item.name, item.type, item.account_id, item.root, item.inferred,"  # noqa: S608
        f" {outcome} FROM xray_segments AS item{where}",
        params,
    ):
        service = services.setdefault((name, kind, account), _Service())
        service.root = service.root or bool(root)
        service.inferred = service.inferred and bool(inferred)
        service.statistics.add(tuple(rest))
    edges: dict[tuple[_Key, _Key], _Edge] = {}
    for row in execute(
        "SELECT item.source_name, item.source_type, item.source_account_id,"  # noqa: S608
        " item.target_name, item.target_type, item.target_account_id, item.name,"
        f" {outcome} FROM xray_edges AS item{where}",
        params,
    ):
        edge = edges.setdefault((row[:3], row[3:6]), _Edge())
        edge.names.add(row[6])
        edge.statistics.add(row[7:])
    return _describe(services, edges)


def _describe(
    services: dict[_Key, _Service], edges: dict[tuple[_Key, _Key], _Edge]
) -> list[dict[str, Any]]:
    clients = {source for source, _ in edges if source[1] == CLIENT}
    # A call may have begun within the time asked for, and its target after it.
    others = {end for ends in edges for end in ends} - clients - set(services)
    keys = sorted({*clients, *others, *services}, key=_sort_key)
    numbers = {key: number for number, key in enumerate(keys)}
    return [
        {
            "ReferenceId": numbers[key],
            **_identify(key),
            **_describe_service(key, services.get(key), edges),
            "Edges": [
                _describe_edge(numbers[target], target, edge)
                for (source, target), edge in sorted(
                    edges.items(), key=lambda item: numbers[item[0][1]]
                )
                if source == key
            ],
        }
        for key in keys
    ]


def _describe_service(
    key: _Key, service: _Service | None, edges: dict[tuple[_Key, _Key], _Edge]
) -> dict[str, Any]:
    if service is None:
        own = [edge.statistics for ends, edge in edges.items() if key in ends]
        start, end = min(each.start_ns for each in own), max(each.end_ns for each in own)
        return {"State": "unknown", "StartTime": start / 10**9, "EndTime": end / 10**9}
    statistics = service.statistics
    return {
        **({"Root": True} if service.root else {}),
        "State": "unknown" if service.inferred else "active",
        **statistics.to_times(),
        "SummaryStatistics": statistics.to_answer(),
        "DurationHistogram": _as_histogram(statistics.durations),
        "ResponseTimeHistogram": _as_histogram(statistics.response_times),
    }


def _describe_edge(number: int, target: _Key, edge: _Edge) -> dict[str, Any]:
    aliases = sorted(edge.names - {target[0]})
    return {
        "ReferenceId": number,
        **edge.statistics.to_times(),
        "SummaryStatistics": edge.statistics.to_answer(),
        "ResponseTimeHistogram": _as_histogram(edge.statistics.response_times),
        "Aliases": [{"Name": name, "Names": [name], "Type": "remote"} for name in aliases],
    }


def _identify(key: _Key) -> dict[str, Any]:
    name, kind, account = key
    told = {"Name": name, "Names": [name], "AccountId": account, "Type": kind}
    return {member: value for member, value in told.items() if value is not None}


def _sort_key(key: _Key) -> tuple[bool, str, str, str]:
    name, kind, account = key
    return kind != CLIENT, name, kind or "", account


def _as_histogram(values: Counter[float]) -> list[dict[str, Any]]:
    return [{"Value": value, "Count": count} for value, count in sorted(values.items())]
