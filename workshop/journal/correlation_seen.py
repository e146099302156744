"""One request as each of the four tools has it under one id, for the journal."""

from pathlib import Path

from workshop.checks.words import request_path
from workshop.journal.words import Seen, code, minute
from workshop.sandbox.console.matching import plain_id, xray_id
from workshop.sandbox.honeycomb.traces import read_trace
from workshop.sandbox.rollbar.items import select_occurrences
from workshop.sandbox.store import Reader, open_reader
from workshop.sandbox.xray.search import span_log
from workshop.sandbox.xray.traces import read_xray_trace
from workshop.views import words

# Of the latest reports so many are looked at.
LOOKED_AT = 100
# A request's lines and reports are within this time of its start, in seconds.
BEFORE, AFTER = 1, 10
_LINES = (
    "SELECT count(*) FROM cloudwatch_log_groups AS kept JOIN cloudwatch_log_events AS event"
    " ON event.group_name = kept.name AND event.timestamp_ms BETWEEN ? AND ?"
    # X-Ray's spans are no lines of the app's.
    " WHERE kept.name != ? AND instr(message, ?)"
)
_REPORTS = (
    "SELECT count(*) FROM rollbar_occurrences WHERE timestamp BETWEEN ? AND ? AND instr(data, ?)"
)


def choose(data: Path) -> list[str]:
    """Return the trace id of the last report that leads to all of the other three.

    Args:
        data: the sandbox's folder.
    """
    with open_reader(data) as reader:
        latest = select_occurrences(reader, "ORDER BY id DESC LIMIT :limit", {"limit": LOOKED_AT})
        told = [id_ for each in latest for id_ in each.trace_ids.values()]
        for id_ in dict.fromkeys(filter(None, map(plain_id, told))):
            counts = _count(reader, id_)
            if counts and all(counts.values()):
                return [id_]
    return []


def show(data: Path, ids: list[str]) -> Seen | None:
    """Return what each tool has of a request; None where Honeycomb has not got it.

    No line's text and no error's is shown: the journal may be read by more people than those.

    Args:
        data: the sandbox's folder.
        ids: the request's trace id.
    """
    with open_reader(data) as reader:
        trace = read_trace(reader, ids[0])
        if trace is None:
            return None
        counts = _count(reader, ids[0])
    path = request_path(trace.roots[0])
    lines = [
        f"**Seen** in the sandbox, {minute(trace.start_ns / 1e9)}: {code(path)} in all four, "
        "by one id.",
        "",
        *(f"- {tool}: {told}" for tool, told in counts.items()),
        f"- trace id: `{ids[0]}`",
    ]
    return Seen("\n".join(lines))


def _count(reader: Reader, trace_id: str) -> dict[str, str]:
    """Return how much of a request each tool has, in words; empty words for nothing."""
    trace = read_trace(reader, trace_id)
    if trace is None:
        return {}
    segments = read_xray_trace(reader, xray_id(trace_id))
    first, last = trace.start_ns // 10**9 - BEFORE, trace.start_ns // 10**9 + AFTER
    asked = (1000 * first, 1000 * last, span_log.GROUP, trace_id)
    (lines,) = reader.execute(_LINES, asked).fetchone()
    (reports,) = reader.execute(_REPORTS, (first, last, trace_id)).fetchone()
    sent = [each for each in segments.segments if not each.is_inferred] if segments else []
    counts = {
        "Honeycomb": (len(trace.spans), "span"),
        "X-Ray": (len(sent), "segment"),
        "CloudWatch Logs": (lines, "line"),
        "Rollbar": (reports, "report"),
    }
    return {tool: words.count(n, noun) if n else "" for tool, (n, noun) in counts.items()}
