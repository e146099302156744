"""Judges the one pipeline that is left, by what it sends to Honeycomb: as step 01 does."""

from workshop.checks.evidence import Evidence
from workshop.checks.findings import Finding
from workshop.checks.honeycomb import silence, structure
from workshop.checks.honeycomb.makers import made_spans
from workshop.checks.opentelemetry_only.arrivals import Arrivals, Key

# What says that spans are missing, and not why.
MISSING = ("honeycomb/nothing-arrived", "honeycomb/not-every-request")


def judge(evidence: Evidence, arrived: Arrivals) -> list[Finding] | None:
    """Is each request traced, and is it one trace in both services?

    X-Ray gets what this pipeline makes: where it lacks something, so do both.

    Args:
        evidence: what one run left behind.
        arrived: what arrived.

    Returns:
        What speaks against it; None where spans that are not at Honeycomb are at X-Ray.
    """
    made = made_spans(evidence)
    found = [
        *silence.explain(evidence, made),
        *(structure.judge_requests(evidence, made) or []),
        *(structure.judge_context(evidence, made) or []),
    ]
    if arrived.at_xray_alone:
        return [each for each in found if each.id not in MISSING] or None
    return found


def read_services(evidence: Evidence) -> dict[str, set[Key]]:
    """Return the ids of what each service has at Honeycomb.

    Args:
        evidence: what one run left behind.
    """
    found: dict[str, set[Key]] = {}
    for each in made_spans(evidence):
        key = each.span.trace_id, each.span.span_id
        found.setdefault(each.service, set()).add(key)
    return found
