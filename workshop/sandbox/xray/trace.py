"""What an X-Ray trace is made of, once its documents are put together: a tree of segments."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any


@dataclass
class XraySegment:
    """A segment, which is a service's work on one request, or a subsegment, a part of that.

    Args:
        trace_id: the trace that it belongs to, such as `1-581cf771-a006649127e371903a2de979`.
        id: its own id, 16 hexadecimal digits.
        parent_id: the id of the segment or subsegment that it belongs below; None at the root.
        name: its name; a segment's is its service's.
        start: in seconds since 1970.
        end: in seconds since 1970; None while it is in progress.
        is_subsegment: whether it is a part of a segment.
        is_inferred: X-Ray has made it from a call to something that sends no segments.
        namespace: `remote` or `aws` for a call to another service, else empty.
        error: whether it failed through its caller: a status of 4xx.
        throttle: whether it was asked too often: a status of 429.
        fault: whether it failed itself: a status of 5xx, or an exception.
        http: its `http` block, `request` and `response`; empty where there is none.
        status: the HTTP status of its response.
        document: all that was sent of it, but for its subsegments.
        subsegments: its parts, by start.
        downstream: the segments of other services that answered this call, by start.
        missing_parent: its parent has not arrived.
    """

    trace_id: str
    id: str
    parent_id: str | None
    name: str
    start: float
    end: float | None
    is_subsegment: bool
    is_inferred: bool
    namespace: str
    error: bool
    throttle: bool
    fault: bool
    http: dict[str, Any]
    status: int | None
    document: dict[str, Any]
    subsegments: list["XraySegment"] = field(default_factory=list)
    downstream: list["XraySegment"] = field(default_factory=list)
    missing_parent: bool = False

    @property
    def in_progress(self) -> bool:
        """Whether its end has not been sent."""
        return self.end is None

    @property
    def duration(self) -> float:
        """How long it took, in seconds; 0 while it is in progress."""
        return 0.0 if self.end is None else max(self.end - self.start, 0.0)

    @property
    def children(self) -> list["XraySegment"]:
        """What is directly below it, by start: its parts, and the segments of whom it called."""
        if not self.downstream:
            return self.subsegments
        return sorted([*self.subsegments, *self.downstream], key=lambda each: each.start)

    @property
    def annotations(self) -> dict[str, str | float | bool]:
        """Its annotations that can be indexed: those whose values are scalars."""
        given = self.read_object("annotations")
        return {key: value for key, value in given.items() if _is_scalar(value)}

    @property
    def metadata(self) -> dict[str, Any]:
        """Its metadata: an object a namespace."""
        return self.read_object("metadata")

    @property
    def origin(self) -> str | None:
        """The type of what it ran on, such as `AWS::EC2::Instance`."""
        return self.read_text("origin")

    @property
    def exceptions(self) -> list[dict[str, Any]]:
        """What is known of its exceptions: `type`, `message`, `remote`, `stack`."""
        found = self.read_object("cause").get("exceptions")
        return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []

    @property
    def is_call(self) -> bool:
        """Whether it is a subsegment that calls another service."""
        return self.is_subsegment and self.namespace in ("remote", "aws")

    @property
    def ok(self) -> bool:
        """Whether it succeeded: it has ended, nothing failed, and a status of it is a 2xx."""
        failed = self.error or self.throttle or self.fault or self.in_progress
        return not failed and (self.status is None or 200 <= self.status < 300)

    def read_object(self, name: str) -> dict[str, Any]:
        """Return a member of the document that should be an object; empty where it is none."""
        return as_object(self.document.get(name))

    def read_text(self, name: str) -> str | None:
        """Return a member of the document that should be a text; None where it is none."""
        value = self.document.get(name)
        return value if isinstance(value, str) and value else None

    def walk(self) -> Iterator["XraySegment"]:
        """Yield itself and all below it, depth first, into other services as well."""
        # Not recursive: a trace may be deeper than Python's stack.
        waiting = [self]
        while waiting:
            segment = waiting.pop()
            yield segment
            waiting.extend(reversed(segment.children))

    def walk_parts(self) -> Iterator["XraySegment"]:
        """Yield itself and its subsegments at every depth, depth first."""
        waiting = [self]
        while waiting:
            segment = waiting.pop()
            yield segment
            waiting.extend(reversed(segment.subsegments))


@dataclass
class XrayTrace:
    """One request's journey through all services.

    Args:
        trace_id: its id.
        segments: every segment in it by start, sent or inferred, and the subsegments that were
            sent on their own and whose parent has not arrived.
    """

    trace_id: str
    segments: list[XraySegment]

    @cached_property
    def roots(self) -> list[XraySegment]:
        """What has no parent here, by start: the true root, and orphans."""
        reached = {
            id(below)
            for segment in self.segments
            for part in segment.walk_parts()
            for below in part.downstream
        }
        return [segment for segment in self.segments if id(segment) not in reached]

    @cached_property
    def root(self) -> XraySegment | None:
        """The segment that the request reached first; None where no segment has arrived."""
        segments = [each for each in self.roots if not each.is_subsegment]
        return min(segments, key=lambda each: (each.missing_parent, each.start), default=None)

    @cached_property
    def parts(self) -> list[XraySegment]:
        """All segments and subsegments."""
        return [part for segment in self.segments for part in segment.walk_parts()]

    @property
    def start(self) -> float:
        """The start of its earliest segment, in seconds since 1970."""
        return min(segment.start for segment in self.segments)

    @property
    def end(self) -> float:
        """The end of what ended last, in seconds since 1970; its start where nothing has ended."""
        return max([self.start, *(part.end for part in self.parts if part.end is not None)])

    @property
    def duration(self) -> float:
        """The time from its earliest start to its latest end, in seconds."""
        return self.end - self.start

    @property
    def is_partial(self) -> bool:
        """Whether something in it is still in progress, or lacks the segment it belongs to."""
        return any(
            part.in_progress or (part.is_subsegment and part.missing_parent) for part in self.parts
        )


def as_object(value: object) -> dict[str, Any]:
    """Return what should be an object; an empty one where it is none."""
    return value if isinstance(value, dict) else {}


def as_ns(seconds: float) -> int:
    """Return a time in seconds since 1970 in nanoseconds, as exact as the number is."""
    whole = int(seconds)
    # Not seconds * 1e9 at once: that product has more digits than a number keeps.
    return whole * 10**9 + round((seconds - whole) * 1e9)


def _is_scalar(value: object) -> bool:
    # A whole number may be too large for any other program to read.
    return isinstance(value, str) or (isinstance(value, int | float) and abs(value) < 1e300)
