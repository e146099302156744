"""Judges whether the libraries that leave the process are patched: calls and queries."""

from workshop.checks import presence
from workshop.checks.evidence import Evidence
from workshop.checks.findings import Finding
from workshop.checks.words import listed
from workshop.checks.xray.makers import Made, calls, heard, queries

DATABASE = "sqlite3"


def judge(evidence: Evidence, made: list[Made]) -> list[Finding] | None:
    """Has each service a subsegment for its queries?

    Calls are judged with the trace that they belong to; what another app uses is not known here.

    Args:
        evidence: what one run left behind.
        made: its segments.

    Returns:
        What speaks against it; None where backend sent nothing, or the app is not the course's.
    """
    if not evidence.target.ours or "backend" not in heard(made):
        return None
    services = [name for name in evidence.services if name in heard(made)]
    without = [name for name in sorted(services) if not any(queries(made, name))]
    if not without:
        return []
    service = without[0]
    patched = list(evidence.notes("xray-patch", service))
    if not patched and not any(calls(made, service)) and service == "backend":
        return [
            Finding(
                "xray/nothing-patched",
                expected='patch(["requests", "sqlite3"]), when each service starts',
                got="no library is patched: no segment has a call or a query in it",
                where=evidence.where("xray-middleware", service),
            )
        ]
    if any(DATABASE in note["modules"] for note in patched):
        return [_explain_lateness(evidence, without)]
    return [
        Finding(
            "xray/sqlite-not-patched",
            expected="a subsegment for each query",
            got=f"none from {listed(without)}",
            where=patched[0]["where"] if patched else evidence.where("xray-middleware", service),
        )
    ]


def _explain_lateness(evidence: Evidence, without: list[str]) -> Finding:
    """The patch was made, and the queries still go past it."""
    return Finding(
        "xray/patched-too-late",
        expected="a subsegment for each query",
        got=f"none from {listed(without)}: sqlite3 is patched, and the queries go past the patch",
        where=_find_early_import(evidence) or evidence.where("xray-patch", without[0]),
    )


def _find_early_import(evidence: Evidence) -> str:
    """Return where the app takes sqlite3's functions out of the module, or nothing."""
    for file in presence.python_files(evidence.folder):
        lines = file.read_text("utf-8", errors="replace").splitlines()
        for number, line in enumerate(lines, start=1):
            if line.split()[:3] == ["from", DATABASE, "import"]:
                return f"{file.relative_to(evidence.folder)}:{number}"
    return ""
