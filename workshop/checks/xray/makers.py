"""Tells which service made a segment, whatever name it was sent under."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from workshop.checks import presence
from workshop.checks.evidence import Evidence
from workshop.sandbox.xray.trace import XraySegment, as_object

# Only one of the course's services answers addresses that start like this.
PATHS = {"/api": "backend", "/profiles": "profiles"}


@dataclass(frozen=True)
class Made:
    """A segment with its maker.

    Args:
        segment: the segment, as it was sent.
        service: which of the running services made it; empty where that cannot be told.
        method: the HTTP method of the request that it stands for; empty where it does not say.
        path: the path of that request; empty where it does not say.
        joined: it is below a call that another segment made.
    """

    segment: XraySegment
    service: str
    method: str
    path: str
    joined: bool


def made_segments(evidence: Evidence) -> list[Made]:
    """Return all segments that were sent, each with its maker.

    The path of a segment's request tells its maker. The name comes second: it may be wrong.

    Args:
        evidence: what one run left behind.
    """
    found = []
    for trace in evidence.segments:
        joined = {id(below) for part in trace.parts for below in part.downstream}
        for segment in trace.segments:
            if segment.is_subsegment or segment.is_inferred:
                continue
            request = as_object(segment.http.get("request"))
            path = urlsplit(str(request.get("url", ""))).path
            service = _find_service(evidence, segment, path)
            method = str(request.get("method", ""))
            found.append(Made(segment, service, method, path, id(segment) in joined))
    return found


def _find_service(evidence: Evidence, segment: XraySegment, path: str) -> str:
    if not evidence.target.ours:
        return "backend"
    by_path = next((PATHS[start] for start in PATHS if path.startswith(start)), "")
    return by_path or (segment.name if segment.name in evidence.services else "")


def are_spans(made: Iterable[Made]) -> bool:
    """Tell whether OpenTelemetry has sent them all: its spans are segments, too.

    Such an app needs no daemon, and X-Ray's sampling rules do not reach it.
    """
    found = [is_span(each.segment) for each in made]
    return bool(found) and all(found)


def is_span(segment: XraySegment) -> bool:
    """Tell whether OpenTelemetry has sent a segment or a subsegment, rather than X-Ray's SDK."""
    sdk = as_object(segment.read_object("aws").get("xray")).get("sdk")
    return str(sdk).startswith("opentelemetry")


def heard(made: Iterable[Made]) -> set[str]:
    """Return the services of which a segment arrived."""
    return {each.service for each in made}


def calls(made: Iterable[Made], service: str) -> Iterator[XraySegment]:
    """Yield the subsegments that one service's calls over HTTP have made."""
    for part in _parts(made, service):
        if part.is_call and part.http and "sql" not in part.document:
            yield part


def queries(made: Iterable[Made], service: str) -> Iterator[XraySegment]:
    """Yield the subsegments that one service's queries have made."""
    for part in _parts(made, service):
        if "sql" in part.document:
            yield part


def _parts(made: Iterable[Made], service: str) -> Iterator[XraySegment]:
    for each in made:
        if each.service == service:
            yield from (part for part in each.segment.walk_parts() if part.is_subsegment)


def where_made(evidence: Evidence, service: str) -> str:
    """Return where a service has its segments opened: by the middleware, or by hand.

    Args:
        evidence: what one run left behind.
        service: one that sent segments.
    """
    written = presence.find_call(evidence.folder, "begin_segment")
    by_hand = written.where if written else ""
    return evidence.where("xray-middleware", service) or by_hand
