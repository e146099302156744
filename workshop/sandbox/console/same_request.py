"""Finds one request in every tool: by its trace id, else by time and path.

OpenTelemetry and X-Ray give one request two ids, unless the app makes one from the other; then
only the moment and the path say that they are the same.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from workshop.sandbox.console.matching import BY_ID, BY_OTHER_ID, BY_TIME, Match, Request
from workshop.sandbox.console.matching_records import (
    complete_from_latest,
    find_lines,
    find_occurrences,
)
from workshop.sandbox.console.matching_traces import (
    find_honeycomb,
    find_segments,
    find_trace,
    find_xray,
)
from workshop.sandbox.store import Reader

LATEST_NS = 2**62
"""Times beyond this, in the year 2116, are no request's, and SQLite cannot reckon with them."""
SHOWN = 5
"""The most that is shown of one tool."""

LOOKS: dict[str, Callable[[Reader, Request], list[Match]]] = {
    "honeycomb": find_honeycomb,
    "xray": find_xray,
    "cloudwatch": find_lines,
    "rollbar": find_occurrences,
}
"""How a request is found in each tool, by the tool's name in the navigation."""
TITLES = {"honeycomb": "Honeycomb", "xray": "X-Ray"}
TRACES, RECORDS = ("honeycomb", "xray"), ("cloudwatch", "rollbar")


@dataclass(frozen=True)
class Found:
    """What the tools have of a request.

    Args:
        request: what was asked for, with what the tools add to it.
        matches: by the tool's name in the navigation, each with `SHOWN` at most.
    """

    request: Request
    matches: dict[str, list[Match]] = field(default_factory=dict)

    @property
    def is_guess(self) -> bool:
        """Whether something of it was found by time and path, or follows from that."""
        return any(each.how != BY_ID for found in self.matches.values() for each in found)


def find(reader: Reader, request: Request) -> Found:
    """Return what each tool has of a request.

    Args:
        reader: from `open_reader`.
        request: with an id, or with a time and a path.
    """
    request = _complete(reader, request)
    if request.start_ns is not None and not 0 <= request.start_ns < LATEST_NS:
        request = replace(request, start_ns=None)
    matches = {tool: look(reader, request) for tool, look in LOOKS.items()}
    for tool in TRACES:
        # Lines and occurrences may hold the id that the other SDK has given the request.
        if [each.how for each in matches[tool]] == [BY_TIME]:
            _look_with(reader, matches, tool, request)
    return Found(request, {tool: each[:SHOWN] for tool, each in matches.items()})


def _look_with(
    reader: Reader, matches: dict[str, list[Match]], traced: str, request: Request
) -> None:
    """Add what holds the id of a trace that was found by time and path."""
    (trace,) = matches[traced]
    other = replace(request, trace_id=str(trace.values["trace_id"]))
    for tool in RECORDS:
        if not any(each.how == BY_ID for each in matches[tool]):
            found = [each for each in LOOKS[tool](reader, other) if each.how == BY_ID]
            how = BY_OTHER_ID.format(TITLES[traced])
            matches[tool] = [replace(each, how=how) for each in found] or matches[tool]


def _complete(reader: Reader, request: Request) -> Request:
    """Return a request with the time and the path that its own trace tells.

    Sampling may have left no trace of it; then a line or an occurrence with its id tells them.
    """
    for look in (find_trace, find_segments):
        for match in look(reader, Request(request.trace_id)):
            return Request(request.trace_id, match.start_ns, match.path or request.path)
    return complete_from_latest(reader, request) if request.start_ns is None else request
