"""Judges what is kept of the requests in which nothing happened: few traces, whole and weighted."""

import math

from workshop.checks import presence
from workshop.checks.evidence import Evidence
from workshop.checks.findings import Finding
from workshop.checks.spending.production import SEARCH, Production
from workshop.checks.words import count, request_path
from workshop.sandbox.honeycomb.traces import Span, Trace

# More than this share of the traces is more than half of them, whatever chance does.
MOST = 0.75
# What a sample may differ from what its rate says, in standard deviations.
DEVIATIONS = 5.0
PROCESSORS = ("SpanProcessor", "BatchSpanProcessor", "TraceIdRatioBased", "ThriftyProcessor")
SAMPLERS = ("TraceIdRatioBased", "ParentBasedTraceIdRatio")


def find_roots(found: Production) -> list[Span]:
    """Return the spans in which backend answered the light requests, of those that were kept."""
    paths = {each.path.partition("?")[0] for each in found.light}
    return [
        span
        for trace in found.traces
        for span in trace.roots
        if span.kind == "server" and not span.missing_parent and request_path(span) in paths
    ]


def where(evidence: Evidence) -> str:
    """Return where the app decides what is kept, or where its spans leave."""
    for name in (*SAMPLERS, *PROCESSORS, "TracerProvider"):
        written = presence.find_call(evidence.folder, name)
        if written:
            return written.where
    return ""


def judge_share(evidence: Evidence, found: Production) -> list[Finding]:
    """Are at most half of the traces kept, and some?

    Args:
        evidence: of the run in which everything is kept.
        found: what production left behind.
    """
    sent, kept = len(found.light), len(find_roots(found))
    requests = f"{count(sent, 'request')} that went well"
    if not kept:
        return [
            Finding(
                "spending/nothing-kept",
                expected=f"in production, a part of the traces of {requests}",
                got="not one of them",
                where=where(evidence),
            )
        ]
    if kept == sent:
        return [
            Finding(
                "spending/samples-nothing",
                expected=f"in production, at most half of the traces of {requests}",
                got="all of them",
                where=where(evidence),
            )
        ]
    if kept > MOST * sent:
        return [
            Finding(
                "spending/still-chatty",
                expected=f"in production, at most half of the traces of {requests}",
                got="most of them, far more than half",
                where=where(evidence),
            )
        ]
    return []


def judge_wholeness(evidence: Evidence, found: Production) -> list[Finding] | None:
    """Is each trace kept as a whole, or not at all?

    Args:
        evidence: of the run in which everything is kept.
        found: what production left behind.

    Returns:
        The findings; None where only one service is traced.
    """
    if not evidence.target.ours:
        return None
    quiet = SEARCH.partition("?")[0]
    torn = [trace for trace in found.traces if _is_torn(trace, quiet) and not _has_failed(trace)]
    if not torn:
        return []
    return [
        Finding(
            "spending/traces-torn",
            expected="backend and profiles keep the same traces",
            got="traces of which one service has kept its part, and the other has not",
            where=where(evidence),
        )
    ]


def _is_torn(trace: Trace, quiet: str) -> bool:
    """Tell whether a part of a request that calls profiles is missing."""
    answered = [span for span in trace.roots if span.kind == "server"]
    if not answered or any(request_path(span) == quiet for span in answered):
        return False
    is_person = any("/activities/@" in request_path(span) for span in answered)
    is_half = is_person and "profiles" not in {span.service for span in trace.spans}
    return is_half or any(span.missing_parent for span in answered)


def _has_failed(trace: Trace) -> bool:
    """Tell whether something in it failed: that is kept even where the rest is not."""
    return any(span.error for span in trace.spans)


def judge_rates(evidence: Evidence, found: Production) -> list[Finding]:
    """Does each kept trace say how many it stands for?

    Args:
        evidence: of the run in which everything is kept.
        found: what production left behind.
    """
    roots, sent = find_roots(found), len(found.light)
    rates = {found.rates.get((span.trace_id, span.span_id), 1) for span in roots}
    if rates <= {1}:
        return [
            Finding(
                "spending/sample-rate-missing",
                expected="on each span that is kept, SampleRate: how many it stands for",
                got="none, so that Honeycomb counts one request for each trace",
                where=where(evidence),
            )
        ]
    # Of a trace that stands for `rate`, so many should have been kept, give or take.
    share = sum(1 / rate for rate in rates) / len(rates)
    give = DEVIATIONS * math.sqrt(sent * share * (1 - share)) + 1
    if len(rates) == 1 and abs(len(roots) - sent * share) > give:
        return [
            Finding(
                "spending/sample-rate-wrong",
                expected=f"a SampleRate that makes the kept traces add up to {sent} requests",
                got=f"{rates.pop()} on each, which is far from what is left out",
                where=where(evidence),
            )
        ]
    return []
