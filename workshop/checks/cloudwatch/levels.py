"""Judges the levels of the lines about requests: can what failed be told from what did not?"""

from workshop.checks.cloudwatch.lines import ERROR, LEVEL_NAMES
from workshop.checks.cloudwatch.places import where_written
from workshop.checks.cloudwatch.requests_told import Story, Told
from workshop.checks.evidence import Evidence
from workshop.checks.findings import Finding


def judge(evidence: Evidence, story: Story) -> list[Finding] | None:
    """Does the level of each request's line follow from the answer's status?

    An answer in the 400s may be told at any level: whose mistake it is, each app sees differently.

    Args:
        evidence: what one run left behind.
        story: what its log tells of the known traffic.

    Returns:
        What speaks against it; None where no line says its level, and no note does.
    """
    told = story.with_line
    if not told:
        return None
    wrong = next((each for each in told if each.status not in (None, each.asked.status)), None)
    if wrong:
        return [_explain_status(evidence, wrong)]
    levels = [(each, each.line.level if each.line else None) for each in told]
    if any(level is None for _, level in levels):
        return _judge_noted(evidence, story)
    failing = [(each, level) for each, level in levels if each.asked.status >= 500]
    loud = [(e, level) for e, level in levels if e.asked.status < 400 and (level or 0) >= ERROR]
    if loud:
        return [_explain_loud(evidence, str(loud[0][0].asked), loud[0][1])]
    quiet = [(each, level) for each, level in failing if (level or 0) < ERROR]
    if quiet:
        return [_explain_quiet(evidence, str(quiet[0][0].asked), quiet[0][1])]
    return []


def _judge_noted(evidence: Evidence, story: Story) -> list[Finding] | None:
    """Judge by what the app was seen to log at, where the lines themselves do not say."""
    noted = {int(note["level"]) for note in evidence.notes("log-line", "backend") if note["about"]}
    succeeds = next((each for each in story.with_line if each.asked.status < 400), None)
    fails = next((each for each in story.with_line if each.asked.status >= 500), None)
    if noted and min(noted) >= ERROR and succeeds:
        return [_explain_loud(evidence, str(succeeds.asked), min(noted))]
    if noted and max(noted) < ERROR and fails:
        return [_explain_quiet(evidence, str(fails.asked), max(noted))]
    if not any(each.line and each.line.is_structured for each in story.with_line):
        # A line without fields is told of elsewhere.
        return None
    return [
        Finding(
            "cloudwatch/no-level",
            expected="a field with the level of each line, such as level: ERROR",
            got=f"none in the line about {story.with_line[0].asked}",
            where=evidence.where("log-handler"),
        )
    ]


def _explain_status(evidence: Evidence, told: Told) -> Finding:
    return Finding(
        "cloudwatch/wrong-status",
        expected=f"the status that was answered: {told.asked}",
        got=f"a line that says {told.status}",
        where=where_written(evidence),
    )


def _explain_loud(evidence: Evidence, asked: str, level: int | None) -> Finding:
    return Finding(
        "cloudwatch/everything-at-error",
        expected="INFO for a request that succeeds, ERROR for one that fails",
        got=f"{asked} at {LEVEL_NAMES.get(level or 0, level)}",
        where=where_written(evidence),
    )


def _explain_quiet(evidence: Evidence, asked: str, level: int | None) -> Finding:
    return Finding(
        "cloudwatch/failures-not-errors",
        expected="ERROR for a request that fails",
        got=f"{asked} at {LEVEL_NAMES.get(level or 0, level)}",
        where=where_written(evidence),
    )
