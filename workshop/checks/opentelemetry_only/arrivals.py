"""Sorts what arrived at X-Ray: spans by OTLP, and segments of its own SDK."""

from dataclasses import dataclass, field

from workshop.checks.evidence import Evidence
from workshop.checks.words import request_path
from workshop.checks.xray.makers import Made, is_span, made_segments
from workshop.sandbox.honeycomb.traces import Span

# A trace's id as the W3C writes it, and a span's.
Key = tuple[str, str]


@dataclass
class Arrivals:
    """What one run sent to both.

    Args:
        made: the segments that spans have become, with their makers.
        spans: what X-Ray has of spans, by their ids.
        sdk_segments: how many segments of the X-Ray SDK it has.
        at_honeycomb: what Honeycomb has, by the same ids, in order.
        paths: the path of the request that each trace at Honeycomb began with.
    """

    made: list[Made] = field(default_factory=list)
    spans: set[Key] = field(default_factory=set)
    sdk_segments: int = 0
    at_honeycomb: dict[Key, Span] = field(default_factory=dict)
    paths: dict[str, str] = field(default_factory=dict)

    @property
    def at_xray_alone(self) -> set[Key]:
        """What X-Ray has and Honeycomb has not."""
        return self.spans - set(self.at_honeycomb)

    @property
    def services(self) -> set[str]:
        """The services of which a segment arrived by OTLP."""
        return {each.service for each in self.made}


def read_arrivals(evidence: Evidence) -> Arrivals:
    """Return what arrived at both.

    Args:
        evidence: what one run left behind.
    """
    found = Arrivals()
    for each in made_segments(evidence):
        if is_span(each.segment):
            found.made.append(each)
        else:
            found.sdk_segments += 1
    found.spans = {
        (trace.trace_id[2:].replace("-", ""), part.id)
        for trace in evidence.segments
        for part in trace.parts
        if not part.is_inferred and is_span(part)
    }
    for trace in evidence.traces:
        for span in trace.spans:
            found.at_honeycomb[trace.trace_id, span.span_id] = span
        for root in trace.roots:
            found.paths.setdefault(trace.trace_id, request_path(root))
    return found
