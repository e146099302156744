"""Judges the log lines of a request: does each have the request's id?"""

import re
from collections.abc import Iterator

from workshop.checks.cloudwatch.lines import Line, read_lines
from workshop.checks.correlation.following import NO_ID, Followed, find_all_ids
from workshop.checks.evidence import Evidence
from workshop.checks.findings import Finding
from workshop.checks.traffic import find_trace_ids
from workshop.checks.words import count

# What libraries write from threads of their own is about no request.
OF_LIBRARIES = re.compile(r"\b(?:opentelemetry|rollbar|watchtower|werkzeug|gunicorn)\b", re.I)
QUOTED = 70
# What is shorter may stand in any line.
SHORTEST_MESSAGE = 12


def judge(evidence: Evidence, followed: list[Followed], parts_astray: bool) -> list[Finding] | None:
    """Has each line that was written within a request an id that leads to it?

    A line that has the id of another request was written for that one, after its answer.

    Args:
        evidence: what one run left behind.
        followed: each request, with what the tools have of it.
        parts_astray: a finding says already that some code does not know its request.
    """
    written = list(_written(followed))
    every = find_all_ids(evidence)
    if not written or not every:
        return None
    bare = [(each, line) for each, line in written if not find_trace_ids(line.text)]
    wrong = [
        (each, line)
        for each, line in written
        if find_trace_ids(line.text) and not find_trace_ids(line.text) & every
    ]
    found = []
    if bare and not parts_astray:
        id_, expected = "correlation/line-without-id", "in each line of a request its trace's id"
        found.append(_explain(evidence, id_, expected, "none", bare))
    if wrong:
        id_, expected = "correlation/line-with-another-id", "in each line its trace's id"
        found.append(_explain(evidence, id_, expected, "one that no trace has", wrong))
    return found or _judge_zeros(evidence)


def _judge_zeros(evidence: Evidence) -> list[Finding]:
    """Is there a line outside of any request that gives zeros for an id?"""
    zeros = [line for line in read_lines(evidence) if NO_ID in find_trace_ids(line.text)]
    if not zeros:
        return []
    return [
        Finding(
            "correlation/line-with-another-id",
            expected="no id in a line that belongs to no request",
            got=f"zeros, OpenTelemetry's word for none, in {count(len(zeros), 'line')}",
            nearest=_quote(zeros[0]),
            where=evidence.where("log-handler", zeros[0].service or "backend"),
        )
    ]


def note_printed(evidence: Evidence, followed: list[Followed]) -> list[Finding]:
    """Say that what the app prints about its requests has no id, where its log has one.

    Args:
        evidence: what one run left behind.
        followed: each request, with what the tools have of it.
    """
    printed = evidence.output.splitlines()
    told = [_quote(line) for _, line in _written(followed) if find_trace_ids(line.text)]
    told = [each for each in told if len(each) >= SHORTEST_MESSAGE]
    same = [line for line in printed if any(each in line for each in told)]
    if not same or any(find_trace_ids(line) for line in same):
        return []
    return [
        Finding(
            "correlation/printed-without-id",
            expected="the id in what is printed, too",
            got=f"none, in {count(len(same), 'line')} that CloudWatch has with it",
            nearest=next(each for each in told if each in same[0]),
        )
    ]


def _written(followed: list[Followed]) -> Iterator[tuple[Followed, Line]]:
    """Yield each line that the app's own code wrote within a request."""
    for each in followed:
        for line in each.lines:
            of_library = line.is_noise or line.is_access or OF_LIBRARIES.search(_logger(line))
            if each.known_ids and not of_library:
                yield each, line


def _logger(line: Line) -> str:
    """Return who wrote a line: the name of its logger, else how it begins."""
    return str(line.fields.get("logger") or line.fields.get("name") or line.raw[:QUOTED])


def _quote(line: Line) -> str:
    """Return the beginning of what a line says."""
    return str(line.fields.get("message", line.raw)).partition("\n")[0][:QUOTED]


def _explain(
    evidence: Evidence, id_: str, expected: str, got: str, lines: list[tuple[Followed, Line]]
) -> Finding:
    followed, line = lines[0]
    more = f", and {len(lines) - 1} more" if len(lines) > 1 else ""
    return Finding(
        id_,
        expected=expected,
        got=f"{got}, in a line of {line.service or 'the app'}{more}",
        nearest=f"{followed.asked.method} {followed.path}: {_quote(line)}",
        where=evidence.where("log-handler", line.service or "backend"),
    )
