"""Judges whether requirements.txt names Rollbar's library, which no other package brings along."""

import re

from workshop.checks import presence
from workshop.checks.evidence import Evidence
from workshop.checks.findings import Finding

PACKAGE = "rollbar"


def judge(evidence: Evidence) -> list[Finding] | None:
    """Return a finding where the library is imported and requirements.txt does not name it.

    Args:
        evidence: what one run left behind.

    Returns:
        The findings; None where there is no such file, or the app is not the course's.
    """
    file = evidence.folder / "app" / "requirements.txt"
    if not evidence.target.ours or not file.is_file():
        return None
    lines = file.read_text("utf-8", errors="replace").splitlines()
    if any(re.match(rf"{PACKAGE}(?![\w.-])", line.strip(), re.IGNORECASE) for line in lines):
        return []
    imports = presence.imported_modules(evidence.folder)
    where = next((where for name, where in imports if name.split(".")[0] == PACKAGE), "")
    return [
        Finding(
            "rollbar/not-in-requirements",
            expected=f"{PACKAGE} in app/requirements.txt",
            got=f"{PACKAGE} is imported, and no package named there brings it along",
            where=where,
        )
    ]
