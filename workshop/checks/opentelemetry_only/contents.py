"""Judges what X-Ray has of the spans: all of them, with queries, and with what is indexed."""

from workshop.checks import presence
from workshop.checks.evidence import Evidence
from workshop.checks.findings import Finding
from workshop.checks.opentelemetry_only.arrivals import Arrivals, Key
from workshop.checks.subsegments.parts import judged_requests, read_answered
from workshop.checks.words import count, listed, tally
from workshop.checks.xray.makers import queries
from workshop.sandbox.xray.otlp.attributes import ANNOTATIONS, DEFAULT_NAMESPACE
from workshop.sandbox.xray.trace import XraySegment

MOST_NAMED = 3
# What hands a span on, where it may be left out; the best first.
HANDED_ON = ("on_end", "BatchSpanProcessor", "SimpleSpanProcessor")


def judge_sameness(evidence: Evidence, arrived: Arrivals) -> list[Finding] | None:
    """Is each span that is at one of the two at the other as well?

    Args:
        evidence: what one run left behind.
        arrived: what arrived.

    Returns:
        What speaks against it; None where nothing is at X-Ray.
    """
    if not arrived.spans:
        return None
    missing = [key for key in arrived.at_honeycomb if key not in arrived.spans]
    if missing:
        got = _describe_missing(arrived, missing)
    elif arrived.at_xray_alone:
        got = f"{count(len(arrived.at_xray_alone), 'span')} at X-Ray alone"
    else:
        return []
    return [
        Finding(
            "opentelemetry-only/not-the-same",
            expected="each span at Honeycomb, and at X-Ray",
            got=got,
            where=_where_handed_on(evidence)
            if arrived.at_honeycomb
            else evidence.where("processor", "backend"),
        )
    ]


def _describe_missing(arrived: Arrivals, missing: list[Key]) -> str:
    known = {trace_id for trace_id, _ in arrived.spans}
    whole = [arrived.paths.get(key[0], "") for key in missing if key[0] not in known]
    if not whole:
        names = tally(dict.fromkeys(arrived.at_honeycomb[key].name for key in missing))
        return f"traces at X-Ray without {names}"
    paths = list(dict.fromkeys(path or "a trace" for path in whole))
    more = f" and {len(paths) - MOST_NAMED} more" if len(paths) > MOST_NAMED else ""
    return f"nothing at X-Ray of {', '.join(paths[:MOST_NAMED])}{more}"


def judge_queries(evidence: Evidence, arrived: Arrivals) -> list[Finding] | None:
    """Has each service's database a place on X-Ray's map?

    Args:
        evidence: what one run left behind.
        arrived: what arrived.

    Returns:
        What speaks against it; None where no span arrived, or the app is not the course's.
    """
    services = sorted(arrived.services & set(evidence.services))
    if not evidence.target.ours or not services:
        return None
    without = [
        name for name in services if not any(part.is_call for part in queries(arrived.made, name))
    ]
    if not without:
        return []
    return [
        Finding(
            "opentelemetry-only/no-queries",
            expected="a client span for each query, with db.system, db.name and db.statement",
            got=f"none from {listed(without)}",
            where=_where_queried(evidence),
        )
    ]


def judge_annotations(evidence: Evidence, arrived: Arrivals) -> list[Finding] | None:
    """Is something of the search indexed, as it was an annotation before?

    Args:
        evidence: what one run left behind.
        arrived: what arrived.

    Returns:
        What speaks against it; None where the search did not arrive.
    """
    ids = {each.segment.id for each in arrived.made}
    answered = [each for each in read_answered(evidence) if each.segment.id in ids]
    parts = [
        part for each in judged_requests(evidence, answered) for part in each.segment.walk_parts()
    ]
    if not parts:
        return None
    if any(part.annotations for part in parts):
        return []
    own = [part for each in judged_requests(evidence, answered) for part in each.own]
    given = {key for part in parts if not part.is_subsegment for key in _list_keys(part)}
    told = sorted({key for part in own for key in _list_keys(part)} - given)
    return [
        Finding(
            "opentelemetry-only/nothing-indexed",
            expected=f"an attribute whose name stands in {ANNOTATIONS}, a list on the same span",
            got=f"attributes, and all of them metadata: {listed(told)}" if told else "no attribute",
            where=_where_opened(evidence, own[-1].name if own else ""),
        )
    ]


def _list_keys(part: XraySegment) -> set[str]:
    return set(part.metadata.get(DEFAULT_NAMESPACE, {}))


def _where_opened(evidence: Evidence, name: str) -> str:
    notes = evidence.notes("span", "backend")
    return next((str(note["where"]) for note in notes if note["name"] == name), "")


def _where_handed_on(evidence: Evidence) -> str:
    for name in HANDED_ON:
        written = presence.find_call(evidence.folder, name)
        if written:
            return written.where
    return evidence.where("processor", "backend")


def _where_queried(evidence: Evidence) -> str:
    for name in ("execute", "connect"):
        written = presence.find_call(evidence.folder, name)
        if written:
            return written.where
    return ""
