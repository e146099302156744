"""Judges the log groups: is there an end to how long they keep what they are sent?"""

from workshop.checks import presence
from workshop.checks.cloudwatch.lines import Line
from workshop.checks.evidence import Evidence
from workshop.checks.findings import Finding


def judge_retention(evidence: Evidence, lines: list[Line]) -> list[Finding] | None:
    """Has each group that got lines a retention?

    Args:
        evidence: what one run left behind.
        lines: all that arrived.

    Returns:
        What speaks against it; None where nothing arrived.
    """
    used = {line.group for line in lines}
    endless = [
        group.name
        for group in evidence.log_groups
        if group.name in used and group.retention_days is None
    ]
    if not used:
        return None
    if not endless:
        return []
    return [
        Finding(
            "cloudwatch/no-retention",
            expected=f"a retention for the log group {endless[0]}, such as 7 days",
            got="none, so CloudWatch keeps each line for ever",
            where=_where_made(evidence),
        )
    ]


def _where_made(evidence: Evidence) -> str:
    """Return where the app has its group made."""
    calls = evidence.notes("logs-call")
    made = (note for note in calls if note["operation"] == "CreateLogGroup")
    places = (str(note["lines"][0]) for note in made if note["lines"])
    written = presence.find_call(evidence.folder, "CloudWatchLogHandler")
    return next(places, "") or (written.where if written else "")
