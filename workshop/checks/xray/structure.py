"""Judges the segments themselves: one for each request, with what came of it."""

from collections import Counter

from workshop.checks.evidence import Evidence
from workshop.checks.findings import Finding
from workshop.checks.words import count, listed, tally
from workshop.checks.xray.makers import Made, heard, where_made

# Leaving these out of the traces is a choice that many make on purpose, and a good one.
MAY_BE_LEFT_OUT = ("/api/health-check",)
Request = tuple[str, str]


def judge_requests(evidence: Evidence, made: list[Made]) -> list[Finding] | None:
    """Is there a segment for each request that the app answered?

    Args:
        evidence: what one run left behind.
        made: its segments.

    Returns:
        What speaks against it; None where backend sent nothing at all.
    """
    if "backend" not in heard(made):
        return None
    arrived = _count_arrived(made)
    blank = [each for each in made if each.service == "backend" and not each.path]
    if blank and not any(path for _, path in arrived):
        return [
            Finding(
                "xray/no-request",
                expected="segments that say which request they stand for: method, address, status",
                got=f"{count(len(blank), 'segment')} without any of it",
                where=where_made(evidence, "backend"),
            )
        ]
    missing = []
    for asked in evidence.asked:
        request = (asked.method, asked.path.partition("?")[0])
        if arrived[request]:
            arrived[request] -= 1
        elif asked.status and request[1] not in MAY_BE_LEFT_OUT:
            missing.append(request)
    if not missing:
        return []
    return [
        Finding(
            "xray/not-every-request",
            expected="a segment for each request",
            got=f"none for {tally(f'{method} {path}' for method, path in missing)}",
            where=_where_is(evidence, missing[0][1]),
        )
    ]


def judge_faults(evidence: Evidence, made: list[Made]) -> list[Finding] | None:
    """Is a request that failed marked as one in its segment?

    Args:
        evidence: what one run left behind.
        made: its segments.

    Returns:
        What speaks against it; None where no request failed whose segment has arrived.
    """
    arrived = _count_arrived(made)
    failed = Counter(
        (asked.method, asked.path.partition("?")[0])
        for asked in evidence.asked
        if asked.status >= 500
    )
    asked = Counter((each.method, each.path.partition("?")[0]) for each in evidence.asked)
    # Where some segments of the same address are missing, that may be the one which failed.
    known = [request for request in failed if arrived[request] >= asked[request]]
    if not known:
        return None
    marked = _count_arrived([each for each in made if each.segment.fault])
    unmarked = [request for request in known if marked[request] < failed[request]]
    if not unmarked:
        return []
    return [
        Finding(
            "xray/fault-not-marked",
            expected="fault: true in the segment of a request that was answered with 500",
            got=f"none in that of {tally(f'{method} {path}' for method, path in unmarked)}",
            where=where_made(evidence, "backend"),
        )
    ]


def judge_repetition(evidence: Evidence) -> list[Finding]:
    """Is the middleware put around one app more than once?"""
    twice: dict[str, str] = {}
    for service in sorted(evidence.services):
        given = list(evidence.notes("xray-middleware", service))
        if len(given) > len({note["app"] for note in given}):
            twice[service] = given[-1]["where"]
    if not twice:
        return []
    return [
        Finding(
            "xray/middleware-twice",
            expected="XRayMiddleware(app, xray_recorder), once for each service",
            got=f"more than once in {listed(list(twice))}",
            where=next(iter(twice.values())),
        )
    ]


def _count_arrived(made: list[Made]) -> Counter[Request]:
    return Counter((each.method, each.path) for each in made if each.service == "backend")


def _where_is(evidence: Evidence, path: str) -> str:
    """Return where the function behind a route stands, where the route is a plain path."""
    routes = evidence.notes("route", "backend")
    return next((str(note["where"]) for note in routes if path.endswith(str(note["rule"]))), "")
