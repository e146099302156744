"""Judges step 01: do the app's traces arrive, whole, named, with spans of its own?"""

from collections.abc import Iterator

from workshop.checks import presence
from workshop.checks.evidence import Evidence
from workshop.checks.findings import Finding, Verdict
from workshop.checks.honeycomb import (
    conventions,
    leaving,
    own_spans,
    packages,
    settings,
    silence,
    structure,
)
from workshop.checks.honeycomb.makers import made_spans
from workshop.checks.words import count, spans_of

STEP = 1
NAME = "honeycomb"
# What tells a commented line of OpenTelemetry's from prose.
CODE = ("TracerProvider", "BatchSpanProcessor", "FlaskInstrumentor", "opentelemetry")


def judge(evidence: Evidence) -> Verdict:
    """Judge what arrived at Honeycomb, from the outside in.

    Each claim is judged where there is enough to tell, whatever else is wrong, and not where it
    could only repeat what another has said: one mistake gives one finding.

    Args:
        evidence: what one run left behind.
    """
    verdict = Verdict(STEP, NAME, "works", arrived=_describe_arrivals(evidence))
    if not evidence.traces and not presence.is_imported(evidence.folder, "opentelemetry"):
        verdict.state = "absent"
        verdict.findings.append(_explain_absence(evidence))
        return verdict
    for claim, findings in _claims(evidence):
        for finding in findings:
            known = verdict.notes if finding.entry.note else verdict.findings
            if finding.id not in [each.id for each in known]:
                known.append(finding)
        if not findings and claim:
            verdict.good.append(claim)
    if verdict.findings:
        verdict.state = "broken"
    return verdict


def _claims(evidence: Evidence) -> Iterator[tuple[str, list[Finding]]]:
    """Yield each claim that can be judged, with what speaks against it; the first to mend first."""
    made = made_spans(evidence)
    silent = silence.explain(evidence, made)
    requests = structure.judge_requests(evidence, made)
    # What keeps profiles silent may be missed in backend too, and is told of backend first.
    told = {each.id for each in requests or []}
    arrived = [each for each in silent if each.id not in told]
    # What is opened through a provider that was never set is lost, and would be missed below.
    unset = any(each.id == "honeycomb/provider-not-set" for each in silent)
    judged: list[tuple[str, list[Finding] | None]] = [
        ("the traces arrive, and the key is accepted", arrived if arrived or not silent else None),
        ("every request became a trace", requests),
        ("each service has a name of its own", structure.judge_names(evidence, made)),
        (
            "backend and profiles share each trace",
            None if unset else structure.judge_context(evidence, made),
        ),
        (
            "spans of your own time the feed and the search",
            None if unset else own_spans.judge_presence(evidence, made),
        ),
        ("your own spans carry attributes", own_spans.judge_attributes(evidence, made)),
        (
            "spans leave in batches, each once, while no request waits",
            leaving.judge_processors(evidence),
        ),
        ("nothing is lost when the app stops", leaving.judge_exit(evidence, made)),
        ("", conventions.judge_attribute_names(evidence, made)),
        ("", conventions.judge_repetition(evidence)),
        ("docker-compose.yml says where to send, and with which key", settings.judge(evidence)),
        ("requirements.txt brings what the app imports", packages.judge(evidence)),
    ]
    for claim, findings in judged:
        if findings is not None:
            yield claim, findings


def _describe_arrivals(evidence: Evidence) -> str:
    if not evidence.traces:
        refused = sorted({str(each.status) for each in evidence.refused_traces})
        return f"nothing; what came was refused ({', '.join(refused)})" if refused else "nothing"
    per_service: dict[str, int] = {}
    for span in spans_of(evidence.traces):
        per_service[span.service] = per_service.get(span.service, 0) + 1
    parts = [f"{count(number, 'span')} from {name}" for name, number in sorted(per_service.items())]
    return f"{count(len(evidence.traces), 'trace')}: {', '.join(parts)}"


def _explain_absence(evidence: Evidence) -> Finding:
    where = presence.commented_out(evidence.folder, CODE)
    if where:
        return Finding(
            "honeycomb/commented-out",
            expected="lines that set OpenTelemetry up",
            got="the same lines behind a #",
            where=where,
        )
    return Finding("honeycomb/absent", expected="a trace for each request", got="nothing")
