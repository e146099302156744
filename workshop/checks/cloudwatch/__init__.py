"""Judges step 04: do the log's lines arrive, one for each request, with fields to ask for?"""

from collections.abc import Iterator

from workshop.checks import presence
from workshop.checks.cloudwatch import (
    fields,
    groups,
    leaving,
    levels,
    packages,
    per_request,
    settings,
    silence,
    starting,
    streams,
    trace_ids,
)
from workshop.checks.cloudwatch.lines import Line, read_lines
from workshop.checks.cloudwatch.requests_told import Story, tell
from workshop.checks.evidence import Evidence
from workshop.checks.findings import Finding, Verdict
from workshop.checks.words import count, listed

STEP = 4
NAME = "cloudwatch"
# What tells a commented line of this step's from prose.
CODE = ("CloudWatchLogHandler", "watchtower", "cloudwatch")


def judge(evidence: Evidence) -> Verdict:
    """Judge what arrived at CloudWatch Logs, from the outside in.

    Each claim is judged where there is enough to tell, whatever else is wrong, and not where it
    could only repeat what another has said: one mistake gives one finding.

    Args:
        evidence: what one run left behind.
    """
    lines = read_lines(evidence)
    story = tell(evidence, lines)
    is_certain = not story.is_cut_short and not streams.is_made_late(evidence)
    verdict = Verdict(STEP, NAME, "works", arrived=_describe_arrivals(lines, story, is_certain))
    absence = None if lines else _explain_absence(evidence)
    if absence:
        verdict.state = "absent"
        verdict.findings.append(absence)
        return verdict
    for claim, findings in _claims(evidence, lines, story):
        for finding in findings:
            known = verdict.notes if finding.entry.note else verdict.findings
            if finding.id not in [each.id for each in known]:
                known.append(finding)
        if claim and all(each.entry.note for each in findings):
            verdict.good.append(claim)
    if verdict.findings:
        verdict.state = "broken"
    return verdict


def _claims(
    evidence: Evidence, lines: list[Line], story: Story
) -> Iterator[tuple[str, list[Finding]]]:
    """Yield each claim that can be judged, with what speaks against it; the first to mend first."""
    judged: list[tuple[str, list[Finding] | None]] = [
        ("lines arrive in a log group", silence.explain(evidence, lines)),
        ("the log group has an end to what it keeps", groups.judge_retention(evidence, lines)),
        ("each request has one line of your own", per_request.judge(evidence, story, lines)),
        ("its level follows from its status", levels.judge(evidence, story)),
        ("lines can be asked by field", fields.judge(evidence, story, lines)),
        ("each line about a request leads to its trace", trace_ids.judge(evidence, story)),
        ("each process writes into a stream of its own", streams.judge(evidence, lines)),
        ("nothing is lost when the app stops", leaving.judge_exit(evidence, story)),
        ("the app starts without CloudWatch", starting.judge_absence(evidence)),
        ("", starting.judge_region(evidence)),
        ("", leaving.judge_loop(lines, evidence)),
        ("", leaving.judge_arguments(evidence)),
        ("", streams.judge_making(evidence) if lines else None),
        ("docker-compose.yml says who asks AWS, and where", settings.judge(evidence)),
        ("requirements.txt brings what the app imports", packages.judge(evidence)),
    ]
    for claim, findings in judged:
        if findings is not None:
            yield claim, findings


def _describe_arrivals(lines: list[Line], story: Story, is_certain: bool) -> str:
    """Return what arrived; not how many lines, as libraries write some of their own.

    Args:
        lines: all that arrived.
        story: what they tell of the known traffic.
        is_certain: no line is lost by chance, so that their number says something.
    """
    if not lines:
        return "nothing"
    names = listed(sorted({line.group for line in lines}))
    told = {"backend": len(story.with_line), "profiles": len(story.profiles)}
    heard = {name: number for name, number in told.items() if number}
    if not heard:
        return f"in {names}: lines, and none about a request"
    if not is_certain:
        return f"in {names}: lines about requests to {listed(list(heard))}"
    counted = [f"{count(number, 'request')} to {name}" for name, number in heard.items()]
    return f"in {names}: lines about {listed(counted)}"


def _explain_absence(evidence: Evidence) -> Finding | None:
    """Return why there is nothing to judge, or None where the app does use CloudWatch."""
    where = presence.commented_out(evidence.folder, CODE)
    used = presence.is_imported(evidence.folder, "watchtower") or any(evidence.notes("logs-call"))
    written = presence.find_call(evidence.folder, silence.HANDLER)
    if used and (any(evidence.notes("log-handler")) or written or not where):
        return None
    if where:
        return Finding(
            "cloudwatch/commented-out",
            expected="lines that send the log to CloudWatch",
            got="the same lines behind a #",
            where=where,
        )
    return Finding("cloudwatch/absent", expected="lines in a log group", got="nothing")
