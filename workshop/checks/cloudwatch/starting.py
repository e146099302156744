"""Judges the start: must CloudWatch be there, and does the app know where it is and who asks?"""

import ast
from dataclasses import replace

from workshop.checks import output, presence
from workshop.checks.evidence import Evidence
from workshop.checks.findings import Finding
from workshop.checks.notes import Note

NOT_STARTED = {"app/does-not-start": "backend", "app/profiles-does-not-start": "profiles"}
# Of the names that an `except` can have, those that catch a connection which nobody answers.
CATCHES = {
    "BaseException",
    "Exception",
    "BotoCoreError",
    "ConnectionError",
    "EndpointConnectionError",
    "HTTPClientError",
}
# logging.config raises this in place of what a handler raises.
BY_CONFIG = "ValueError"
# What the last error of a start says → the finding, and what was expected.
CAUSES = (
    (
        ("NoRegionError", "Invalid endpoint: https://logs..", "InvalidRegionError"),
        "cloudwatch/no-region",
        "a region for boto3, such as us-east-1",
    ),
    (
        ("NoCredentialsError", "PartialCredentialsError", "ProfileNotFound"),
        "cloudwatch/no-credentials",
        "credentials that boto3 finds: two variables, or a role",
    ),
    (
        ("unexpected keyword argument 'region_name'",),
        "cloudwatch/region-argument",
        "the region in the client: boto3_client=boto3.client('logs', region_name=…)",
    ),
    (
        ("name 'LOGGER' is not defined", "name 'logger' is not defined"),
        "cloudwatch/logger-undefined",
        "logger = logging.getLogger(__name__) in each module that logs",
    ),
)


def name_cause(evidence: Evidence, finding: Finding) -> Finding:
    """Return what is wrong with the app as such, or the mistake of this step that brings it about.

    Args:
        evidence: what one run left behind.
        finding: what is said of the app itself.
    """
    service = NOT_STARTED.get(finding.id)
    if service is None or service not in evidence.services:
        return finding
    # logging.config raises an error of its own, which says less, and Flask hides the other.
    hidden = next(evidence.notes("log-configuration-failed", service), None)
    errors = [each.error for each in output.read_tracebacks(evidence.services[service].output)]
    if hidden:
        errors = [hidden["error"]]
        finding = replace(
            finding,
            got=f"while logging is configured: {hidden['error']}",
            where=hidden["where"] or finding.where,
        )
    for words, id_, expected in CAUSES:
        for error in errors:
            if any(word in error for word in words):
                return Finding(id_, expected=expected, got=error, where=finding.where)
    return finding


def judge_region(evidence: Evidence) -> list[Finding]:
    """Return a finding where the region is nothing, which only an endpoint of one's own allows.

    Args:
        evidence: what one run left behind.
    """
    for note in evidence.notes("logs-client"):
        if note["empty_region"]:
            return [
                Finding(
                    "cloudwatch/no-region",
                    expected="a region for boto3, such as us-east-1",
                    got="an empty one: on AWS the app ends with Invalid endpoint: "
                    "https://logs..amazonaws.com",
                    where=note["where"],
                )
            ]
    return []


def judge_absence(evidence: Evidence) -> list[Finding] | None:
    """Does the app start where CloudWatch does not answer?

    What is asked of CloudWatch while the app starts can fail, and ends the start unless one of the
    learner's lines around it catches that.

    Args:
        evidence: what one run left behind.

    Returns:
        What speaks against it; None where the probe could not look into the app.
    """
    if not evidence.is_probed("backend"):
        return None
    for note in evidence.notes("logs-call"):
        if note["at_start"] and note["lines"] and not _is_caught(evidence, note):
            return [
                Finding(
                    "cloudwatch/needs-cloudwatch",
                    expected="an app that starts without CloudWatch, and says that it is away",
                    got=f"{note['operation']} is called at the start, and nothing catches its "
                    "error: the app would end with it",
                    where=note["lines"][0],
                )
            ]
    return []


def _is_caught(evidence: Evidence, note: Note) -> bool:
    names = CATCHES | ({BY_CONFIG} if note["by_config"] else set())
    for place in note["lines"]:
        file, _, line = place.rpartition(":")
        path = evidence.folder / file
        tree = presence.parse(path) if path.is_file() else ast.Module(body=[], type_ignores=[])
        for node in ast.walk(tree):
            if isinstance(node, ast.Try | ast.With) and _encloses(node.body, int(line)):
                if isinstance(node, ast.With):
                    caught = _suppressed(node)
                else:
                    caught = {name for each in node.handlers for name in _names(each.type)}
                if caught & names:
                    return True
    return False


def _encloses(body: list[ast.stmt], line: int) -> bool:
    return body[0].lineno <= line <= (body[-1].end_lineno or 0)


def _suppressed(node: ast.With) -> set[str]:
    calls = [each.context_expr for each in node.items if isinstance(each.context_expr, ast.Call)]
    return {
        name
        for call in calls
        if "suppress" in _names(call.func)
        for argument in call.args
        for name in _names(argument)
    }


def _names(node: ast.expr | None) -> set[str]:
    """Return the names of exception classes; a bare `except` catches every one."""
    if node is None:
        return {"BaseException"}
    if isinstance(node, ast.Tuple):
        return {name for each in node.elts for name in _names(each)}
    return {str(getattr(node, "id", getattr(node, "attr", "")))}
