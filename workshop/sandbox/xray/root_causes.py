"""Finds what made a trace fail, or slow: the way from its root down to where it began.

Source: https://docs.aws.amazon.com/xray/latest/devguide/xray-api-gettingdata.html#xray-api-analytics
How X-Ray itself weighs response times is not published; here the way follows, at each level, the
longest part, for as long as that takes at least half of what it belongs to.
"""

from collections.abc import Callable, Iterator
from typing import Any

from workshop.sandbox.xray.assembly import describe_service
from workshop.sandbox.xray.trace import XraySegment, XrayTrace

HALF = 0.5
# In the order of a trace summary: what a filter expression calls a kind, and the summary's member.
KINDS = {
    "fault": "FaultRootCauses",
    "error": "ErrorRootCauses",
    "responsetime": "ResponseTimeRootCauses",
}

_Way = list[XraySegment]
_Entity = Callable[[XraySegment], dict[str, Any]]


def find_failures(trace: XrayTrace, flag: str) -> list[dict[str, Any]]:
    """Return the root causes of faults or errors, each as a summary tells it.

    Args:
        trace: the trace.
        flag: `fault` or `error`.
    """
    root = trace.root
    if root is None or not any(getattr(part, flag) for part in trace.parts):
        return []

    def is_last(way: _Way) -> bool:
        here = way[-1]
        return getattr(here, flag) and not any(
            getattr(below, flag) for below in here.walk() if below is not here
        )

    return [
        {"Services": _describe_way(way, _tell_failure), "ClientImpacting": getattr(root, flag)}
        for way in _walk_ways(root)
        if is_last(way)
    ]


def find_slowness(trace: XrayTrace) -> list[dict[str, Any]]:
    """Return the root cause of a trace's response time, as a summary tells it."""
    root = trace.root
    if root is None or root.end is None or not root.duration:
        return []
    answered = root.end

    def is_waited_for(segment: XraySegment) -> bool:
        # What goes on after the response does not make it late.
        return segment.end is not None and segment.end <= answered

    way = [root]
    while parts := [each for each in way[-1].children if is_waited_for(each)]:
        longest = max(parts, key=lambda each: each.duration)
        if longest.duration < HALF * way[-1].duration:
            break
        way.append(longest)

    def tell(segment: XraySegment) -> dict[str, Any]:
        coverage = round(segment.duration / root.duration, 6)
        return {"Name": segment.name, "Coverage": coverage, "Remote": _is_remote(segment)}

    return [{"Services": _describe_way(way, tell), "ClientImpacting": True}]


def list_elements(summary: dict[str, Any]) -> list[dict[str, Any]]:
    """Return a row for each service, entity and exception in a summary's root causes.

    Args:
        summary: as `summarize` returns it.
    """
    rows = []
    for kind, member in KINDS.items():
        for cause in summary[member]:
            services = cause["Services"]
            entities = [entity for service in services for entity in service["EntityPath"]]
            exceptions = [each for entity in entities for each in entity.get("Exceptions", ())]
            for element, found in (
                ("service", services),
                ("entity", entities),
                ("exception", exceptions),
            ):
                rows += [
                    {
                        "kind": kind,
                        "element": element,
                        "position": position,
                        "is_last": position == len(found) - 1,
                        "name": each.get("Name"),
                        "type": each.get("Type"),
                        "message": each.get("Message"),
                        "remote": each.get("Remote", False),
                        "inferred": each.get("Inferred", False),
                        "coverage": each.get("Coverage"),
                    }
                    for position, each in enumerate(found)
                ]
    return rows


def _walk_ways(root: XraySegment) -> Iterator[_Way]:
    """Yield the way from the root to each segment and subsegment below it."""
    waiting = [[root]]
    while waiting:
        way = waiting.pop()
        yield way
        waiting.extend([*way, child] for child in reversed(way[-1].children))


def _describe_way(way: _Way, tell: _Entity) -> list[dict[str, Any]]:
    """Return a way's services, each with the entities on it."""
    services: list[dict[str, Any]] = []
    for segment in way:
        if not segment.is_subsegment or not services:
            name, kind = describe_service(segment)
            service = {"Name": name, "Names": [name], "Type": kind}
            services.append(
                {key: value for key, value in service.items() if value is not None}
                | {"EntityPath": [], "Inferred": segment.is_inferred}
            )
        services[-1]["EntityPath"].append(tell(segment))
    return services


def _tell_failure(segment: XraySegment) -> dict[str, Any]:
    exceptions = [
        {"Name": each.get("type"), "Message": each.get("message")} for each in segment.exceptions
    ]
    return {
        "Name": segment.name,
        "Exceptions": [
            {key: value for key, value in each.items() if isinstance(value, str)}
            for each in exceptions
        ],
        "Remote": _is_remote(segment),
    }


def _is_remote(segment: XraySegment) -> bool:
    return segment.is_call
