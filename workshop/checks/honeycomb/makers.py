"""Tells which service made a span, whatever name it was sent under."""

from collections.abc import Iterable
from dataclasses import dataclass

from workshop.checks.evidence import Evidence
from workshop.checks.words import request_path
from workshop.sandbox.honeycomb.traces import Span

# Only one of the course's services answers addresses that start like this.
PATHS = {"/api": "backend", "/profiles": "profiles"}


@dataclass(frozen=True)
class Made:
    """A span with its maker.

    Args:
        span: the span.
        service: which of the running services made it; empty where that cannot be told.
        request: the path of the request in which it was made; empty outside of any.
        joined: its parent is a span of another service.
    """

    span: Span
    service: str
    request: str = ""
    joined: bool = False


def made_spans(evidence: Evidence) -> list[Made]:
    """Return all spans that arrived, each with its maker.

    A server span tells its maker by the path that it answered, and what is below it has the same
    maker up to the next server span. Names come second: they may be wrong, or missing.

    Args:
        evidence: what one run left behind.
    """
    found: list[Made] = []
    for trace in evidence.traces:
        # Not recursive: a trace may be deeper than Python's stack.
        waiting: list[tuple[Span, Made | None]] = [(root, None) for root in trace.roots]
        while waiting:
            span, parent = waiting.pop(0)
            made = _make(evidence, span, parent)
            found.append(made)
            waiting += [(child, made) for child in span.children]
    return found


def _make(evidence: Evidence, span: Span, parent: Made | None) -> Made:
    if not evidence.target.ours:
        own = request_path(span) if span.kind == "server" else ""
        return Made(span, "backend", own or (parent.request if parent else ""))
    if span.kind == "server":
        path = request_path(span)
        service = next((PATHS[start] for start in PATHS if path.startswith(start)), "")
        service = service or _by_name(evidence, span)
        return Made(span, service, path, joined=parent is not None and parent.service != service)
    if parent is not None:
        return Made(span, parent.service, parent.request)
    return Made(span, _by_name(evidence, span))


def _by_name(evidence: Evidence, span: Span) -> str:
    """Return the service that a span's dataset names; a call is backend's, as it alone calls."""
    if span.service in evidence.services:
        return span.service
    return "backend" if span.kind == "client" else ""


def servers(made: Iterable[Made], service: str) -> list[Made]:
    """Return one service's server spans, the ones that cover a whole request."""
    return [each for each in made if each.span.kind == "server" and each.service == service]


def calls(made: Iterable[Made], service: str) -> list[Made]:
    """Return one service's client spans, the ones around a call to another service."""
    clients = [each for each in made if each.span.kind == "client" and each.service == service]
    return [each for each in clients if not each.span.is_query]


def own(made: Iterable[Made]) -> list[Made]:
    """Return the spans that the app's own code opened, rather than a library's instrumentation."""
    return [
        each
        for each in made
        if each.span.kind == "internal" and "opentelemetry.instrumentation" not in each.span.library
    ]
