"""Judges annotations: is there one to search for, and does X-Ray's SDK keep each that is put?"""

from collections.abc import Sequence

from workshop.checks.evidence import Evidence
from workshop.checks.findings import Finding
from workshop.checks.notes import Note
from workshop.checks.subsegments.parts import Answered, judged_requests, where_opened

# https://docs.aws.amazon.com/xray/latest/devguide/xray-api-segmentdocuments.html and the SDK's
# Entity.put_annotation, which is stricter: it drops a key with a dot.
SCALARS = ("str", "int", "float", "bool")


def judge_presence(
    evidence: Evidence, answered: Sequence[Answered], told: bool
) -> list[Finding] | None:
    """Does an annotation describe the requests that the step asks for?

    Args:
        evidence: what one run left behind.
        answered: the requests that X-Ray was told of.
        told: why things are missing has been said.

    Returns:
        What speaks against it; None where that cannot be told, or only repeated.
    """
    requests = judged_requests(evidence, answered)
    parts = [part for each in requests for part in each.segment.walk_parts()]
    if any(part.annotations for part in parts):
        return []
    own = [part for each in requests for part in each.own]
    dropped = any(evidence.notes("annotation-dropped"))
    if told or dropped or not own:
        return None
    described = next((part for part in parts if part.metadata), None)
    if described:
        keys = sorted(key for values in described.metadata.values() for key in values)
        return [
            Finding(
                "subsegments/only-metadata",
                expected="an annotation, such as how many hits there were",
                got=f"metadata only ({', '.join(keys)}): no filter expression finds it",
                where=where_opened(evidence, described.name),
            )
        ]
    return [
        Finding(
            "subsegments/no-annotation",
            expected=f"an annotation in {requests[0].method} {requests[0].path}, such as how many "
            "hits there were",
            got=f"{own[0].name} has a name and a time, nothing else",
            where=where_opened(evidence, own[0].name),
        )
    ]


def judge_drops(evidence: Evidence, answered: Sequence[Answered]) -> list[Finding] | None:
    """Does each annotation that the app puts arrive?

    Args:
        evidence: what one run left behind.
        answered: the requests that X-Ray was told of.

    Returns:
        What speaks against it; None where there is no annotation at all.
    """
    kept = {
        key for each in answered for part in each.segment.walk_parts() for key in part.annotations
    }
    found: dict[str, Finding] = {}
    for note in evidence.notes("annotation-dropped"):
        finding = _explain_drop(note)
        if note["key"] not in kept:
            found.setdefault(finding.id, finding)
    return list(found.values()) if found or kept else None


def _explain_drop(note: Note) -> Finding:
    if note["kind"] not in SCALARS:
        return Finding(
            "subsegments/annotation-type-dropped",
            expected=f"{note['key']} as a string, a number or a boolean",
            got=f"a value of type {note['kind']}, which the SDK drops",
            where=note["where"],
        )
    return Finding(
        "subsegments/annotation-key-dropped",
        expected="a key of letters, digits and _, the only ones that the SDK keeps",
        got=f"{note['key']}, which the SDK drops with its value",
        where=note["where"],
    )
