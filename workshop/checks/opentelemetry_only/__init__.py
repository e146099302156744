"""Judges step 10: does X-Ray get the very spans that Honeycomb gets, and is its SDK gone?"""

from collections.abc import Iterator

from workshop.checks import presence
from workshop.checks.evidence import Evidence
from workshop.checks.findings import Finding, Verdict
from workshop.checks.opentelemetry_only import (
    contents,
    keys,
    leftovers,
    pipeline,
    settings,
    silence,
)
from workshop.checks.opentelemetry_only.arrivals import Arrivals, read_arrivals
from workshop.checks.words import count

STEP = 10
NAME = "opentelemetry-only"
# What tells a commented line that signs spans from prose; the best first.
CODE = ("SigV4Auth(", "AWSRequest(")


def judge(evidence: Evidence) -> Verdict:
    """Judge what arrived at X-Ray's own OTLP endpoint, beside what arrived at Honeycomb.

    Args:
        evidence: what one run left behind.
    """
    arrived = read_arrivals(evidence)
    verdict = Verdict(STEP, NAME, "works", arrived=_describe_arrivals(arrived))
    if not silence.is_begun(evidence, arrived):
        verdict.state = "absent"
        verdict.findings.append(_explain_absence(evidence, arrived))
        return verdict
    for claim, findings in _claims(evidence, arrived):
        for finding in findings:
            known = verdict.notes if finding.entry.note else verdict.findings
            if finding.id not in [each.id for each in known]:
                known.append(finding)
        if not findings and claim:
            verdict.good.append(claim)
    if verdict.findings:
        verdict.state = "broken"
    return verdict


def explain_silence(evidence: Evidence) -> list[Finding]:
    """Return why nothing is at X-Ray of an app that sends it spans, and no segments of its SDK's.

    Args:
        evidence: what one run left behind.
    """
    arrived = read_arrivals(evidence)
    if (
        evidence.segments
        or presence.is_imported(evidence.folder, leftovers.MODULE)
        or not silence.is_begun(evidence, arrived)
    ):
        return []
    return silence.explain(evidence, arrived) or pipeline.judge(evidence, arrived) or []


def _claims(evidence: Evidence, arrived: Arrivals) -> Iterator[tuple[str, list[Finding]]]:
    """Yield each claim that can be judged, with what speaks against it; the first to mend first."""
    untraced = pipeline.judge(evidence, arrived)
    silent = silence.explain(evidence, arrived)
    # What keeps all spans from Honeycomb is told by then.
    unexplained = not silent and not (untraced and arrived.at_xray_alone)
    different = contents.judge_sameness(evidence, arrived) if unexplained else None
    judged: list[tuple[str, list[Finding] | None]] = [
        ("one pipeline traces each request, through both services", untraced),
        ("spans arrive at X-Ray's own endpoint", silent),
        ("Honeycomb and X-Ray have the same spans", different),
        (
            "each request is traced once: the X-Ray SDK is gone",
            leftovers.judge_code(evidence, arrived),
        ),
        (
            "queries are on the map",
            None if untraced or different else contents.judge_queries(evidence, arrived),
        ),
        (
            "what was an annotation is an indexed attribute",
            None if different else contents.judge_annotations(evidence, arrived),
        ),
        ("Honeycomb's key stays with Honeycomb", keys.judge(evidence)),
        ("", keys.judge_compression(evidence)),
        ("docker-compose.yml runs no daemon, and says where X-Ray is", settings.judge(evidence)),
        ("requirements.txt no longer brings the X-Ray SDK", leftovers.judge_packages(evidence)),
    ]
    for claim, findings in judged:
        if findings is not None:
            yield claim, findings


def _describe_arrivals(arrived: Arrivals) -> str:
    if not arrived.spans and not arrived.sdk_segments:
        return "nothing at X-Ray"
    parts = [count(len(arrived.spans), "span")] if arrived.spans else []
    if arrived.sdk_segments:
        parts.append(f"{count(arrived.sdk_segments, 'segment')} of the X-Ray SDK")
    return (
        f"at X-Ray {' and '.join(parts)}, at Honeycomb {count(len(arrived.at_honeycomb), 'span')}"
    )


def _explain_absence(evidence: Evidence, arrived: Arrivals) -> Finding:
    where = presence.commented_out(evidence.folder, CODE)
    if where:
        return Finding(
            "opentelemetry-only/commented-out",
            expected="lines that send spans to X-Ray's own endpoint",
            got="the same lines behind a #",
            where=where,
        )
    through = "segments of the X-Ray SDK, through its daemon" if arrived.sdk_segments else "nothing"
    return Finding(
        "opentelemetry-only/absent",
        expected="spans at X-Ray's own OTLP endpoint",
        got=through,
        where=evidence.where("xray-middleware", "backend"),
    )
