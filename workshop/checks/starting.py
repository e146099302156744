"""Explains why a service of the app never answered."""

import re
from pathlib import Path

from packaging.utils import canonicalize_name

from workshop.checks import output, requirements, services
from workshop.checks.evidence import Evidence, Ran
from workshop.checks.findings import Finding
from workshop.checks.presence import find_call, python_files

EXPECTED = "an app that answers on its port"
MISSING = re.compile(r"No module named '?([\w.]+)'?")
OLD_DECORATOR = re.compile(r"has no attribute 'before_(app_)?first_request'")


def explain(evidence: Evidence, ran: Ran) -> Finding:
    """Return the finding for a service that did not start.

    Args:
        evidence: what one run left behind.
        ran: the service.
    """
    if ran.failure == "flooded":
        return explain_flood(evidence, ran)
    if ran.failure == "silent":
        return Finding(
            "app/silent",
            expected=EXPECTED,
            got=f"a process that ran for {services.START_DEADLINE:g} s and opened no port",
            where=ran.stuck_at,
        )
    error = output.last_error(ran.output, evidence.folder)
    where = output.line_of_theirs(ran.output, evidence.folder)
    if OLD_DECORATOR.search(error):
        return explain_old_decorator(where)
    missing = MISSING.search(error)
    if missing and not _is_theirs(missing[1], evidence.folder):
        return Finding(
            "app/missing-package",
            expected="every import to be found",
            got=f"No module named '{missing[1]}'" + _name_others(evidence, missing[1]),
            where=where,
        )
    backend = ran is evidence.backend
    return Finding(
        "app/does-not-start" if backend else "app/profiles-does-not-start",
        expected=EXPECTED,
        got=_describe_end(ran, error),
        where=where or _where_input(evidence, error),
    )


def explain_flood(evidence: Evidence, ran: Ran) -> Finding:
    """Return the finding for a service that had to be ended for its output."""
    last = output.last_error(ran.output, evidence.folder)[:60]
    return Finding(
        "app/floods",
        expected="a few lines of output",
        got=f"more than {services.LARGEST_OUTPUT // 1_000_000} MB within seconds, such as: {last}",
    )


def explain_old_decorator(where: str) -> Finding:
    """Return the finding for a decorator that is no longer in Flask."""
    return Finding(
        "app/before-first-request",
        expected="set-up where the app is made",
        got="a decorator that today's Flask no longer has: the app ends with AttributeError",
        where=where,
    )


def _is_theirs(module: str, folder: Path) -> bool:
    """Tell whether a module's first part is the name of a file or folder of the learner's."""
    first = module.partition(".")[0]
    return any(
        first in (*file.relative_to(folder).parts[:-1], file.stem) for file in python_files(folder)
    )


def _name_others(evidence: Evidence, module: str) -> str:
    """Return which other packages of requirements.txt are missing, as the end of a sentence."""
    lacking = requirements.missing(evidence.folder, evidence.target.python)
    first = canonicalize_name(module.partition(".")[0])
    others = [name for name in lacking if canonicalize_name(name) != first]
    return f"; of requirements.txt, not installed: {', '.join(others)}" if others else ""


def _describe_end(ran: Ran, error: str) -> str:
    # flask makes one word of the EOFError that input() raises.
    if error.startswith("EOFError") or error.endswith("Aborted!"):
        return "it asks for input, and there is nobody to answer"
    if error and ran.exit_code:
        return error
    said = f"; its last line: {error}" if error else ", and printed nothing"
    return f"it ended at once, with exit code {ran.exit_code}{said}"


def _where_input(evidence: Evidence, error: str) -> str:
    asked = find_call(evidence.folder, "input") if error.endswith("Aborted!") else None
    return asked.where if asked else ""
