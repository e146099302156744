"""Judges whether subsegments are ended once, and left alone after that."""

from collections.abc import Sequence

from workshop.checks.evidence import Evidence
from workshop.checks.findings import Finding
from workshop.checks.subsegments.failures import failed_with
from workshop.checks.subsegments.parts import Answered

ENDED = "AlreadyEndedException"


def judge_ends(evidence: Evidence, answered: Sequence[Answered]) -> list[Finding] | None:
    """Is each of the app's own subsegments ended once?

    Args:
        evidence: what one run left behind.
        answered: the requests that X-Ray was told of.

    Returns:
        What speaks against it; None where none has arrived.
    """
    note = next(evidence.notes("nothing-to-end"), None)
    if note is not None:
        return [
            Finding(
                "subsegments/ended-twice",
                expected="one end for each subsegment that is opened",
                got="one end too many: nothing of its own is left for it to end",
                where=note["where"],
            )
        ]
    return [] if any(each.own for each in answered) else None


def judge_puts(evidence: Evidence) -> list[Finding]:
    """Is something put on a subsegment, or a segment, after its end?

    Args:
        evidence: what one run left behind.
    """
    failed = failed_with(evidence, ENDED)
    if failed is None:
        return []
    return [
        Finding(
            "subsegments/put-after-end",
            expected="annotations and metadata put while their subsegment is open",
            got=f"{failed.asked}, {ENDED}: it had ended before",
            where=failed.where,
            explains=ENDED,
        )
    ]
