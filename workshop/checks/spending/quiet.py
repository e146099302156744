"""Judges what nobody has ever searched for: health checks, and what an SDK says of itself."""

from workshop.checks import presence
from workshop.checks.evidence import Evidence
from workshop.checks.findings import Finding
from workshop.checks.spending.production import HEALTH, HEALTH_CHECKS, Production
from workshop.checks.words import request_path, spans_of
from workshop.sandbox.honeycomb.traces import Span

REPORTS = "/api/1/item"
SDKS = ("aws_xray_sdk", "botocore", "opentelemetry", "rollbar", "urllib3")


def count_spans(found: Production) -> int:
    """Return how many spans of health checks arrived."""
    return sum(
        span.kind == "server" and request_path(span) == HEALTH
        for trace in found.traces
        for span in trace.spans
    )


def count_lines(found: Production) -> int:
    """Return how many log lines of health checks arrived."""
    return sum(
        line.get("path") == HEALTH or HEALTH in str(line.get("message", "")) for line in found.lines
    )


def judge_health_checks(evidence: Evidence, found: Production) -> list[Finding]:
    """Do health checks make neither spans nor lines?

    Args:
        evidence: of the run in which everything is kept.
        found: what production left behind.
    """
    expected = f"nothing of {HEALTH_CHECKS} health checks that went well"
    findings = []
    if count_spans(found):
        written = presence.find_call(evidence.folder, "instrument_app")
        findings.append(
            Finding(
                "spending/health-checks-traced",
                expected=f"{expected} at Honeycomb",
                got=f"spans of GET {HEALTH}",
                where=written.where if written else "",
            )
        )
    if count_lines(found):
        findings.append(
            Finding(
                "spending/health-checks-logged",
                expected=f"{expected} in CloudWatch",
                got=f"lines about GET {HEALTH}",
                where=evidence.route(HEALTH),
            )
        )
    return findings


def judge_reports(evidence: Evidence) -> list[Finding] | None:
    """Are reports to Rollbar left out of the traces?

    Args:
        evidence: of the run in which everything is kept.

    Returns:
        The findings; None where nothing was reported.
    """
    if not evidence.occurrences:
        return None
    calls = (
        span
        for span in spans_of(evidence.traces)
        if span.kind == "client" and REPORTS in str(_read_url(span))
    )
    if not any(calls):
        return []
    written = presence.find_call(evidence.folder, "RequestsInstrumentor")
    return [
        Finding(
            "spending/reports-traced",
            expected="nothing at Honeycomb about what is sent to Rollbar",
            got=f"a span for each POST to {REPORTS}",
            where=written.where if written else "",
        )
    ]


def _read_url(span: Span) -> object:
    """Return the address that a client span names, by either conventions."""
    return span.attributes.get("url.full") or span.attributes.get("http.url")


def judge_sdks(found: Production) -> list[Finding]:
    """Does an SDK's own INFO go to CloudWatch?

    Args:
        found: what production left behind.
    """
    talking = sorted(
        {
            str(line["logger"]).partition(".")[0]
            for line in found.lines
            if str(line.get("logger", "")).startswith(SDKS)
            and line.get("level") in ("DEBUG", "INFO")
        }
    )
    if not talking:
        return []
    return [
        Finding(
            "spending/sdk-chatter",
            expected="of an SDK's own log, only warnings and errors in CloudWatch",
            got=f"what {' and '.join(talking)} says at INFO",
        )
    ]
