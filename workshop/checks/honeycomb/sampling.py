"""Explains spans that were never recorded, because a setting said so."""

import re

from workshop.checks.evidence import Evidence
from workshop.checks.findings import Finding
from workshop.checks.honeycomb import settings

ALWAYS_ON = "AlwaysOnSampler"


def explain(evidence: Evidence, service: str) -> Finding | None:
    """Return what switches a service's spans off, or nothing.

    Args:
        evidence: what one run left behind.
        service: which of the services.
    """
    provider = next(evidence.notes("provider", service), None)
    if provider is None:
        return None
    if provider["disabled"]:
        where = settings.where_set(evidence, service, "OTEL_SDK_DISABLED")
        return Finding(
            "honeycomb/sdk-disabled",
            expected="OpenTelemetry switched on",
            got="OTEL_SDK_DISABLED is true, so no span is recorded",
            where=where or provider["where"],
        )
    root = re.search(r"root:(\w+(?:\{[^}]*\})?)", provider["sampler"])
    sampler = root.group(1) if root else str(provider["sampler"])
    if sampler == ALWAYS_ON:
        return None
    where = settings.where_set(evidence, service, "OTEL_TRACES_SAMPLER")
    return Finding(
        "honeycomb/sampled-out",
        expected="a trace for each request",
        got=f"a sampler that leaves some or all of them out: {sampler}",
        where=where or provider["where"],
    )
