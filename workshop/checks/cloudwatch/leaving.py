"""Judges the sending: what is lost at the stop, and lines that sending itself gives rise to."""

from workshop.checks.cloudwatch.lines import Line
from workshop.checks.cloudwatch.requests_told import Story, Told
from workshop.checks.cloudwatch.streams import may_have_dropped
from workshop.checks.evidence import Evidence
from workshop.checks.findings import Finding

# A client says a few things once, at any level.
NOISE_FROM = 20
NS_PER_MS = 1e6


def judge_exit(evidence: Evidence, story: Story) -> list[Finding] | None:
    """Does the last request's line arrive when the app is stopped right after it?

    Args:
        evidence: what one run left behind.
        story: what its log tells of the known traffic.

    Returns:
        What speaks against it; None where a request like the last one makes no line in any case.
    """
    last = story.last
    if last is None or not story.with_line:
        return None
    if last.line:
        return []
    if not is_cut_off(evidence, story):
        return None
    if may_have_dropped(evidence, last.asked.began_ns / NS_PER_MS, last.asked.ended_ns / NS_PER_MS):
        return None
    return [
        Finding(
            "cloudwatch/lost-at-exit",
            expected=f"the line about the last request before the stop, {last.asked}",
            got="the app stopped, and that line never came",
            where=evidence.where("hard-exit", "backend") or evidence.where("log-handler"),
        )
    ]


def is_cut_off(evidence: Evidence, story: Story) -> bool:
    """Tell whether the last lines are missing because the app stopped, and not for what they say.

    Args:
        evidence: what one run left behind.
        story: what its log tells of the known traffic.
    """
    if story.last is None or story.last.line:
        return False
    if any(evidence.notes("hard-exit", "backend")) or not evidence.backend.willing:
        return True
    kind = story.last.asked.status // 100
    alike = [each for each in without_end(story.told) if each.asked.status // 100 == kind]
    return bool(alike) and all(each.line for each in alike)


def without_end(told: list[Told]) -> list[Told]:
    """Return requests up to the last one that has a line.

    Args:
        told: the requests in order.
    """
    kept = list(told)
    while kept and not kept[-1].line:
        kept.pop()
    return kept


def judge_loop(lines: list[Line], evidence: Evidence) -> list[Finding]:
    """Do the lines that arrive speak of their own sending?

    Args:
        lines: all that arrived.
        evidence: what one run left behind.
    """
    noise = [line for line in lines if line.is_noise and "aws_xray_sdk" not in line.text]
    if len(noise) < NOISE_FROM:
        return []
    return [
        Finding(
            "cloudwatch/feedback-loop",
            expected="what the sending itself has to say kept out of CloudWatch",
            got="many lines of botocore's and urllib3's about lines that are being sent",
            where=evidence.where("log-handler"),
        )
    ]


def judge_arguments(evidence: Evidence) -> list[Finding]:
    """Return a note where the handler is given arguments under the names of old versions.

    Args:
        evidence: what one run left behind.
    """
    for note in evidence.notes("log-handler"):
        if note["old"]:
            name = note["old"][0]
            return [
                Finding(
                    "cloudwatch/old-argument",
                    expected={"log_group": "log_group_name"}.get(name, "log_stream_name") + "=…",
                    got=f"{name}=…, the name of old versions, with a warning that is not shown",
                    where=note["where"],
                )
            ]
    return []
