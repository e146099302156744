"""Judges step 06: does the app send little in production, and everything that failed?

It runs the app with ENVIRONMENT=production, in a sandbox of its own. Where all is well there, that
alone is enough; otherwise it also takes the run in which everything is kept, to say what is wrong.
"""

from collections.abc import Iterator

from workshop import processes
from workshop.checks import presence
from workshop.checks.evidence import Evidence
from workshop.checks.findings import Finding, Verdict
from workshop.checks.spending import errors, kept, production, quiet
from workshop.checks.spending.production import Production
from workshop.checks.target import Target
from workshop.checks.words import count

STEP = 6
NAME = "spending"
# What tells a commented line that saves from prose; the best first.
CODE = ("ThriftyProcessor(", "TraceIdRatioBased(", "add_payload_handler(", "ParentBased(", "Cap(")


def judge(evidence: Evidence) -> Verdict:
    """Judge what an app sends in production, where most requests are like the others.

    Args:
        evidence: what one run left behind; the app is run once more, if it was not already.

    Raises:
        WorkshopError: it was stopped by a signal.
    """
    has_lines = any(evidence.log_events.values())
    if not evidence.traces or not has_lines:
        verdict = Verdict(STEP, NAME, "absent", arrived="too little to save on")
        if has_lines and presence.is_imported(evidence.folder, "opentelemetry"):
            verdict.state = "broken"
            verdict.findings.append(_explain_silence(evidence))
        else:
            got = "not judged: the traces of step 01 and the log of step 04 are not both in yet"
            verdict.findings.append(_explain_absence(evidence, got))
        return verdict
    return _judge_production(evidence, evidence.in_production or production.run(evidence.target))


def judge_alone(target: Target) -> tuple[Evidence, Verdict | None]:
    """Judge an app by its run in production alone, as far as that is enough.

    Args:
        target: the app.

    Returns:
        What that run left behind, and the verdict; none where anything at all is open.

    Raises:
        WorkshopError: it was stopped by a signal.
    """
    found = production.run(target)
    evidence = Evidence(
        target,
        "",
        services=found.services,
        asked=found.asked,
        traces=found.traces,
        log_events=found.log_events,
        occurrences=found.occurrences,
        in_production=found,
    )
    if not found.traces or not found.lines or not _all_ran_well(evidence):
        return evidence, None
    if any(evidence.notes("report-span")) or not errors.is_another_reported(found):
        return evidence, None
    verdict = _judge_production(evidence, found)
    return evidence, verdict if verdict.state == "works" else None


def _all_ran_well(evidence: Evidence) -> bool:
    """Tell whether each service ran to its end with the probe in it, and left nothing behind."""
    return all(
        ran.willing and not ran.failure and not ran.left_behind and evidence.is_probed(name)
        for name, ran in evidence.services.items()
    )


def _judge_production(evidence: Evidence, found: Production) -> Verdict:
    verdict = Verdict(STEP, NAME, "works", arrived=_describe(found))
    broken = _judge_running(evidence, found)
    if broken:
        verdict.state = "broken"
        verdict.findings += broken
        return verdict
    if _saves_nothing(found):
        verdict.state = "absent"
        got = "every trace, every line and every occurrence"
        verdict.findings.append(_explain_absence(evidence, got))
        return verdict
    for claim, findings in _claims(evidence, found):
        verdict.findings += findings
        if not findings:
            verdict.good.append(claim)
    verdict.notes += quiet.judge_sdks(found)
    if verdict.findings:
        verdict.state = "broken"
    return verdict


def _claims(evidence: Evidence, found: Production) -> Iterator[tuple[str, list[Finding]]]:
    """Yield each claim that can be judged, with what speaks against it; the worst first."""
    share = kept.judge_share(evidence, found)
    # What is not sampled needs no weight, and nothing of it is missing.
    samples = not share
    judged: list[tuple[str, list[Finding] | None]] = [
        ("every request that fails has its error span", errors.judge_spans(evidence, found)),
        ("every request that fails has its ERROR line", errors.judge_lines(evidence, found)),
        (
            "an error in a loop is reported a few times, and hides no other",
            errors.judge_occurrences(evidence, found),
        ),
        ("of the requests that go well, at most half are traced", share),
        (
            "a trace is kept whole, by both services, or not at all",
            kept.judge_wholeness(evidence, found) if samples else None,
        ),
        (
            "each kept trace says how many it stands for",
            kept.judge_rates(evidence, found) if samples else None,
        ),
        ("health checks make no span and no line", quiet.judge_health_checks(evidence, found)),
        ("reports to Rollbar are not traced", quiet.judge_reports(evidence)),
    ]
    for claim, findings in judged:
        if findings is not None:
            yield claim, findings


def _saves_nothing(found: Production) -> bool:
    """Tell whether everything arrives: the app is as it was before this step."""
    return (
        len(kept.find_roots(found)) == len(found.light)
        and quiet.count_spans(found) == len(found.health)
        and quiet.count_lines(found) >= len(found.health)
        and len(found.occurrences) > errors.failures(found)
    )


def _judge_running(evidence: Evidence, found: Production) -> list[Finding]:
    """Does the app run in production as it does elsewhere?"""
    ran = [found.services[program.name] for program in evidence.target.programs]
    down = next((each for each in ran if each.failure), None)
    bad = [each for each in found.light if not each.answered and each.status != 404]
    if not down and not bad:
        return []
    got = (
        str(bad[0]) if bad else f"{down.name if down else 'backend'} did not start or keep running"
    )
    output = (down or ran[0]).output
    return [
        Finding(
            "spending/fails-in-production",
            expected=f"with ENVIRONMENT={production.ENVIRONMENT}, the same answers as without",
            got=f"{got}: {processes.last_error(output)}",
        )
    ]


def _describe(found: Production) -> str:
    requests = [*found.light, *found.failing, *found.health]
    if not requests:
        return "nothing: the app did not run in production"
    return (
        f"in production, of {count(len(found.light), 'light request')}, "
        f"{len(found.failing)} that fail alike and {count(len(found.health), 'health check')}"
    )


def _explain_absence(evidence: Evidence, got: str) -> Finding:
    where = presence.commented_out(evidence.folder, CODE)
    if where:
        return Finding(
            "spending/commented-out",
            expected="lines that decide what is sent in production",
            got="the same lines behind a #",
            where=where,
        )
    return Finding(
        "spending/absent",
        expected="in production, less than everything",
        got=got,
    )


def _explain_silence(evidence: Evidence) -> Finding:
    return Finding(
        "spending/no-traces",
        expected="traces at Honeycomb while KEEP_ONE_TRACE_IN=1, of which production keeps a part",
        got="none, though lines arrive in CloudWatch",
        where=kept.where(evidence),
    )
