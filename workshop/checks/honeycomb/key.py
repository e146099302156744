"""Explains a key that is missing, unreadable or refused."""

import re

from workshop.checks.findings import Finding

# The SDK's own warning about an entry of OTEL_EXPORTER_OTLP_HEADERS that it drops.
MALFORMED = re.compile(r"Header format invalid!.*?(?:specification|occurrences): (.*)")
REFUSED = "401"
GOOD = "x-honeycomb-team=YOUR_KEY"


def explain(answer: str, output: str, where: str) -> Finding | None:
    """Return what is wrong with the key, or nothing.

    Args:
        answer: what the receiver refused a delivery with, such as `401, unknown API key`; may be
            empty.
        output: what the sender printed.
        where: where in the learner's files the header was decided, where that is known.
    """
    if not answer.startswith(REFUSED):
        return None
    unreadable = MALFORMED.search(output)
    if unreadable:
        return Finding(
            "honeycomb/key-malformed",
            expected=f"OTEL_EXPORTER_OTLP_HEADERS: {GOOD}",
            got=f"{_without_key(unreadable.group(1))}, which OpenTelemetry cannot read, and drops",
            where=where,
        )
    if "missing" in answer:
        return Finding(
            "honeycomb/key-missing",
            expected=f"the header {GOOD} with each delivery",
            got=f"a delivery without it, refused with {answer}",
            where=where,
        )
    return Finding(
        "honeycomb/key-refused",
        expected="a key that the receiver knows; the sandbox's is the word sandbox",
        got=f"another one, refused with {answer}",
        where=where,
    )


def _without_key(entry: str) -> str:
    """Return an entry of the headers with whatever may be a key left out."""
    return re.sub(r"([:=]\s*)[^\s\"']+", r"\1…", entry)
