"""Judges whether requirements.txt brings what sends the log to CloudWatch."""

import re

from workshop.checks import presence
from workshop.checks.evidence import Evidence
from workshop.checks.findings import Finding

# What each package brings, by itself or through what it needs.
BRINGS = {
    "watchtower": {"watchtower", "boto3", "botocore"},
    "boto3": {"boto3", "botocore"},
    "botocore": {"botocore"},
    "aws-xray-sdk": {"botocore"},
}
MODULES = ("watchtower", "boto3", "botocore")


def judge(evidence: Evidence) -> list[Finding] | None:
    """Return a finding where a module is imported that requirements.txt does not bring.

    Args:
        evidence: what one run left behind.

    Returns:
        The findings; None where there is no such file, or the app is not the course's.
    """
    file = evidence.folder / "app" / "requirements.txt"
    if not evidence.target.ours or not file.is_file():
        return None
    lines = file.read_text("utf-8", errors="replace").splitlines()
    named = [re.match(r"[A-Za-z0-9][\w.-]*", line.strip()) for line in lines]
    names = {re.sub(r"[-_.]+", "-", match.group()).lower() for match in named if match}
    brought = {module for name in names for module in BRINGS.get(name, set())}
    imported = [(name.split(".")[0], at) for name, at in presence.imported_modules(evidence.folder)]
    for module in MODULES:
        where = next((where for name, where in imported if name == module), "")
        if where and module not in brought:
            return [
                Finding(
                    "cloudwatch/not-in-requirements",
                    expected=f"{module} in app/requirements.txt",
                    got=f"{module} is imported, and no package named there brings it along",
                    where=where,
                )
            ]
    return []
