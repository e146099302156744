"""Judges how spans leave for AWS: with nobody else's key, and small."""

from workshop.checks.evidence import Evidence
from workshop.checks.findings import Finding
from workshop.checks.notes import Note

FOREIGN = "x-honeycomb-team"


def judge(evidence: Evidence) -> list[Finding] | None:
    """Does Honeycomb's key stay out of what is sent to AWS?

    Args:
        evidence: what one run left behind.

    Returns:
        What speaks against it; None where the check could not look into what is sent.
    """
    sent = _to_aws(evidence)
    if not sent:
        return None
    if not any(FOREIGN in note["headers"] for note in sent):
        return []
    return [
        Finding(
            "opentelemetry-only/key-sent-along",
            expected="no key of Honeycomb's in what is sent to AWS",
            got=f"the header {FOREIGN}, which OTEL_EXPORTER_OTLP_HEADERS gives to every exporter",
            where=_where(evidence),
        )
    ]


def judge_compression(evidence: Evidence) -> list[Finding] | None:
    """Are spans sent compressed?

    Args:
        evidence: what one run left behind.

    Returns:
        A note, where they are not; None where the check could not look into what is sent.
    """
    sent = _to_aws(evidence)
    if not sent:
        return None
    if all(note["encoding"] for note in sent):
        return []
    return [
        Finding(
            "opentelemetry-only/not-compressed",
            expected="spans compressed with gzip, to a tenth of their size",
            got="as they are",
            where=_where(evidence),
        )
    ]


def _to_aws(evidence: Evidence) -> list[Note]:
    return [note for note in evidence.notes("spans-sent") if note["scheme"]]


def _where(evidence: Evidence) -> str:
    notes = evidence.notes("exporter")
    return next((str(note["where"]) for note in notes if note["for_aws"]), "")
