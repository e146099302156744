"""Tells which parts of the segments that arrived the app's own code has opened."""

from collections import Counter
from collections.abc import Sequence, Set
from dataclasses import dataclass
from urllib.parse import urlsplit

from workshop.checks.evidence import Evidence
from workshop.checks.traffic import Asked
from workshop.sandbox.xray.trace import XraySegment

SEARCH = "/api/activities/search"


@dataclass(frozen=True)
class Answered:
    """A request that backend answered, as X-Ray knows it.

    Args:
        segment: its segment.
        method: the HTTP method.
        path: the path, without a query.
        own: the subsegments that the app's own code opened in it, depth first.
    """

    segment: XraySegment
    method: str
    path: str
    own: tuple[XraySegment, ...]


def read_answered(evidence: Evidence) -> list[Answered]:
    """Return the requests that backend answered and X-Ray was told of, in order.

    Args:
        evidence: what one run left behind.
    """
    found = []
    # The Flask middleware opens one for each template, such as `app` or `home.html`.
    libraries = {note["name"] for note in evidence.notes("part-of-a-library")}
    for trace in evidence.segments:
        for segment in trace.segments:
            request = segment.http.get("request", {})
            path = urlsplit(str(request.get("url", ""))).path
            # Only one of the course's services answers addresses that start like this.
            is_backend = path.startswith("/api" if evidence.target.ours else "/")
            if is_backend and not segment.is_subsegment and not segment.is_inferred:
                own = tuple(each for each in segment.walk_parts() if _is_own(each, libraries))
                found.append(Answered(segment, str(request.get("method", "")), path, own))
    return found


def _is_own(part: XraySegment, libraries: Set[str]) -> bool:
    """Tell whether no library made a part: no call, no query, no template."""
    if not part.is_subsegment or part.is_call or part.name in libraries:
        return False
    return not any(part.document.get(kind) for kind in ("http", "sql"))


def unrecorded(evidence: Evidence, answered: Sequence[Answered]) -> list[Asked]:
    """Return the requests that were answered, and of which X-Ray never heard.

    Args:
        evidence: what one run left behind.
        answered: those of which it did.
    """
    known = Counter((each.method, each.path) for each in answered)
    missing = []
    for asked in evidence.asked:
        address = asked.method, path_of(asked)
        if asked.status and not known[address]:
            missing.append(asked)
        known[address] -= 1
    return missing


def path_of(asked: Asked) -> str:
    """Return a request's path, without its query."""
    return asked.path.partition("?")[0]


def judged_requests(evidence: Evidence, answered: Sequence[Answered]) -> list[Answered]:
    """Return the requests in which the step asks for parts: the search, or all where it is foreign.

    One that fails may fail before it comes to its parts.

    Args:
        evidence: what one run left behind.
        answered: the requests that X-Ray was told of.
    """
    right = [each for each in answered if not each.segment.fault]
    return [each for each in right if not evidence.target.ours or each.path == SEARCH]


def where_opened(evidence: Evidence, name: str) -> str:
    """Return where the learner's code opens a subsegment of this name, or nothing."""
    notes = evidence.notes("subsegment")
    return next((str(note["where"]) for note in notes if note["name"] in (name, None)), "")
