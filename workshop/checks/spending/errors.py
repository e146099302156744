"""Judges whether every failing request is still seen, and none of them fills a month."""

from workshop.checks import presence
from workshop.checks.evidence import Evidence
from workshop.checks.findings import Finding
from workshop.checks.spending import kept
from workshop.checks.spending.production import POST, Production, error_lines
from workshop.checks.words import count, listed, request_path
from workshop.sandbox.rollbar.items import Occurrence

# Ten a minute, and a minute may end within the loop.
MOST_ALIKE = 20


def failures(found: Production) -> int:
    """Return how many requests of the loop have failed."""
    return sum(each.status >= 500 for each in found.failing)


def judge_spans(evidence: Evidence, found: Production) -> list[Finding] | None:
    """Has each failing request an error span?

    Args:
        evidence: of the run in which everything is kept.
        found: what production left behind.

    Returns:
        The findings; None where nothing failed.
    """
    failed = failures(found)
    seen = {
        span.trace_id
        for trace in found.traces
        for span in trace.spans
        if span.error and span.kind == "server" and request_path(span) == POST
    }
    if not failed:
        return None
    if len(seen) >= failed:
        return []
    return [
        Finding(
            "spending/loses-errors",
            expected=f"an error span at Honeycomb for each of {count(failed, 'request')} that "
            "failed",
            got="not all of them" if seen else "none of them",
            where=kept.where(evidence),
        )
    ]


def judge_lines(evidence: Evidence, found: Production) -> list[Finding] | None:
    """Has each failing request an ERROR line?

    Args:
        evidence: of the run in which everything is kept.
        found: what production left behind.

    Returns:
        The findings; None where nothing failed, or the app has no log in CloudWatch.
    """
    failed = failures(found)
    if not failed or not any(evidence.log_events.values()):
        return None
    seen = len(error_lines(found))
    if seen >= failed:
        return []
    return [
        Finding(
            "spending/loses-error-lines",
            expected=f"an ERROR line in CloudWatch for each of {count(failed, 'request')} that "
            "failed",
            got="not all of them" if seen else "none of them",
        )
    ]


def judge_occurrences(evidence: Evidence, found: Production) -> list[Finding] | None:
    """Is an error in a loop reported, a few times, and does it leave room for other errors?

    Args:
        evidence: of the run in which everything is kept.
        found: what production left behind.

    Returns:
        The findings; None where nothing failed, or the app reports nothing to Rollbar.
    """
    failed = failures(found)
    if not failed or not (evidence.occurrences or any(evidence.notes("rollbar-init"))):
        return None
    known = {_name(each) for each in evidence.occurrences if _is_of_loop(each)}
    alike = [each for each in found.occurrences if _is_of_loop(each)]
    written = presence.find_call(evidence.folder, "add_payload_handler")
    where = written.where if written else ""
    loop = f"the same error {failed} times in a row"
    if not alike:
        return [
            Finding(
                "spending/loses-occurrences",
                expected=f"of {loop}, the first few at Rollbar",
                got="none",
                where=where,
            )
        ]
    found_here = []
    if len(alike) > MOST_ALIKE:
        found_here.append(
            Finding(
                "spending/no-cap",
                expected=f"of {loop}, at most {MOST_ALIKE} occurrences at Rollbar",
                got=f"{len(alike)}",
                where=where or evidence.where("rollbar-init", "backend"),
            )
        )
    here = {_name(each) for each in found.occurrences}
    missing = {_name(each) for each in evidence.occurrences} - known - here
    if missing and found.other and found.other.answered:
        found_here.append(
            Finding(
                "spending/cap-hides-others",
                expected="another error, after the loop, at Rollbar as well",
                got=f"nothing of {listed(sorted(map(str, missing)))}",
                where=where,
            )
        )
    return found_here


def is_another_reported(found: Production) -> bool:
    """Tell whether the process in which the loop was reported another error at Rollbar as well.

    Args:
        found: what production left behind.
    """
    in_loop = {_read_process(each) for each in found.occurrences if _is_of_loop(each)} - {None}
    others = (each for each in found.occurrences if not _is_of_loop(each))
    return any(_read_process(each) in in_loop for each in others)


def _read_process(occurrence: Occurrence) -> object:
    """Return the id of the process that reported an error; None where it does not say."""
    server = occurrence.data.get("server")
    return server.get("pid") if isinstance(server, dict) else None


def _is_of_loop(occurrence: Occurrence) -> bool:
    return bool(occurrence.request and occurrence.request.url.partition("?")[0].endswith(POST))


def _name(occurrence: Occurrence) -> str:
    """Name an error without what differs from run to run: by its class."""
    return occurrence.exception_class or occurrence.level
