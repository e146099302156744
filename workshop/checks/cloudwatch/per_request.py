"""Judges whether each request has a line of the app's own, and one only."""

from workshop.checks import presence
from workshop.checks.cloudwatch.leaving import is_cut_off, without_end
from workshop.checks.cloudwatch.lines import Line
from workshop.checks.cloudwatch.places import where_written
from workshop.checks.cloudwatch.requests_told import Story, Told, is_needed
from workshop.checks.cloudwatch.silence import explain_failure
from workshop.checks.cloudwatch.streams import may_have_dropped
from workshop.checks.evidence import Evidence
from workshop.checks.findings import Finding

# What tells a commented line that logs requests from prose.
CODE = ("log_requests", "after_request", "teardown_request", "before_request")


def judge(evidence: Evidence, story: Story, lines: list[Line]) -> list[Finding] | None:
    """Has each request one line that the app itself wrote, from backend and from profiles?

    Args:
        evidence: what one run left behind.
        story: what its log tells of the known traffic.
        lines: all that arrived.

    Returns:
        What speaks against it; None where no line of backend's arrived.
    """
    if not any(line.service in ("backend", "") for line in lines):
        return None
    if not story.with_line:
        return [_explain_none(evidence, story, "backend")]
    found = [*_judge_number(evidence, story), *_judge_lacking(evidence, story)]
    heard = any(line.service == "profiles" for line in lines)
    if evidence.target.ours and heard and not story.profiles:
        found.append(_explain_none(evidence, story, "profiles"))
    return found


def _explain_none(evidence: Evidence, story: Story, service: str) -> Finding:
    """Return why no line of a service is about a request."""
    cause = _explain_silenced(evidence, service) or explain_failure(evidence, service)
    if cause:
        return cause
    off = presence.commented_out(evidence.folder, CODE)
    got = f"none from {service}, of other lines only"
    if story.access:
        got = "only the lines of the web server, which has no route, duration or trace id"
    if off:
        got = f"none from {service}: the call stands behind a #"
    return Finding(
        "cloudwatch/no-request-line",
        expected="one line of the app's own about each request",
        got=got,
        where=off or evidence.where("app", service),
    )


def _explain_silenced(evidence: Evidence, service: str) -> Finding | None:
    """Is a logger of theirs switched off, or cut off from the handler?"""
    for note in evidence.notes("log-handler-closed", service):
        for logger in note["silent"]:
            if not _is_theirs(evidence, logger["name"]):
                continue
            how = "disabled" if logger["disabled"] else "set to propagate = False"
            return Finding(
                "cloudwatch/logger-silenced",
                expected="your loggers to reach the handler that sends to CloudWatch",
                got=f"the logger {logger['name']} is {how}, so its lines never get there",
                where=_where_silenced(evidence),
            )
    return None


def _is_theirs(evidence: Evidence, name: str) -> bool:
    """Tell whether a logger is named like a module of the learner's."""
    first = name.partition(".")[0]
    files = presence.python_files(evidence.folder)
    return any(
        first in (*file.relative_to(evidence.folder).parts[:-1], file.stem) for file in files
    )


def _where_silenced(evidence: Evidence) -> str:
    """Return where logging is configured, which decides on loggers that are there already."""
    for name in ("dictConfig", "fileConfig"):
        written = presence.find_call(evidence.folder, name)
        if written:
            return written.where
    return ""


def _judge_number(evidence: Evidence, story: Story) -> list[Finding]:
    if story.repeated:
        others = len(story.repeated) - 1
        return [
            Finding(
                "cloudwatch/request-line-twice",
                expected="one line about each request",
                got=f"more than one about {story.repeated[0].asked}"
                + (f", and about {others} more" if others else ""),
                where=_where_attached_again(evidence) or where_written(evidence),
            )
        ]
    if story.access:
        return [
            Finding(
                "cloudwatch/access-lines",
                expected="one line about each request: the app's own",
                got="a line of the web server's beside it",
                where=evidence.where("log-handler", "backend"),
            )
        ]
    return []


def _where_attached_again(evidence: Evidence) -> str:
    """Return where a process makes its second handler, if it makes two."""
    made = [note["where"] for note in evidence.notes("log-handler", "backend") if note["where"]]
    return str(made[1]) if len(made) > 1 else ""


def _judge_lacking(evidence: Evidence, story: Story) -> list[Finding]:
    # What is lost at the stop is lost with the last lines, and told of as that.
    told = without_end(story.told) if is_cut_off(evidence, story) else story.told
    lacking = [each for each in told if not each.line and is_needed(each)]
    lacking = [each for each in lacking if not _is_dropped(evidence, story.told, each)]
    if not lacking:
        return []
    where = where_written(evidence)
    if all(each.asked.status >= 500 for each in lacking):
        return [
            Finding(
                "cloudwatch/no-line-for-500",
                expected=f"a line about each request, {lacking[0].asked} among them",
                got="lines about those that succeed, and none about the one that fails",
                where=where,
            )
        ]
    if _are_errors_only(story.with_line, lacking):
        return [
            Finding(
                "cloudwatch/errors-only",
                expected="a line about each request",
                got=f"lines about those that fail only, such as {story.with_line[0].asked}",
                where=where,
            )
        ]
    others = f", and {len(lacking) - 1} more" if len(lacking) > 1 else ""
    return [
        Finding(
            "cloudwatch/not-every-request",
            expected="a line about each request",
            got=f"none about {lacking[0].asked}{others}",
            where=where,
        )
    ]


def _is_dropped(evidence: Evidence, told: list[Told], lacking: Told) -> bool:
    """Tell whether a line may be missing by chance: the traffic is one request after another."""
    at = told.index(lacking)
    before = [each.line.ms for each in told[:at] if each.line]
    after = [each.line.ms for each in told[at:] if each.line]
    return may_have_dropped(evidence, max(before, default=0), min(after, default=float("inf")))


def _are_errors_only(told: list[Told], lacking: list[Told]) -> bool:
    """Tell whether the app logs what fails, on purpose, and leaves out the rest."""
    lowest = min(each.asked.status for each in told)
    return lowest >= 400 and all(each.asked.status < lowest for each in lacking)
