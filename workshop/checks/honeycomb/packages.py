"""Judges whether requirements.txt brings along what the app imports from OpenTelemetry.

Here everything is installed. In a container only what requirements.txt names is, and what that
needs in its turn.
"""

import re
from importlib.metadata import Distribution, PackageNotFoundError, distribution, distributions
from pathlib import Path

from workshop.checks import presence
from workshop.checks.evidence import Evidence
from workshop.checks.findings import Finding

PACKAGE = "opentelemetry"


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
    brought = {
        module for each in _with_what_they_need(_names(file)) for module in _modules_of(each)
    }
    lacking = [
        (where, module)
        for module, where in presence.imported_modules(evidence.folder)
        if module.startswith(f"{PACKAGE}.") and module not in brought
    ]
    for where, module in sorted(lacking):
        source = next((each for each in distributions() if module in _modules_of(each)), None)
        if source is not None:
            return [
                Finding(
                    "honeycomb/not-in-requirements",
                    expected=f"{source.name} in app/requirements.txt",
                    got=f"{module} is imported, and no package named there brings it along",
                    where=where,
                )
            ]
    return []


def _names(file: Path) -> list[str]:
    lines = file.read_text("utf-8", errors="replace").splitlines()
    found = (re.match(r"[A-Za-z0-9][\w.-]*", line.strip()) for line in lines)
    return [match.group() for match in found if match]


def _with_what_they_need(names: list[str]) -> list[Distribution]:
    """Return the installed packages of these names, and those that they require in turn."""
    found: dict[str, Distribution] = {}
    waiting = list(names)
    while waiting:
        name = re.sub(r"[-_.]+", "-", waiting.pop()).lower()
        if name in found:
            continue
        try:
            found[name] = distribution(name)
        except PackageNotFoundError:
            continue
        # What an extra would need is not installed unless somebody asks for the extra.
        needs = [each for each in found[name].requires or [] if "extra ==" not in each]
        waiting += [match.group() for each in needs if (match := re.match(r"[\w.-]+", each))]
    return list(found.values())


def _modules_of(package: Distribution) -> set[str]:
    """Return the modules that an installed package holds, as an import names them."""
    files = (str(file) for file in package.files or [])
    return {
        file.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
        for file in files
        if file.endswith(".py")
    }
