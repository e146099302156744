"""Judges step 02: does each request become a segment, named, joined, with its calls and queries?"""

import re
from collections.abc import Iterator

from workshop.checks import presence
from workshop.checks.evidence import Evidence
from workshop.checks.findings import Finding, Verdict
from workshop.checks.words import count, listed
from workshop.checks.xray import (
    context,
    names,
    packages,
    parts,
    recording,
    settings,
    silence,
    structure,
)
from workshop.checks.xray.makers import Made, are_spans, made_segments

STEP = 2
NAME = "xray"
# What tells a commented line of the X-Ray SDK's from prose.
CODE = ("XRayMiddleware", "xray_recorder", "aws_xray_sdk")


def judge(evidence: Evidence) -> Verdict:
    """Judge what arrived at X-Ray, from the outside in.

    Each claim is judged where there is enough to tell, whatever else is wrong, and not where it
    could only repeat what another has said: one mistake gives one finding.

    Args:
        evidence: what one run left behind.
    """
    made = made_segments(evidence)
    verdict = Verdict(STEP, NAME, "works", arrived=_describe_arrivals(evidence, made))
    absence = None if evidence.segments else _explain_absence(evidence)
    if absence:
        verdict.state = "absent"
        verdict.findings.append(absence)
        return verdict
    for claim, findings in _claims(evidence, made):
        for finding in findings:
            known = verdict.notes if finding.entry.note else verdict.findings
            if finding.id not in [each.id for each in known]:
                known.append(finding)
        if not findings and claim:
            verdict.good.append(claim)
    if verdict.findings:
        verdict.state = "broken"
    return verdict


def _claims(evidence: Evidence, made: list[Made]) -> Iterator[tuple[str, list[Finding]]]:
    """Yield each claim that can be judged, with what speaks against it; the first to mend first."""
    silent = silence.explain(evidence, made)
    # How spans are sent, step 10 judges: no daemon, and no rules.
    spans = are_spans(made)
    incomplete = parts.judge(evidence, made)
    requests = structure.judge_requests(evidence, made)
    # Where nothing is patched, the calls to profiles are missing with all the rest; segments that
    # are opened by hand, and know nothing of their request, know nothing of its caller either.
    told = {each.id for each in [*(incomplete or []), *(requests or [])]}
    explained = told & {"xray/nothing-patched", "xray/no-request"}
    # The segment that is lost has used up what the rules grant to the one that stays.
    repeated = structure.judge_repetition(evidence)
    judged: list[tuple[str, list[Finding] | None]] = [
        ("segments arrive" if spans else "segments arrive at the daemon", silent),
        ("every request became a segment", requests),
        ("each service has a name of its own", names.judge(evidence, made)),
        (
            "backend and profiles share each trace",
            None if explained else context.judge(evidence, made),
        ),
        ("queries are parts of the segments", incomplete),
        ("failed requests are marked as faults", structure.judge_faults(evidence, made)),
        ("", repeated),
        (
            "the sampling rules decide what is recorded",
            None if repeated or spans else recording.judge(evidence, made),
        ),
        (
            "docker-compose.yml leads each service to a daemon that is closed to others",
            None if spans else settings.judge(evidence),
        ),
        (
            "requirements.txt brings what the app imports",
            None if spans else packages.judge(evidence),
        ),
    ]
    for claim, findings in judged:
        if findings is not None:
            yield claim, findings


def _describe_arrivals(evidence: Evidence, made: list[Made]) -> str:
    """Return what arrived, without what only the service's own sampling has let through.

    That differs from run to run: a trace that starts in profiles was not asked for by the check.
    """
    if not evidence.segments:
        return "nothing"
    asked = {each.segment.trace_id for each in made if each.service == "backend"}
    per_name: dict[str, int] = {}
    for each in made:
        if each.segment.trace_id in asked:
            name = re.sub(r":\d+$", ":…", each.segment.name)
            per_name[name] = per_name.get(name, 0) + 1
    counted = [f"{count(number, 'segment')} from {name}" for name, number in per_name.items()]
    others = sorted({each.service or "elsewhere" for each in made} - {"backend"})
    apart = any(each.segment.trace_id not in asked for each in made)
    if not counted:
        return f"segments from {listed(others)}, and none from backend" if others else "fragments"
    said = f"{count(len(asked), 'trace')}: {', '.join(counted)}"
    return f"{said}; from {listed(others)} also some apart from them" if apart and others else said


def _explain_absence(evidence: Evidence) -> Finding | None:
    """Return why there is nothing to judge, or None where the app does use the SDK."""
    where = presence.commented_out(evidence.folder, CODE)
    used = presence.is_imported(evidence.folder, "aws_xray_sdk")
    if used and (any(evidence.notes("xray-middleware")) or not where or _is_written(evidence)):
        return None
    if where:
        return Finding(
            "xray/commented-out",
            expected="lines that set the X-Ray SDK up",
            got="the same lines behind a #",
            where=where,
        )
    return Finding("xray/absent", expected="a segment for each request", got="nothing")


def _is_written(evidence: Evidence) -> bool:
    return presence.find_call(evidence.folder, silence.SET_UP) is not None
