"""Judges step 03: do subsegments of the app's own time its parts, and annotations describe them?"""

from collections.abc import Iterator

from workshop.checks import presence
from workshop.checks.evidence import Evidence
from workshop.checks.findings import Finding, Verdict
from workshop.checks.subsegments import annotations, ends, exceptions, lost, own
from workshop.checks.subsegments.parts import Answered, read_answered
from workshop.checks.words import count, tally

STEP = 3
NAME = "subsegments"
# What tells a commented line of a subsegment from prose.
CODE = ("in_subsegment", "begin_subsegment", "xray_recorder.capture")


def judge(evidence: Evidence) -> Verdict:
    """Judge the parts of the segments that arrived at X-Ray, as far as the app made them.

    One mistake gives one finding: a claim that could only repeat another is not judged.

    Args:
        evidence: what one run left behind.
    """
    answered = read_answered(evidence)
    verdict = Verdict(STEP, NAME, "works", arrived=_describe_arrivals(answered))
    if not own.is_begun(evidence, answered):
        verdict.state = "absent"
        verdict.findings.append(_explain_absence(evidence))
        return verdict
    for claim, findings in _claims(evidence, answered):
        for finding in findings:
            known = verdict.notes if finding.entry.note else verdict.findings
            known.append(finding)
        if not findings and claim:
            verdict.good.append(claim)
    if verdict.findings:
        verdict.state = "broken"
    return verdict


def _claims(evidence: Evidence, answered: list[Answered]) -> Iterator[tuple[str, list[Finding]]]:
    """Yield each claim that can be judged, with what speaks against it; the first to mend first."""
    gone = lost.judge(evidence, answered)
    late = ends.judge_puts(evidence)
    told = bool(gone or late)
    unclosed = any(each.id == "subsegments/unclosed" for each in gone)
    timed = "the search is timed by" if evidence.target.ours else "your code is timed by"
    judged: list[tuple[str, list[Finding] | None]] = [
        ("each request keeps its segment, and all of its parts", gone),
        (f"{timed} subsegments of your own", own.judge(evidence, answered, told)),
        (
            "each subsegment is ended once",
            None if unclosed else ends.judge_ends(evidence, answered),
        ),
        (
            "an annotation describes the request, so that it can be searched for",
            annotations.judge_presence(evidence, answered, told),
        ),
        (
            "no annotation is dropped, and none comes too late",
            late or annotations.judge_drops(evidence, answered),
        ),
        ("", None if told else exceptions.judge(evidence, answered)),
    ]
    for claim, findings in judged:
        if findings is not None:
            yield claim, findings


def _describe_arrivals(answered: list[Answered]) -> str:
    if not answered:
        return "nothing"
    names = tally(part.name for each in answered for part in each.own)
    segments = count(len(answered), "segment")
    return (
        f"{segments}; parts of your own: {names}" if names else f"{segments}; no part of your own"
    )


def _explain_absence(evidence: Evidence) -> Finding:
    where = presence.commented_out(evidence.folder, CODE)
    if where:
        return Finding(
            "subsegments/commented-out",
            expected="lines that open subsegments",
            got="the same lines behind a #",
            where=where,
        )
    return Finding(
        "subsegments/absent",
        expected="a subsegment that your own code opens",
        got="only the parts that the middleware and the patches make",
    )
