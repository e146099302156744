"""Tells what each tool has of each request of the known traffic, by the moment it was made."""

from dataclasses import dataclass, field

from workshop.checks.cloudwatch.lines import Line, read_lines
from workshop.checks.evidence import Evidence
from workshop.checks.traffic import Asked, find_trace_ids
from workshop.checks.words import request_path
from workshop.sandbox.honeycomb.traces import Trace
from workshop.sandbox.xray.trace import XrayTrace, as_ns

NO_ID = "0" * 32
"""What OpenTelemetry and X-Ray's SDK write where there is no trace."""


@dataclass
class Followed:
    """One request and what came of it between its beginning and its answer.

    Args:
        asked: the request.
        traces: those at Honeycomb that began meanwhile.
        segments: those at X-Ray, likewise.
        lines: the log lines that the app wrote meanwhile.
    """

    asked: Asked
    traces: list[Trace] = field(default_factory=list)
    segments: list[XrayTrace] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)

    @property
    def path(self) -> str:
        """The request's path, without its query."""
        return self.asked.path.partition("?")[0]

    @property
    def ids(self) -> set[str]:
        """The id that Honeycomb knows the request by; none where it does not know it."""
        return {
            trace.trace_id
            for trace in self.traces
            if any(
                span.kind == "server" and request_path(span) == self.path for span in trace.spans
            )
        }

    @property
    def xray_ids(self) -> set[str]:
        """The id that X-Ray knows it by, as 32 hexadecimal digits."""
        return {
            id_
            for trace in self.segments
            if trace.root and str(trace.root.http.get("request", {}).get("url")).endswith(self.path)
            for id_ in find_trace_ids(trace.trace_id)
        }

    @property
    def known_ids(self) -> set[str]:
        """The ids that lead to it in either."""
        return self.ids | self.xray_ids


def follow(evidence: Evidence) -> list[Followed]:
    """Return each request that can be followed: not health checks, which nobody has to trace.

    After one without an answer nothing is certain: what it does goes on, beside the next.

    Args:
        evidence: what one run left behind.
    """
    found = []
    lines = read_lines(evidence)
    for asked in evidence.asked:
        if not asked.status:
            break
        if "health" in asked.path:
            continue
        found.append(
            Followed(
                asked,
                [each for each in evidence.traces if _is_within(asked, each.start_ns)],
                [each for each in evidence.segments if _is_within(asked, as_ns(each.start))],
                [each for each in lines if _is_within(asked, each.ms * 10**6, 10**6)],
            )
        )
    return found


def find_all_ids(evidence: Evidence) -> set[str]:
    """Return the ids of all traces that arrived, each as 32 hexadecimal digits.

    Args:
        evidence: what one run left behind.
    """
    arrived = [each.trace_id for each in evidence.traces]
    arrived += [each.trace_id for each in evidence.segments]
    return {id_ for each in arrived for id_ in find_trace_ids(each)}


def _is_within(asked: Asked, start_ns: int, exact_to_ns: int = 1_000) -> bool:
    """Tell whether something began while a request was being answered.

    Args:
        asked: the request.
        start_ns: when it began, cut off after so many nanoseconds as the next says.
        exact_to_ns: X-Ray's numbers are exact to a microsecond, log events' to a millisecond.
    """
    return asked.began_ns - exact_to_ns < start_ns <= asked.ended_ns
