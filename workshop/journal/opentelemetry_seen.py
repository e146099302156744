"""One trace that X-Ray and Honeycomb have of the same spans, for the journal."""

from pathlib import Path

from workshop.checks.xray.makers import is_span
from workshop.journal.words import Seen, code, minute
from workshop.sandbox.console.matching import plain_id
from workshop.sandbox.honeycomb.traces import read_trace
from workshop.sandbox.store import Reader, open_reader
from workshop.sandbox.xray.traces import XrayTrace, read_xray_trace
from workshop.views import segments, words

NEWEST = 500
SERVICES = 2


def choose(data: Path) -> list[str]:
    """Return the id of the newest trace of spans that both have; through both services, if any.

    Args:
        data: the sandbox's folder.
    """
    fallback: list[str] = []
    with open_reader(data) as reader:
        for (trace_id,) in reader.execute(
            "SELECT trace_id FROM xray_traces WHERE NOT partial"
            " ORDER BY time_ns DESC, trace_id DESC LIMIT ?",
            (NEWEST,),
        ).fetchall():
            found = read_xray_trace(reader, trace_id)
            if found is None or not _count_shared(reader, found):
                continue
            if len(words.services(segments.as_trace(found))) >= SERVICES:
                return [trace_id]
            fallback = fallback or [trace_id]
    return fallback


def show(data: Path, ids: list[str]) -> Seen | None:
    """Return one trace in words and as a timeline; None where the two have not got it.

    Args:
        data: the sandbox's folder.
        ids: the trace's, as X-Ray writes it.
    """
    with open_reader(data) as reader:
        found = read_xray_trace(reader, ids[0])
        shared = _count_shared(reader, found) if found else 0
    if found is None or not shared:
        return None
    lines = [
        f"**Seen** in the sandbox, {minute(found.start)}: "
        f"{code(words.facts(segments.as_trace(found)))}, sent by OpenTelemetry alone.",
        "",
        f"- the same at X-Ray and Honeycomb: {words.count(shared, 'span')}",
        f"- X-Ray id: `{found.trace_id}`",
    ]
    return Seen("\n".join(lines), segments.show(found))


def _count_shared(reader: Reader, found: XrayTrace) -> int:
    """Return how many spans of a trace Honeycomb has as well."""
    told = {part.id for part in found.parts if not part.is_inferred and is_span(part)}
    trace_id = plain_id(found.trace_id)
    trace = read_trace(reader, trace_id) if told and trace_id else None
    return len(told & {span.span_id for span in trace.spans}) if trace else 0
