"""Judges what the app's own code loses: whole segments, or parts that belong to none."""

from collections.abc import Sequence

from workshop.checks.evidence import Evidence
from workshop.checks.findings import Finding
from workshop.checks.notes import Note
from workshop.checks.subsegments.failures import failed_with
from workshop.checks.subsegments.parts import SEARCH, Answered, path_of, unrecorded
from workshop.checks.traffic import Asked
from workshop.checks.words import count

# What Flask's middleware, and the learner's own lines, say where there is no segment any more.
NO_SEGMENT = "'NoneType' object has no attribute 'put_"
NOT_FOUND = "SegmentNotFoundException"


def judge(evidence: Evidence, answered: Sequence[Answered]) -> list[Finding]:
    """Does each request keep its segment, with all the parts that the app opens in it?

    Args:
        evidence: what one run left behind.
        answered: the requests that X-Ray was told of.

    Returns:
        What speaks against it, at most one finding: it decides what can arrive at all.
    """
    missing = unrecorded(evidence, answered)
    finding = (
        _explain_second_segment(evidence, missing)
        or _explain_ended_segment(evidence)
        or _explain_unclosed(evidence, missing)
        or _explain_no_segments(evidence, answered, missing)
        or _explain_orphans(evidence)
    )
    return [finding] if finding else []


def _explain_second_segment(evidence: Evidence, missing: list[Asked]) -> Finding | None:
    """Does their code begin a segment where the middleware has one open?"""
    note = next(evidence.notes("segment-in-request"), None)
    if note is None or not missing:
        return None
    outcome = "took the place of its own, which never came"
    if missing[0].status >= 500:
        outcome = "took the place of its own, and was ended before the middleware came back to it"
    return Finding(
        "subsegments/segment-in-request",
        expected="one segment a request: the one that the middleware begins",
        got=f"{missing[0]}: a second {outcome}",
        where=note["where"],
        explains=NO_SEGMENT,
    )


def _explain_ended_segment(evidence: Evidence) -> Finding | None:
    """Does their code end the segment that the middleware has begun?"""
    note = next(evidence.notes("segment-ended"), None)
    failed = failed_with(evidence, NO_SEGMENT)
    if note is None or failed is None:
        return None
    return Finding(
        "subsegments/segment-ended",
        expected="the segment ended by the middleware, once the answer is ready",
        got=f"{failed.asked}: it was ended before the middleware came back to it",
        where=note["where"],
        explains=NO_SEGMENT,
    )


def _explain_unclosed(evidence: Evidence, missing: list[Asked]) -> Finding | None:
    """Is a part still open at the end of a request whose segment never came?"""
    lost = [
        (asked, note)
        for asked in missing
        for note in evidence.notes("unclosed", "backend")
        if (asked.method, path_of(asked)) == (note["method"], note["path"])
    ]
    if not lost:
        return None
    asked, note = lost[0]
    others = len({(each.method, each.path) for each, _ in lost}) - 1
    more = f"; the same for {count(others, 'other address')}" if others == 1 else ""
    more = f"; the same for {others} other addresses" if others > 1 else more
    return Finding(
        "subsegments/unclosed",
        expected=f"{note['name']} ended before the request is",
        got=f"{asked}: {_why_open(asked, note)}, and the request's segment is never sent{more}",
        where=note["where"],
    )


def _why_open(asked: Asked, note: Note) -> str:
    if asked.status >= 500:
        return f"an exception skips the line that ends {note['name']}"
    return f"{note['name']} is still open"


def _explain_no_segments(
    evidence: Evidence, answered: Sequence[Answered], missing: list[Asked]
) -> Finding | None:
    """Is there a segment at all for the parts to belong to?"""
    search = [each for each in missing if path_of(each) == SEARCH and evidence.target.ours]
    if answered and not search:
        return None
    failed = failed_with(evidence, NO_SEGMENT, NOT_FOUND)
    broke = f"; {failed}" if failed else ""
    return Finding(
        "subsegments/no-segments",
        expected="a segment for each request, for the subsegments to be parts of",
        got=(f"none for {search[0]}" if answered else "none for any request") + broke,
        where=failed.where if failed else evidence.where("subsegment-outside"),
        explains=failed.error if failed else "",
    )


def _explain_orphans(evidence: Evidence) -> Finding | None:
    """Does their code open a part in a thread, or at a time, that has no segment?"""
    arrived = {part.name for trace in evidence.segments for part in trace.parts}
    lost = (n for n in evidence.notes("subsegment-outside") if n["name"] not in arrived)
    note = next(lost, None)
    failed = failed_with(evidence, NO_SEGMENT, NOT_FOUND)
    explains = failed.error if failed else ""
    if note and not note["in_request"] and not note["main_thread"]:
        return Finding(
            "subsegments/lost-in-thread",
            expected=f"{note['name']} as a part of the request that started the thread",
            got=str(failed) if failed else "in that thread no segment is open: it is dropped",
            where=note["where"],
            explains=explains,
        )
    if not note and not failed:
        return None
    return Finding(
        "subsegments/outside-a-segment",
        expected=f"{note['name'] if note else 'it'} opened while a request's segment is open",
        got=str(failed) if failed else "no segment is open there: it is dropped",
        where=note["where"] if note else failed.where if failed else "",
        explains=explains,
    )
