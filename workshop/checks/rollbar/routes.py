"""Judges whether the route that only raises, to test Rollbar, can be called in production."""

import ast

from workshop.checks import environment, presence
from workshop.checks.evidence import Evidence
from workshop.checks.findings import Finding


def judge(evidence: Evidence) -> list[Finding] | None:
    """Return a finding for a test route that is there though the check says it is production.

    Args:
        evidence: what one run left behind.

    Returns:
        The findings; None where the probe could not see the app's routes.
    """
    if not evidence.is_probed("backend"):
        return None
    for note in evidence.notes("route"):
        rule, where = str(note["rule"]), str(note["where"])
        if "rollbar" in rule.lower() or _only_raises(evidence, where):
            return [
                Finding(
                    "rollbar/test-route",
                    expected=f"no test route where ENVIRONMENT is {environment.ENVIRONMENT}",
                    got=f"{rule}, for anybody who asks",
                    where=where,
                )
            ]
    return []


def _only_raises(evidence: Evidence, where: str) -> bool:
    """Tell whether the function at `file:line` does nothing but raise."""
    file, _, line = where.rpartition(":")
    for node in ast.walk(presence.parse(evidence.folder / file)):
        if not isinstance(node, ast.FunctionDef):
            continue
        if int(line) in (node.lineno, *(each.lineno for each in node.decorator_list)):
            # What comes before the end is a docstring, at most.
            rest = [each for each in node.body[:-1] if not _is_text(each)]
            return isinstance(node.body[-1], ast.Raise) and not rest
    return False


def _is_text(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
