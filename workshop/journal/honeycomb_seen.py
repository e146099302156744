"""The trace of one request, as Honeycomb would have it, for the journal."""

from collections import Counter
from pathlib import Path

from workshop.checks.words import request_path
from workshop.journal.words import Seen, code, minute
from workshop.sandbox.honeycomb.traces import Trace, read_trace, read_traces
from workshop.sandbox.store import open_reader
from workshop.views import waterfall, words

# The page that the step is about; any other is shown where nobody has asked for it.
PAGE = "/api/activities/home"
NEWEST = 500


def choose(data: Path) -> list[str]:
    """Return the id of the newest whole trace of the home feed, or of any request.

    Args:
        data: the sandbox's folder.
    """
    with open_reader(data) as reader:
        whole = [each for each in read_traces(reader, limit=NEWEST) if each.is_whole]
    asked = [each for each in whole if any(span.kind == "server" for span in each.roots)]
    home = [each for each in asked if request_path(each.roots[0]) == PAGE]
    chosen = home or asked
    return [chosen[-1].trace_id] if chosen else []


def show(data: Path, ids: list[str]) -> Seen | None:
    """Return one trace in words and as a waterfall; None where the sandbox has not got it.

    Args:
        data: the sandbox's folder.
        ids: the trace's.
    """
    with open_reader(data) as reader:
        trace = read_trace(reader, ids[0])
    if trace is None or not trace.spans:
        return None
    lines = [
        f"**Seen** in the sandbox, {minute(trace.start_ns / 1e9)}: {code(words.facts(trace))}.",
        "",
        f"- {_spans(trace)}",
        f"- trace id: `{trace.trace_id}`",
    ]
    return Seen("\n".join(lines), waterfall.show(trace))


def _spans(trace: Trace) -> str:
    counts = Counter(span.service for span in trace.spans)
    said = [f"{words.count(n, 'span')} from {code(name)}" for name, n in sorted(counts.items())]
    failed = sum(span.error for span in trace.spans)
    return ", ".join(said) + (f"; {words.count(failed, 'span')} failed" if failed else "")
