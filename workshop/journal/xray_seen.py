"""The service map of some minutes, and the timeline of one request, as X-Ray would have them."""

from contextlib import closing
from pathlib import Path
from typing import Any

from workshop.journal.words import Seen, code, minute
from workshop.sandbox.store import Store, open_reader
from workshop.sandbox.xray.graph import get_service_graph
from workshop.sandbox.xray.traces import XraySegment, XrayTrace, read_xray_trace
from workshop.views import segments, service_map, words

# How far back from its newest trace a map reaches, in seconds.
WINDOW = 300
NEWEST = 500


def choose_map(data: Path) -> list[str]:
    """Return the ids of the first and the last trace of the map's minutes.

    Args:
        data: the sandbox's folder.
    """
    with open_reader(data) as reader:
        (newest,) = reader.execute("SELECT max(time_ns) FROM xray_traces").fetchone()
        if newest is None:
            return []
        found = reader.execute(
            "SELECT trace_id FROM xray_traces WHERE time_ns >= ? ORDER BY time_ns, trace_id",
            (newest - WINDOW * 10**9,),
        ).fetchall()
    return [found[0][0], found[-1][0]]


def show_map(data: Path, ids: list[str]) -> Seen | None:
    """Return the map of all traces from one to another; None where one of them is not there.

    Args:
        data: the sandbox's folder.
        ids: of the first trace and of the last.
    """
    first, last = ids[0], ids[-1]
    with open_reader(data) as reader:
        ends = [
            reader.execute("SELECT time_ns FROM xray_traces WHERE trace_id = ?", (each,)).fetchone()
            for each in (first, last)
        ]
        if None in ends:
            return None
        number, start_ns, end_ns = reader.execute(
            "SELECT count(*), min(time_ns), max(ended_ns) FROM xray_traces"
            " WHERE time_ns BETWEEN ? AND ?",
            (ends[0][0], ends[1][0]),
        ).fetchone()
    picture = service_map.show(
        _read_services(data, start_ns, end_ns), f"{words.count(number, 'trace')} on one map"
    )
    lines = [
        f"**Seen** in the sandbox, {minute(start_ns / 1e9)}: "
        f"{words.count(number, 'trace')} in {(end_ns - start_ns) / 1e9:.0f} s.",
        "",
        # After the summary and a blank line: an edge a line.
        *(f"- {code(edge)}" for edge in picture.alt.splitlines()[2:]),
        f"- X-Ray ids: from `{first}` to `{last}`",
    ]
    return Seen("\n".join(lines), picture)


def _read_services(data: Path, start_ns: int, end_ns: int) -> list[dict[str, Any]]:
    with closing(Store(data)) as store:
        times = {"StartTime": start_ns / 1e9, "EndTime": end_ns / 1e9 + 1}
        services: list[dict[str, Any]] = get_service_graph(store, times)["Services"]
    return services


def choose_timeline(data: Path) -> list[str]:
    """Return the id of the newest trace with a subsegment that the learner's code opened.

    One with an annotation goes before the others.

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
            own = _own_parts(read_xray_trace(reader, trace_id))
            if any(part.annotations for part in own):
                return [trace_id]
            if own and not fallback:
                fallback = [trace_id]
    return fallback


def show_timeline(data: Path, ids: list[str]) -> Seen | None:
    """Return one trace in words and as a timeline; None where the sandbox has not got it.

    Args:
        data: the sandbox's folder.
        ids: the trace's.
    """
    with open_reader(data) as reader:
        found = read_xray_trace(reader, ids[0])
    if found is None:
        return None
    trace = segments.as_trace(found)
    own = _own_parts(found)
    keys = sorted({key for part in found.parts for key in part.annotations})
    names = sorted({part.name for part in own})
    lines = [
        f"**Seen** in the sandbox, {minute(found.start)}: {code(words.facts(trace))}.",
        "",
        f"- subsegments of your own: {', '.join(map(code, names)) or 'none'}",
        f"- annotations: {', '.join(map(code, keys)) or 'none'}",
        f"- X-Ray id: `{found.trace_id}`",
    ]
    return Seen("\n".join(lines), segments.show(found))


def _own_parts(trace: XrayTrace | None) -> list[XraySegment]:
    """Return the subsegments that no library made: those have a namespace."""
    parts = trace.parts if trace else []
    return [part for part in parts if part.is_subsegment and not part.namespace]
