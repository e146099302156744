"""Puts the documents of one trace together, and infers segments for what sends none.

Sources: https://docs.aws.amazon.com/xray/latest/devguide/xray-api-segmentdocuments.html and
https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html (on subsegments)
"""

import hashlib
from collections.abc import Iterable
from typing import Any

from workshop.sandbox.aws import ACCOUNT
from workshop.sandbox.xray.trace import XraySegment, XrayTrace, as_object

# A chain of subsegments that were sent on their own is cut here: they come from outside.
DEPTH_LIMIT = 100

# What tells a resource, in the subsegment of a call to AWS: its member in `aws`, and its type.
_RESOURCES = {
    "DynamoDB": ("table_name", "AWS::DynamoDB::Table"),
    "S3": ("bucket_name", "AWS::S3::Bucket"),
    "SQS": ("queue_url", "AWS::SQS::Queue"),
    "SNS": ("topic_arn", "AWS::SNS"),
    "Lambda": ("function_name", "AWS::Lambda"),
}
# What an inferred segment takes over from the call.
_TOLD_BY_CALL = (
    *("name", "start_time", "end_time", "in_progress", "http", "aws", "sql"),
    *("error", "throttle", "fault", "cause", "namespace"),
)
# What a part's place in the tree tells as well.
_TOLD_BY_PLACE = ("trace_id", "parent_id", "type", "subsegments")


def assemble(trace_id: str, documents: Iterable[dict[str, Any]]) -> XrayTrace:
    """Return the trace that documents make.

    Subsegments that were sent on their own are put into their segments, a segment below the call
    that it answers, and a call that no segment answers gets an inferred one.

    Args:
        trace_id: the id that they share.
        documents: as they were sent, each valid.
    """
    segments: list[XraySegment] = []
    loose: list[XraySegment] = []
    for document in documents:
        made = _make(trace_id, document, document.get("parent_id"))
        (loose if made.is_subsegment else segments).append(made)
    tops = segments + _attach(segments, loose)
    _connect(tops, segments)
    calls = [part for top in tops for part in top.walk_parts() if part.is_call]
    inferred = [_infer(call) for call in calls if not call.downstream]
    for top in tops:
        for part in top.walk_parts():
            part.subsegments.sort(key=lambda each: each.start)
            part.downstream.sort(key=lambda each: each.start)
    return XrayTrace(trace_id, sorted(tops + inferred, key=lambda each: (each.start, each.id)))


def describe_service(segment: XraySegment) -> tuple[str, str | None]:
    """Return the name and the type that a segment's service has on the map.

    Args:
        segment: a segment, sent or inferred.
    """
    if not segment.is_inferred or segment.namespace == "remote":
        return segment.name, segment.origin or ("remote" if segment.is_inferred else None)
    aws = segment.read_object("aws")
    member, kind = _RESOURCES.get(segment.name, ("", ""))
    resource = aws.get(member)
    if isinstance(resource, str) and resource:
        return resource, kind
    return segment.name, f"AWS::{segment.name}"


def account_of(segment: XraySegment) -> str:
    """Return the account that a segment's service runs in; the sandbox's own unless it says."""
    account = segment.read_object("aws").get("account_id")
    return account if isinstance(account, str) and account else ACCOUNT


def _make(trace_id: str, document: dict[str, Any], parent_id: str | None) -> XraySegment:
    """Return a document's segment, with its subsegments."""
    top = _make_one(trace_id, document, parent_id, document.get("type") == "subsegment")
    waiting = [(top, document)]
    while waiting:
        segment, said = waiting.pop()
        for inner in said.get("subsegments") or ():
            part = _make_one(trace_id, inner, segment.id, is_subsegment=True)
            segment.subsegments.append(part)
            waiting.append((part, inner))
    return top


def _make_one(
    trace_id: str, document: dict[str, Any], parent_id: str | None, is_subsegment: bool
) -> XraySegment:
    namespace = document.get("namespace")
    end = document.get("end_time")
    http = as_object(document.get("http"))
    said = as_object(http.get("response")).get("status")
    status = said if type(said) is int and 0 <= said < 1000 else None
    return XraySegment(
        trace_id=trace_id,
        id=document["id"],
        parent_id=parent_id or None,
        name=document["name"],
        start=float(document["start_time"]),
        end=None if end is None or document.get("in_progress") is True else float(end),
        is_subsegment=is_subsegment,
        is_inferred=document.get("inferred") is True,
        # The SDK writes 'local' for a function of the app's own, which the schema does not know.
        namespace=namespace if namespace in ("remote", "aws") else "",
        error=document.get("error") is True or 400 <= (status or 0) < 500,
        throttle=document.get("throttle") is True or status == 429,
        fault=document.get("fault") is True or (status or 0) >= 500,
        http=http,
        status=status,
        document={key: value for key, value in document.items() if key not in _TOLD_BY_PLACE},
    )


def _attach(segments: list[XraySegment], loose: list[XraySegment]) -> list[XraySegment]:
    """Put subsegments that were sent on their own into their parents; return those without one."""
    children: dict[str, list[XraySegment]] = {}
    for part in loose:
        children.setdefault(part.parent_id or "", []).append(part)
    known = {part.id for top in [*segments, *loose] for part in top.walk_parts()}
    waiting = [(segment, 0) for segment in segments]
    waiting += [(part, 0) for part in loose if part.parent_id not in known]
    attached: set[int] = set()
    while waiting:
        part, depth = waiting.pop()
        if depth < DEPTH_LIMIT:
            for child in children.pop(part.id, ()):
                part.subsegments.append(child)
                attached.add(id(child))
        waiting.extend((child, depth + 1) for child in part.subsegments)
    orphans = [part for part in loose if id(part) not in attached]
    for part in orphans:
        part.missing_parent = True
    return orphans


def _connect(tops: list[XraySegment], segments: list[XraySegment]) -> None:
    """Put each segment below the call, or the segment, that it names as its parent."""
    by_id = {part.id: (top, part) for top in tops for part in top.walk_parts()}
    above: dict[str, str] = {}
    for segment in sorted(segments, key=lambda each: each.start):
        if segment.parent_id is None:
            continue
        owner, parent = by_id.get(segment.parent_id, (None, None))
        if owner is None or parent is None or _is_below(owner.id, segment.id, above):
            segment.missing_parent = True
            continue
        above[segment.id] = owner.id
        parent.downstream.append(segment)


def _is_below(segment_id: str, other_id: str, above: dict[str, str]) -> bool:
    """Tell whether a segment is another one, or hangs below it."""
    here: str | None = segment_id
    while here is not None:
        if here == other_id:
            return True
        here = above.get(here)
    return False


def _infer(call: XraySegment) -> XraySegment:
    """Return the segment that X-Ray makes up for a call that no segment answers."""
    digest = hashlib.blake2b(f"{call.trace_id} {call.id}".encode(), digest_size=8)
    document = {key: call.document[key] for key in _TOLD_BY_CALL if key in call.document}
    document |= {"id": digest.hexdigest(), "inferred": True}
    made = _make_one(call.trace_id, document, call.id, is_subsegment=False)
    del made.document["namespace"]
    _, kind = describe_service(made)
    if made.namespace == "aws":
        made.document["origin"] = kind
    call.downstream.append(made)
    return made
