"""Finds what else tells of a request: log lines at CloudWatch, and occurrences at Rollbar."""

from workshop.sandbox.cloudwatch.logs import EVENT_COLUMNS, Event
from workshop.sandbox.console import spelling
from workshop.sandbox.console.log_lines import Line, read_line
from workshop.sandbox.console.matching import (
    AFTER_MS,
    BEFORE_MS,
    BY_ID,
    BY_TIME,
    LATEST_LINES,
    LATEST_OCCURRENCES,
    LINES_LOOKED_AT,
    LOOKED_AT,
    TITLE_LIMIT,
    Match,
    Request,
    plain_id,
)
from workshop.sandbox.rollbar.items import Occurrence, select_occurrences
from workshop.sandbox.store import Reader
from workshop.sandbox.xray.search import span_log
from workshop.views import words


def find_lines(reader: Reader, request: Request) -> list[Match]:
    """Return the log lines of a request: those with its id, else those near it on its path."""
    near = _read_near(reader, request)
    by_id = [each for each in near if _has_id(each[1], request)]
    if by_id:
        return _match_lines(by_id, request.path, BY_ID)
    # Lines of another trace are another request's, whatever their path.
    same = [each for each in near if each[1].path and each[1].path == request.path]
    same = [each for each in same if not (request.ids and plain_id(each[1].trace_id))]
    return _match_lines(same, request.path, BY_TIME)


def is_in_log(reader: Reader, request: Request) -> bool:
    """Tell whether a log line of its time has a request's id."""
    if request.start_ns is None or not request.ids:
        return False
    start_ms = request.start_ns // 10**6
    query = (
        "SELECT 1 FROM cloudwatch_log_events WHERE group_name = ? AND timestamp_ms BETWEEN ? AND ?"
        " AND (instr(message, ?) OR instr(message, ?)) LIMIT 1"
    )
    span = (start_ms - BEFORE_MS, start_ms + AFTER_MS)
    return any(
        reader.execute(query, (group, *span, *request.ids)).fetchone()
        for group in _read_groups(reader)
    )


def complete_from_latest(reader: Reader, request: Request) -> Request:
    """Return a request with the time and the path that the latest lines and occurrences tell.

    Args:
        reader: from `open_reader`.
        request: of which the id alone is known.
    """
    told: list[tuple[int, str]] = []
    for group in _read_groups(reader) if request.ids else []:
        rows = reader.execute(
            f"SELECT {EVENT_COLUMNS} FROM (SELECT {EVENT_COLUMNS} FROM cloudwatch_log_events"  # noqa: S608
            " WHERE group_name = ? ORDER BY timestamp_ms DESC LIMIT ?)"
            " WHERE instr(message, ?) OR instr(message, ?)",
            (group, LATEST_LINES, *request.ids),
        )
        lines = [read_line(Event(*row)) for row in rows]
        told += [(line.time_ns, line.path) for line in lines]
    if request.ids and not told:
        occurrences = select_occurrences(
            reader,
            "WHERE id IN (SELECT id FROM rollbar_occurrences ORDER BY timestamp DESC LIMIT :limit)"
            " AND (instr(data, :plain) OR instr(data, :xray))",
            {"limit": LATEST_OCCURRENCES, "plain": request.ids[0], "xray": request.ids[1]},
        )
        told = [(each.timestamp * 10**9, path_of(each)) for each in occurrences]
    if not told:
        return request
    # The line about the request itself is written once those that it led to are answered.
    paths = [path for _, path in sorted(told) if path]
    return Request(request.trace_id, min(told)[0], paths[-1] if paths else request.path)


def _read_groups(reader: Reader) -> list[str]:
    """Return the log groups, without that of X-Ray's spans: those are shown as a trace."""
    rows = reader.execute("SELECT name FROM cloudwatch_log_groups ORDER BY name")
    return [name for (name,) in rows if name != span_log.GROUP]


def _read_near(reader: Reader, request: Request) -> list[tuple[str, Line]]:
    """Return the lines of a request's time, each with its group."""
    if request.start_ns is None:
        return []
    start_ms = request.start_ns // 10**6
    near: list[tuple[str, Line]] = []
    for group in _read_groups(reader):
        rows = reader.execute(
            f"SELECT {EVENT_COLUMNS} FROM cloudwatch_log_events"  # noqa: S608
            " WHERE group_name = ? AND timestamp_ms BETWEEN ? AND ?"
            " ORDER BY timestamp_ms, id LIMIT ?",
            (group, start_ms - BEFORE_MS, start_ms + AFTER_MS, LINES_LOOKED_AT),
        )
        near += [(group, read_line(Event(*row))) for row in rows]
    return near


def _has_id(line: Line, request: Request) -> bool:
    return any(known in line.event.message for known in request.ids)


def _match_lines(found: list[tuple[str, Line]], path: str, how: str) -> list[Match]:
    """Return what leads to some lines: one match for all that one filter pattern shows."""
    by_page: dict[tuple[str, str], list[Line]] = {}
    for group, line in found:
        pattern = f'"{line.trace_id}"' if line.trace_id else f'"{line.path}"' if line.path else ""
        by_page.setdefault((group, pattern), []).append(line)
    matches = []
    for (group, pattern), lines in by_page.items():
        # The request's own line tells more than those of the requests that it led to.
        line = next((each for each in lines if each.path == path), lines[0])
        told = line.told.message[:TITLE_LIMIT]
        many = f"{words.count(len(lines), 'line')}, such as " if len(lines) > 1 else ""
        values = {"name": group, "pattern": pattern}
        title = f"{group}: {many}{told}"
        matches.append(Match(title, "show_group", values, how, line.time_ns, line.path))
    return matches


def find_occurrences(reader: Reader, request: Request) -> list[Match]:
    """Return Rollbar's occurrences in a request: with its id, else near it on its path."""
    if request.start_ns is None:
        return []
    start_s = request.start_ns // 10**9
    near = select_occurrences(
        reader,
        "WHERE timestamp BETWEEN :first AND :last ORDER BY timestamp, id LIMIT :limit",
        {
            "first": start_s - BEFORE_MS // 1000,
            "last": start_s + AFTER_MS // 1000,
            "limit": LOOKED_AT,
        },
    )
    told = [(each, {plain_id(known) for known in each.trace_ids.values()}) for each in near]
    by_id = [each for each, ids in told if ids & set(request.ids)]
    if by_id:
        return [_match_occurrence(reader, each, BY_ID) for each in by_id]
    same = [
        each
        for each, ids in told
        if request.path and path_of(each) == request.path and not (request.ids and ids)
    ]
    return [_match_occurrence(reader, each, BY_TIME) for each in same]


def _match_occurrence(reader: Reader, occurrence: Occurrence, how: str) -> Match:
    counter, title = reader.execute(
        "SELECT counter, title FROM rollbar_items WHERE id = ?", (occurrence.item_id,)
    ).fetchone()
    values: dict[str, str | int] = {"counter": counter, "occurrence": occurrence.id}
    return Match(
        f"#{counter} {title}"[:TITLE_LIMIT],
        "show_item",
        values,
        how,
        occurrence.timestamp * 10**9,
        path_of(occurrence),
    )


def path_of(occurrence: Occurrence) -> str:
    """Return the path of the request that was being answered; empty where none is known."""
    return spelling.path_of(occurrence.request.url if occurrence.request else "")
