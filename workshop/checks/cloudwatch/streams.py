"""Judges the log streams: does each process write into one of its own?"""

import re

from workshop.checks.cloudwatch.lines import Line, writers_of
from workshop.checks.evidence import Evidence
from workshop.checks.findings import Finding
from workshop.checks.notes import Note
from workshop.checks.words import listed

# What tells one process from another in a name: an id that is long enough not to be a date.
UNIQUE = re.compile(r"[0-9a-f]{12}|[0-9a-f]{8}-[0-9a-f]{4}-")

# How long it may take to make a stream here, on a machine that is busy with other things.
MAKING_MS = 200


def judge(evidence: Evidence, lines: list[Line]) -> list[Finding] | None:
    """Has each process a stream of its own?

    Args:
        evidence: what one run left behind.
        lines: all that arrived.

    Returns:
        What speaks against it; None where it cannot be told.
    """
    if not lines:
        return None
    writers = writers_of(evidence)
    for (_, stream), of_stream in writers.items():
        if len(of_stream) > 1:
            return [_explain_shared(evidence, stream, sorted({name for name, _ in of_stream}))]
    for (_, stream), of_stream in writers.items():
        pids = {str(pid) for _, pid in of_stream}
        if not pids & set(re.findall(r"\d+", stream)) and not UNIQUE.search(stream):
            return [
                Finding(
                    "cloudwatch/stream-without-process",
                    expected="a name that differs from process to process",
                    got=f"{stream}, which a second worker of the same service would write to, too",
                    where=evidence.where("log-handler"),
                )
            ]
    return [] if writers or not evidence.target.ours else None


def judge_making(evidence: Evidence) -> list[Finding]:
    """Return a note where the stream is only made when there are lines to send.

    Args:
        evidence: what one run left behind.
    """
    if not is_made_late(evidence):
        return []
    return [
        Finding(
            "cloudwatch/stream-left-to-watchtower",
            expected="the log stream made at the start",
            got="it is made when the first lines are sent, and what is logged meanwhile is dropped",
            where=evidence.where("log-handler"),
        )
    ]


def is_made_late(evidence: Evidence) -> bool:
    """Tell whether a stream is made while the app is in use, which costs it some lines.

    Args:
        evidence: what one run left behind.
    """
    return any(_made_late(evidence, service) for service in evidence.services)


def may_have_dropped(evidence: Evidence, before_ms: float, after_ms: float) -> bool:
    """Tell whether a line of backend's may be missing because its stream was being made.

    Args:
        evidence: what one run left behind.
        before_ms: when the line before it was written, in milliseconds since 1970.
        after_ms: when the line after it was written, likewise.
    """
    return any(
        before_ms <= made + MAKING_MS and made <= after_ms
        for made in _made_late(evidence, "backend")
    )


def _made_late(evidence: Evidence, service: str) -> list[int]:
    """Return when watchtower made streams for a service that was in use already.

    Those that the app's own code makes, in whichever thread, hold up no line.
    """
    if not any(evidence.notes("log-handler", service)):
        return []
    return [
        int(note["ms"])
        for note in evidence.notes("logs-call", service)
        if is_making(note) and is_late(note)
    ]


def is_making(note: Note) -> bool:
    """Tell whether a note is of a call that makes a log stream."""
    return bool(note["what"] == "logs-call" and note["operation"] == "CreateLogStream")


def is_late(note: Note) -> bool:
    """Tell whether watchtower made the call, for lines that it was about to send."""
    return not (note["at_start"] or note["lines"])


def _explain_shared(evidence: Evidence, stream: str, services: list[str]) -> Finding:
    return Finding(
        "cloudwatch/shared-stream",
        expected="a log stream for each process",
        got=f"{listed(services)} both write to {stream}",
        where=evidence.where("log-handler"),
    )
