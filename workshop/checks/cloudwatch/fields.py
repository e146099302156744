"""Judges whether the lines about requests can be asked: for a status, a route, a duration."""

import re

from workshop.checks.cloudwatch.lines import Line
from workshop.checks.cloudwatch.places import where_written
from workshop.checks.cloudwatch.requests_told import Story, Told, route_of
from workshop.checks.evidence import Evidence
from workshop.checks.findings import Finding
from workshop.checks.words import listed

PLACE = re.compile(r"path|route|rule|endpoint|uri|url|view", re.IGNORECASE)
DURATION = re.compile(r"dur|elaps|latenc|took|time|seconds|_m?s$|^m?s$|micro|milli", re.IGNORECASE)


def judge(evidence: Evidence, story: Story, lines: list[Line]) -> list[Finding] | None:
    """Is each line about a request an object with the fields that people ask for?

    Args:
        evidence: what one run left behind.
        story: what its log tells of the known traffic.
        lines: all that arrived.

    Returns:
        What speaks against it; None where nothing arrived.
    """
    if not lines:
        return None
    about = story.lines or lines
    plain = [line for line in about if not line.is_structured]
    if plain:
        return [
            Finding(
                "cloudwatch/not-structured",
                expected="each line as a JSON object, with fields to ask for",
                got=f"a sentence: {_quote(plain[0].raw)}",
                where=evidence.where("log-handler"),
            )
        ]
    lacking = next(
        ((told, names) for told in story.with_line if (names := _lacking(evidence, told))), None
    )
    if lacking:
        told, names = lacking
        held = listed(list(told.line.fields)) if told.line else ""
        return [
            Finding(
                "cloudwatch/fields-missing",
                expected="fields for the status, the path or route, and the duration of a request",
                got=f"no field for {listed(names)} in the line about {told.asked}",
                nearest=f"its fields: {held}",
                where=where_written(evidence),
            )
        ]
    return [] if story.lines else None


def _lacking(evidence: Evidence, told: Told) -> list[str]:
    """Return what a line has no field for."""
    line = told.line
    if line is None:
        return []
    found = {
        "the status": bool(line.status_fields),
        "the path or route": _has_place(evidence, line, told.path),
        "the duration": any(
            DURATION.search(name) and _is_number(value) for name, value in line.fields.items()
        ),
    }
    return [what for what, there in found.items() if not there]


def _has_place(evidence: Evidence, line: Line, path: str) -> bool:
    rule = route_of(evidence, path)
    for name, value in line.fields.items():
        text = str(value)
        if text.partition("?")[0] in (path, rule or path):
            return True
        # A name of Flask's for the function that answers, or a whole address.
        if PLACE.search(name) and isinstance(value, str) and value and " " not in value:
            return True
    return False


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _quote(text: str) -> str:
    first = text.strip().splitlines()[0] if text.strip() else ""
    # What differs from run to run says nothing here.
    first = re.sub(r"\d{4}-[\w-]+-?\d*[ T]\d\d:\d\d(?::\d\d)?(?:[.,]\d+)?", "…", first)
    first = re.sub(r"\b[0-9a-f]{32}\b|\b\d+\.\d+\b(?!\.)", "…", first)
    return first[:70] + ("…" if len(first) > 70 else "")
