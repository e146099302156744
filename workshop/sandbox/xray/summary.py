"""Says of a trace what GetTraceSummaries answers.

Members are those of TraceSummary:
https://docs.aws.amazon.com/xray/latest/api/API_TraceSummary.html
"""

from typing import Any

from workshop.sandbox.xray.assembly import account_of, describe_service
from workshop.sandbox.xray.root_causes import find_failures, find_slowness
from workshop.sandbox.xray.trace import XraySegment, XrayTrace, as_object

_HTTP = {
    "HttpURL": "url",
    "HttpMethod": "method",
    "UserAgent": "user_agent",
    "ClientIp": "client_ip",
}


def summarize(
    trace: XrayTrace,
    annotations: list[tuple[str, str | float | bool, XraySegment]],
    revision: int,
) -> dict[str, Any]:
    """Return a trace's summary.

    Args:
        trace: the trace.
        annotations: those that are indexed, as `find_annotations` returns them.
        revision: how many documents have arrived.
    """
    root = trace.root
    segments = [each for each in trace.segments if not each.is_subsegment]
    summary = {
        "Id": trace.trace_id,
        "StartTime": trace.start,
        "Duration": round(trace.duration, 6),
        "HasFault": root is not None and root.fault,
        "HasError": root is not None and root.error,
        "HasThrottle": any(segment.throttle for segment in segments),
        "IsPartial": trace.is_partial,
        "Http": _describe_http(root) if root else {},
        "Annotations": _describe_annotations(annotations),
        "Users": _describe_users(segments),
        "ServiceIds": _unique([identify(segment) for segment in segments]),
        "FaultRootCauses": find_failures(trace, "fault"),
        "ErrorRootCauses": find_failures(trace, "error"),
        "ResponseTimeRootCauses": find_slowness(trace),
        "Revision": revision,
    }
    if root is not None:
        summary["EntryPoint"] = identify(root)
        if root.end is not None:
            summary["ResponseTime"] = round(root.duration, 6)
    return summary


def identify(segment: XraySegment) -> dict[str, Any]:
    """Return the ServiceId of a segment's service."""
    name, kind = describe_service(segment)
    service = {"Name": name, "Names": [name], "AccountId": account_of(segment)}
    return service | ({"Type": kind} if kind else {})


def _describe_http(root: XraySegment) -> dict[str, Any]:
    request = as_object(root.http.get("request"))
    told: dict[str, Any] = {
        name: request[key] for name, key in _HTTP.items() if isinstance(request.get(key), str)
    }
    return told | ({} if root.status is None else {"HttpStatus": root.status})


def _describe_annotations(
    annotations: list[tuple[str, str | float | bool, XraySegment]],
) -> dict[str, list[dict[str, Any]]]:
    told: dict[str, list[dict[str, Any]]] = {}
    for key, value, segment in annotations:
        same = told.setdefault(key, [])
        wrapped = _wrap(value)
        service = identify(segment)
        known = next((each for each in same if each["AnnotationValue"] == wrapped), None)
        if known is None:
            same.append({"AnnotationValue": wrapped, "ServiceIds": [service]})
        elif service not in known["ServiceIds"]:
            known["ServiceIds"].append(service)
    return told


def _wrap(value: str | float | bool) -> dict[str, Any]:
    if isinstance(value, bool):
        return {"BooleanValue": value}
    return {"StringValue": value} if isinstance(value, str) else {"NumberValue": float(value)}


def _describe_users(segments: list[XraySegment]) -> list[dict[str, Any]]:
    users: dict[str, list[dict[str, Any]]] = {}
    for segment in segments:
        user = segment.read_text("user")
        if user:
            users.setdefault(user, []).append(identify(segment))
    return [{"UserName": user, "ServiceIds": _unique(ids)} for user, ids in users.items()]


def _unique(services: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [each for number, each in enumerate(services) if each not in services[:number]]
