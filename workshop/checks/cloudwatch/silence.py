"""Explains why no line of a service arrived: from the handler outwards."""

from collections.abc import Iterator
from typing import Any

from workshop.checks import output, presence
from workshop.checks.cloudwatch import starting
from workshop.checks.cloudwatch.lines import LEVEL_NAMES, LEVELS, Line
from workshop.checks.evidence import Evidence
from workshop.checks.findings import Finding
from workshop.checks.words import count

HANDLER = "CloudWatchLogHandler"
LOGGING_ERROR = "--- Logging error ---"
VENDOR = "cloudwatch"
# Answers that belong to the ordinary course of things.
ORDINARY = ("already exists", "log stream does not exist")


def explain(evidence: Evidence, lines: list[Line]) -> list[Finding]:
    """Return a finding for each service from which nothing came, the same mistake once.

    Args:
        evidence: what one run left behind.
        lines: all that arrived.
    """
    heard = {line.service for line in lines}
    found: dict[str, Finding] = {}
    for program in evidence.target.programs:
        if program.name not in heard and not evidence.services[program.name].failure:
            finding = _explain(evidence, program.name, bool(heard))
            found.setdefault(finding.id, finding)
    return list(found.values())


def _explain(evidence: Evidence, service: str, others: bool) -> Finding:
    """Return the one finding that explains a service's silence."""
    if not evidence.is_probed(service):
        return Finding(
            "cloudwatch/nothing-arrived",
            expected="lines in a log group",
            got=f"none, after {count(len(evidence.asked), 'request')}; the check could not look "
            "into the app while it ran",
        )
    answers = [
        each.reason
        for each in evidence.refused
        if each.vendor == VENDOR and ORDINARY[0] not in each.reason
    ]
    return (
        _explain_no_handler(evidence, service, others)
        or next(iter(starting.judge_region(evidence)), None)
        or _explain_address(evidence, service)
        or _explain_refusal(evidence, service)
        or _explain_end(evidence, service)
        or explain_failure(evidence, service)
        or _explain_attachment(evidence, service)
        or Finding(
            "cloudwatch/nothing-arrived",
            expected="lines in a log group",
            got=f"none from {service}, after {count(len(evidence.asked), 'request')}"
            + (f"; the last answer: {answers[-1]}" if answers else ""),
            where=evidence.where("log-handler", service),
        )
    )


def _explain_no_handler(evidence: Evidence, service: str, others: bool) -> Finding | None:
    sent = (note["operation"] == "PutLogEvents" for note in evidence.notes("logs-call", service))
    if any(evidence.notes("log-handler", service)) or any(sent):
        return None
    if service == "profiles" and others:
        return Finding(
            "cloudwatch/profiles-silent",
            expected="lines from profiles, beside those of backend",
            got="lines from backend only; profiles never makes a handler",
            where=evidence.where("app", service),
        )
    written = presence.find_call(evidence.folder, HANDLER)
    off = presence.commented_out(evidence.folder, (f"{HANDLER}(", HANDLER, "watchtower"))
    if written is None:
        got = f"{HANDLER} only behind a #" if off else "none is made"
    elif not written.function:
        got = f"{HANDLER} stands in {written.where}, in a module that {service} never imports"
    else:
        file = written.where.rpartition(":")[0]
        got = f"{written.function}, in {file}, is not called when {service} starts"
    return Finding(
        "cloudwatch/never-called",
        expected=f"a handler that sends to CloudWatch, made when {service} starts",
        got=got,
        where=(off if written is None else "") or evidence.where("app", service),
    )


def _explain_address(evidence: Evidence, service: str) -> Finding | None:
    """Does boto3 send to the check's sandbox? Variables say so, unless code overrules them."""
    for note in evidence.notes("logs-call", service):
        if note["endpoint"].rstrip("/") != evidence.sandbox_url:
            return Finding(
                "cloudwatch/arrived-elsewhere",
                expected="lines at the endpoint that the environment names",
                got=f"they are sent to {note['endpoint']}",
                where=evidence.where("logs-client", service),
            )
    return None


def _explain_refusal(evidence: Evidence, service: str) -> Finding | None:
    refused = [
        each.reason
        for each in evidence.refused
        if each.vendor == VENDOR and not any(word in each.reason for word in ORDINARY)
    ]
    if not refused:
        return None
    where = evidence.where("log-handler", service)
    missing = [each for each in refused if "log group does not exist" in each]
    if missing:
        return Finding(
            "cloudwatch/no-group",
            expected="the log group made before lines are sent into it",
            got="there is no such group, and CloudWatch refuses each line",
            where=where,
        )
    return Finding(
        "cloudwatch/refused",
        expected="lines that CloudWatch takes",
        got=f"it refuses them: {refused[-1]}",
        where=where,
    )


def _explain_end(evidence: Evidence, service: str) -> Finding | None:
    """Was the process, or the handler, gone before the lines had left?"""
    early = [note for note in evidence.notes("log-handler-closed", service) if note["where"]]
    if early:
        return Finding(
            "cloudwatch/handler-closed",
            expected="a handler that stays open while the app runs",
            got="it is closed when the app starts, and takes no line after that",
            where=early[0]["where"],
        )
    exit_line = evidence.where("hard-exit", service)
    if not exit_line and evidence.services[service].willing:
        return None
    return Finding(
        "cloudwatch/lost-at-exit",
        expected="the lines that wait to be sent when the app stops",
        got="the process ended at once, and all of them with it",
        where=exit_line or evidence.where("log-handler", service),
    )


def explain_failure(evidence: Evidence, service: str) -> Finding | None:
    """Return why lines fail on their way: logging says so on stderr, and the app goes on.

    Args:
        evidence: what one run left behind.
        service: one whose lines are missing.
    """
    said = evidence.services[service].output.partition(LOGGING_ERROR)[2]
    failed = next(iter(output.read_tracebacks(said)), None)
    if failed is None:
        return None
    return Finding(
        "cloudwatch/line-fails",
        expected="lines that can be written as JSON",
        got=f"{failed.error}, and the line is dropped",
        where=failed.line_of_theirs(evidence.folder) or evidence.where("log-handler", service),
    )


def _explain_attachment(evidence: Evidence, service: str) -> Finding | None:
    """Does any line reach the handler: is it attached, and does the level let lines through?"""
    made = any(evidence.notes("log-handler", service))
    if not made or any(evidence.notes("log-line", service)):
        return None
    # One that nobody holds is gone without a word before the end.
    closed = list(evidence.notes("log-handler-closed", service))
    where = evidence.where("log-handler", service)
    holders = list(_holders(closed))
    if not holders:
        return Finding(
            "cloudwatch/not-attached",
            expected="the handler attached to a logger, to the root logger at best",
            got="it is made, and attached to none",
            where=where,
        )
    level = max(int(closed[-1]["level"]), min(int(each["level"]) for each in holders))
    if level > LEVELS["INFO"]:
        return Finding(
            "cloudwatch/level-too-high",
            expected="lines from INFO up",
            got=f"only what is {LEVEL_NAMES.get(level, level)} or above gets to the handler",
            where=where,
        )
    return Finding(
        "cloudwatch/not-attached",
        expected="the handler attached to the logger that your code writes to, or to the root",
        got=f"it is attached to {holders[0]['name']}, which nobody writes to",
        where=where,
    )


def _holders(closed: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for note in closed:
        yield from note["holders"]
