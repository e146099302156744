"""Judges the traces: has each request one id at both, and nothing of it an id of its own?"""

from workshop.checks.correlation import reports
from workshop.checks.correlation.following import Followed
from workshop.checks.evidence import Evidence
from workshop.checks.findings import Finding
from workshop.checks.traffic import find_trace_ids
from workshop.checks.words import count, listed, tally


def find_silent(evidence: Evidence) -> list[str]:
    """Return those of the four at which nothing arrived, though there was something to send.

    Args:
        evidence: what one run left behind.
    """
    arrived = {
        "Honeycomb": bool(evidence.traces),
        "X-Ray": bool(evidence.segments),
        "CloudWatch": any(evidence.log_events.values()),
        "Rollbar": bool(evidence.occurrences) or reports.had_nothing(evidence),
    }
    return [name for name, is_there in arrived.items() if not is_there]


def judge_silence(evidence: Evidence) -> list[Finding]:
    """Did anything arrive at each of the four?

    Args:
        evidence: what one run left behind.
    """
    silent = find_silent(evidence)
    if not silent:
        return []
    return [
        Finding(
            "correlation/nothing-arrived",
            expected="something at all four, so that each can lead to the others",
            got=f"nothing at {listed(silent)}",
        )
    ]


def judge_ids(evidence: Evidence, followed: list[Followed]) -> list[Finding] | None:
    """Has each request the same id at Honeycomb as at X-Ray?

    Args:
        evidence: what one run left behind.
        followed: each request, with what the tools have of it.
    """
    both = [each for each in followed if each.ids and each.xray_ids]
    if not both:
        return None
    differ = [each for each in both if not each.ids & each.xray_ids]
    if not differ:
        return []
    return [
        Finding(
            "correlation/two-ids",
            expected="at X-Ray the id that the request has at Honeycomb",
            got=f"another, in {len(differ)} of {count(len(both), 'request')}",
            nearest=str(differ[0].asked) if len(differ) < len(both) else "",
            where=evidence.where("xray-middleware", "backend"),
        )
    ]


def judge_parts(
    evidence: Evidence, followed: list[Followed], at_xray: bool
) -> list[Finding] | None:
    """Is all that a request does in its own trace?

    Args:
        evidence: what one run left behind.
        followed: each request, with what the tools have of it.
        at_xray: look there, too.
    """
    if not any(each.known_ids for each in followed):
        return None
    for each in followed:
        astray = [trace for trace in each.traces if trace.trace_id not in each.ids]
        if each.ids and astray:
            begin = tally(
                f"{span.service}: {span.name}" for trace in astray for span in trace.roots
            )
            got = f"{count(len(astray), 'trace')} beside it at Honeycomb: {begin}"
            return [_explain_parts(evidence, each, got)]
        apart = [
            trace
            for trace in each.segments
            if trace.root and not find_trace_ids(trace.trace_id) & each.xray_ids
        ]
        if at_xray and each.xray_ids and apart:
            begin = tally(trace.root.name for trace in apart if trace.root)
            got = f"{count(len(apart), 'trace')} beside it at X-Ray: {begin}"
            return [_explain_parts(evidence, each, got)]
    return []


def _explain_parts(evidence: Evidence, followed: Followed, got: str) -> Finding:
    return Finding(
        "correlation/parts-astray",
        expected=f"all that {followed.asked.method} {followed.path} does in its one trace",
        got=got,
        where=evidence.route(followed.path),
    )
