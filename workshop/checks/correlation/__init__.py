"""Judges step 08: does one id lead from each tool, and from the answer, to the rest?"""

from collections.abc import Iterator

from workshop.checks.correlation import answers, lines, reports, traces
from workshop.checks.correlation.following import Followed, follow
from workshop.checks.evidence import Evidence
from workshop.checks.findings import Finding, Verdict
from workshop.checks.words import count, listed

STEP = 8
NAME = "correlation"


def judge(evidence: Evidence) -> Verdict:
    """Judge whether each request can be found from any tool in the three others.

    Which request a span, a segment or a line belongs to is told by its moment, as the known
    traffic is sent one request after another; then the ids are compared.

    Args:
        evidence: what one run left behind.
    """
    followed = follow(evidence)
    verdict = Verdict(STEP, NAME, "works", arrived=_describe_arrivals(evidence, followed))
    if _is_absent(evidence, followed):
        verdict.state = "absent"
        verdict.findings.append(_explain_absence(evidence))
        return verdict
    for claim, findings in _claims(evidence, followed):
        verdict.findings += findings
        if not findings:
            verdict.good.append(claim)
    verdict.notes += lines.note_printed(evidence, followed) + reports.note_nothing(evidence)
    if verdict.findings:
        verdict.state = "broken"
    return verdict


def _claims(evidence: Evidence, followed: list[Followed]) -> Iterator[tuple[str, list[Finding]]]:
    """Yield each claim that can be judged, with what speaks against it; the first to mend first."""
    two_ids = traces.judge_ids(evidence, followed)
    astray = traces.judge_parts(evidence, followed, at_xray=not two_ids)
    judged: list[tuple[str, list[Finding] | None]] = [
        ("none of the four is silent without a reason", traces.judge_silence(evidence)),
        ("Honeycomb and X-Ray know each request by one id", two_ids),
        ("each request is one trace, with all its parts", astray),
        # Code that does not know its request writes and reports without the id, too.
        (
            "each log line of a request has its id",
            _unless(astray, lines.judge(evidence, followed, parts_astray=bool(astray))),
        ),
        ("each report to Rollbar has it", _unless(astray, reports.judge(evidence, followed))),
        ("each error answer says it", answers.judge_errors(evidence, followed)),
        (
            "each answer has it in a header, recorded or not",
            _unless(two_ids, answers.judge_headers(evidence, followed, at_xray=not two_ids)),
        ),
    ]
    for claim, findings in judged:
        if findings is not None:
            yield claim, findings


def _unless(known: list[Finding] | None, findings: list[Finding] | None) -> list[Finding] | None:
    """Return findings; where another one is known, and so less was looked at, no praise."""
    return findings or None if known else findings


def _is_absent(evidence: Evidence, followed: list[Followed]) -> bool:
    """Tell whether nothing of this step is there: as after the steps before."""
    shared = any(each.ids & each.xray_ids for each in followed)
    told = any(reports.find_ids(each) for each in evidence.occurrences)
    return not (shared or told or any(each.asked.body_ids for each in followed))


def _explain_absence(evidence: Evidence) -> Finding:
    silent = traces.find_silent(evidence)
    got = f"nothing at {listed(silent)}" if silent else "two ids for each request, and none told"
    return Finding(
        "correlation/absent",
        expected="one id for each request, at all four and in its answer",
        got=got,
    )


def _describe_arrivals(evidence: Evidence, followed: list[Followed]) -> str:
    tools = {
        "Honeycomb": any(each.ids for each in followed),
        "X-Ray": any(each.xray_ids for each in followed),
        "CloudWatch": any(each.lines for each in followed),
        "Rollbar": bool(evidence.occurrences),
    }
    there = [name for name, is_there in tools.items() if is_there]
    if not there:
        return "nothing"
    return f"{count(len(followed), 'request')} to follow, through {listed(there)}"
