"""Judges whether a line about a request leads to its trace."""

import re

from workshop.checks.cloudwatch.lines import Line
from workshop.checks.cloudwatch.places import where_written
from workshop.checks.cloudwatch.requests_told import Story, Told, ids_of, plain_id
from workshop.checks.evidence import Evidence
from workshop.checks.findings import Finding

# OpenTelemetry's form, X-Ray's, and a number that nobody has written in hexadecimal digits.
ID = re.compile(r"\b(?:1-[0-9a-f]{8}-[0-9a-f]{24}|(?:0x)?[0-9a-f]{32}|\d{33,39})\b")


def judge(evidence: Evidence, story: Story) -> list[Finding] | None:
    """Has each line about a request the id of the request's trace, at Honeycomb or at X-Ray?

    Args:
        evidence: what one run left behind.
        story: what its log tells of the known traffic.

    Returns:
        What speaks against it; None where there are no lines, or no traces.
    """
    known = {trace.trace_id for trace in evidence.traces}
    known |= {plain_id(each.trace_id) for each in evidence.segments}
    if not story.lines or not known:
        return None
    told = [each for each in story.with_line if each.line]
    bare = [each for each in told if not _ids(each.line)]
    if len(bare) == len(told) and not any(line.is_structured for line in story.lines):
        # The formatter that writes the fields writes the id as well.
        return None
    if bare:
        return [_explain_none(evidence, "backend", str(bare[0].asked))]
    seen = {id_ for each in told for id_ in _ids(each.line)}
    if len(told) > 1 and len(seen) == 1 and not _is_nothing(*seen):
        return [_explain_wrong(evidence, "the same id in the lines about all requests")]
    wrong = next((each for each in told if not _leads(evidence, each, known)), None)
    if wrong:
        id_ = _ids(wrong.line)[0]
        return [_explain_wrong(evidence, f"{_name(id_)}, in the line about {wrong.asked}")]
    bare_profiles = [line for line in story.profiles if not _ids(line)]
    if bare_profiles:
        return [_explain_none(evidence, "profiles", "")]
    return []


def _ids(line: Line | None) -> list[str]:
    return ID.findall(line.text) if line else []


def _leads(evidence: Evidence, told: Told, known: set[str]) -> bool:
    """Tell whether a line has the id of a trace of that address; without one, of any trace."""
    own = ids_of(evidence, told.path) or known
    return any(plain_id(each.removeprefix("0x")) in own for each in _ids(told.line))


def _is_nothing(trace_id: str) -> bool:
    return not trace_id.removeprefix("0x").strip("0")


def _name(trace_id: str) -> str:
    """Return what kind of an id it is: the id itself differs from run to run."""
    if _is_nothing(trace_id):
        return "32 zeros, which is OpenTelemetry's word for none"
    if len(trace_id) > 32 and trace_id.isdigit():
        return "a decimal number, where the trace has hexadecimal digits"
    return "one that this request's trace does not have"


def _explain_none(evidence: Evidence, service: str, asked: str) -> Finding:
    got = f"none in the line about {asked}" if asked else f"none in the lines of {service}"
    return Finding(
        "cloudwatch/no-trace-id",
        expected="the id of its trace in each line about a request",
        got=got,
        where=where_written(evidence, service) or evidence.where("log-handler", service),
    )


def _explain_wrong(evidence: Evidence, got: str) -> Finding:
    return Finding(
        "cloudwatch/wrong-trace-id",
        expected="the id of the request's own trace, as 32 hexadecimal digits",
        got=got,
        where=where_written(evidence),
    )
