"""What a trace is made of, once it is read back: a tree of spans."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

# What tells a call to a database, by its old name and by its new one.
# https://opentelemetry.io/docs/specs/semconv/database/database-spans/
_DATABASE = {"db.system", "db.system.name"}


@dataclass
class SpanEvent:
    """Something that happened at one moment of a span, such as an exception.

    Args:
        name: its name.
        offset_ms: when, in milliseconds after its span's start.
        attributes: its own attributes.
    """

    name: str
    offset_ms: float
    attributes: dict[str, Any]


@dataclass
class Span:
    """One piece of work, and what it called.

    Args:
        trace_id: the trace that it belongs to, in hexadecimal.
        span_id: its own id, in hexadecimal.
        parent_id: the id of the span that called it; None at the root.
        name: its name.
        service: the dataset that holds it, which is its service's name.
        kind: server, client, internal, producer, consumer or unspecified.
        start_ns: its start, in nanoseconds since 1970.
        duration_ms: how long it took, in milliseconds.
        error: whether it is marked as failed.
        status_message: what its status says; often empty.
        attributes: every other field of the stored event.
        library: the instrumentation scope that made it.
        events: what happened in it, by time.
        children: the spans that it is the parent of, by start.
        missing_parent: its parent has not arrived.
    """

    trace_id: str
    span_id: str
    parent_id: str | None
    name: str
    service: str
    kind: str
    start_ns: int
    duration_ms: float
    error: bool
    status_message: str
    attributes: dict[str, Any]
    library: str
    events: list[SpanEvent] = field(default_factory=list)
    children: list["Span"] = field(default_factory=list)
    missing_parent: bool = False

    @property
    def is_query(self) -> bool:
        """Whether it is around a call to a database, which sends no spans of its own."""
        return self.kind == "client" and not _DATABASE.isdisjoint(self.attributes)

    @property
    def is_unanswered(self) -> bool:
        """Whether it is around a call to another service, of which no span is there."""
        return self.kind == "client" and not self.children and not self.is_query

    def walk(self) -> Iterator["Span"]:
        """Yield the span itself, then all below it, depth first."""
        # Not recursive: a trace may be deeper than Python's stack.
        waiting = [self]
        while waiting:
            span = waiting.pop()
            yield span
            waiting.extend(reversed(span.children))


@dataclass
class Trace:
    """One request's journey through all services.

    Args:
        trace_id: its id, in hexadecimal.
        roots: the spans without a parent here, by start: the true root, and orphans.
    """

    trace_id: str
    roots: list[Span]

    @property
    def spans(self) -> list[Span]:
        """All spans, depth first."""
        return [span for root in self.roots for span in root.walk()]

    @property
    def services(self) -> list[str]:
        """The names of the services in it, sorted."""
        return sorted({span.service for span in self.spans})

    @property
    def start_ns(self) -> int:
        """The start of its earliest span, in nanoseconds since 1970."""
        return min(span.start_ns for span in self.spans)

    @property
    def duration_ms(self) -> float:
        """The time from its earliest start to its latest end, in milliseconds."""
        start = self.start_ns
        return max((span.start_ns - start) / 1e6 + span.duration_ms for span in self.spans)

    @property
    def is_whole(self) -> bool:
        """Whether all that can be known to be missing is there.

        That is each span's parent, and the other side of each call: a client span has a child once
        the service that it called has sent its own. A database has none to send.
        """
        return not any(span.missing_parent or span.is_unanswered for span in self.spans)
