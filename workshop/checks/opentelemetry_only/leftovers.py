"""Judges what is left of the X-Ray SDK: a second trace of each request, an import, a package."""

import re
from pathlib import Path

from workshop.checks import presence
from workshop.checks.evidence import Evidence
from workshop.checks.findings import Finding
from workshop.checks.opentelemetry_only.arrivals import Arrivals
from workshop.checks.words import count

MODULE = "aws_xray_sdk"
PACKAGE = re.compile(r"aws[-_.]+xray[-_.]+sdk(?![\w.-])", re.IGNORECASE)


def judge_code(evidence: Evidence, arrived: Arrivals) -> list[Finding]:
    """Is the X-Ray SDK gone from the app's code?

    Args:
        evidence: what one run left behind.
        arrived: what arrived.
    """
    if arrived.spans and arrived.sdk_segments:
        return [
            Finding(
                "opentelemetry-only/traced-twice",
                expected="each request once at X-Ray",
                got=f"{count(arrived.sdk_segments, 'segment')} of the X-Ray SDK beside the spans",
                where=evidence.where("xray-middleware") or _find_import(evidence),
            )
        ]
    where = _find_import(evidence)
    if not where:
        return []
    return [
        Finding(
            "opentelemetry-only/sdk-imported",
            expected=f"no file that imports {MODULE}",
            got="one that does, though no segment comes of it",
            where=where,
        )
    ]


def judge_packages(evidence: Evidence) -> list[Finding] | None:
    """Is the X-Ray SDK gone from requirements.txt?

    Args:
        evidence: what one run left behind.

    Returns:
        The findings; None where there is no such file, or the app is not the course's.
    """
    file = evidence.folder / "app" / "requirements.txt"
    if not evidence.target.ours or not file.is_file():
        return None
    lines = file.read_text("utf-8", errors="replace").splitlines()
    numbers = [number for number, line in enumerate(lines, 1) if PACKAGE.match(line.strip())]
    # Where it is still imported, that is what is to be mended.
    if not numbers or _find_import(evidence):
        return []
    return [
        Finding(
            "opentelemetry-only/sdk-required",
            expected="no aws-xray-sdk in app/requirements.txt",
            got="it is still installed, though nothing imports it",
            where=str(Path("app") / f"requirements.txt:{numbers[0]}"),
        )
    ]


def _find_import(evidence: Evidence) -> str:
    imports = presence.imported_modules(evidence.folder)
    return next((where for name, where in imports if name.split(".")[0] == MODULE), "")
