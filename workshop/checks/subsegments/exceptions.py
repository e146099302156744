"""Says where a failure is recorded without the line that raised it."""

from collections.abc import Sequence

from workshop.checks.evidence import Evidence
from workshop.checks.findings import Finding
from workshop.checks.subsegments.failures import traceback_of
from workshop.checks.subsegments.parts import Answered
from workshop.checks.traffic import Asked


def judge(evidence: Evidence, answered: Sequence[Answered]) -> list[Finding] | None:
    """Is each exception also on a subsegment, which knows the line that raised it?

    Args:
        evidence: what one run left behind.
        answered: the requests that X-Ray was told of.

    Returns:
        A note, where one is not; None where nothing failed.
    """
    failed = [each for each in answered if each.segment.exceptions]
    for each in failed:
        if not any(part.fault for part in each.own):
            return [_describe(evidence, each)]
    return [] if failed else None


def _describe(evidence: Evidence, answered: Answered) -> Finding:
    traceback = traceback_of(evidence, Asked(answered.method, answered.path, 500))
    error = answered.segment.exceptions[0].get("type") or "the exception"
    return Finding(
        "subsegments/exception-without-line",
        expected=f"{error} on the subsegment around the code that raises it",
        got=f"only on the segment of {answered.method} {answered.path}, without that line",
        where=traceback.line_of_theirs(evidence.folder) if traceback else "",
    )
