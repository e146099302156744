"""The log lines of some minutes, as CloudWatch Logs would have them, for the journal."""

from pathlib import Path

from workshop.journal.words import Seen, code, minute
from workshop.sandbox.store import open_reader
from workshop.sandbox.xray.search import span_log
from workshop.views import log_lines, log_volume, words

# How far back from its newest line the volume reaches, in milliseconds.
WINDOW_MS = 300_000
# Its time tells a line from one of the same number in a sandbox that was cleared in between.
_LINE = "id || '-' || timestamp_ms"


def choose(data: Path) -> list[str]:
    """Return the numbers of the first and the last line of the newest log group's minutes.

    Args:
        data: the sandbox's folder.
    """
    with open_reader(data) as reader:
        newest = reader.execute(
            "SELECT group_name, timestamp_ms FROM cloudwatch_log_events WHERE group_name != ?"
            " ORDER BY timestamp_ms DESC, id DESC LIMIT 1",
            # X-Ray's spans are no lines of the app's.
            (span_log.GROUP,),
        ).fetchone()
        if newest is None:
            return []
        group, end_ms = newest
        found = reader.execute(
            f"SELECT {_LINE} FROM cloudwatch_log_events"  # noqa: S608
            " WHERE group_name = ? AND timestamp_ms >= ? ORDER BY id",
            (group, end_ms - WINDOW_MS),
        ).fetchall()
    return [found[0][0], found[-1][0]]


def show(data: Path, ids: list[str]) -> Seen | None:
    """Return the number of lines by level, in words and over time; None where they are not there.

    No line's text is shown: the journal may be read by more people than the log.

    Args:
        data: the sandbox's folder.
        ids: the numbers of the first and of the last line.
    """
    first, last = ids[0], ids[-1]
    with open_reader(data) as reader:
        # Of the group that the last line is in, those between the two in the order of arrival.
        rows = reader.execute(
            f"SELECT {_LINE}, group_name, timestamp_ms, message FROM cloudwatch_log_events"  # noqa: S608
            " WHERE id BETWEEN ?1 AND ?2 AND group_name ="
            " (SELECT group_name FROM cloudwatch_log_events WHERE id = ?2) ORDER BY id",
            (first.partition("-")[0], last.partition("-")[0]),
        ).fetchall()
    if not rows or [rows[0][0], rows[-1][0]] != [first, last]:
        return None
    events = [{"timestamp": row[2], "message": row[3]} for row in rows]
    told = log_lines.read_lines(events)
    levels = log_lines.count_levels(told)
    lines = [
        f"**Seen** in the sandbox, {minute(told[0].time_ms / 1000)}: "
        f"{words.count(len(told), 'line')} in the log group {code(rows[0][1])}.",
        "",
        *(f"- {words.count(number, 'line')} of {code(level)}" for level, number in levels.items()),
        f"- lines in the sandbox: from `{first}` to `{last}`",
    ]
    title = f"{words.count(len(told), 'log line')} by level"
    return Seen("\n".join(lines), log_volume.show(events, title))
