"""Finds the line that an app wrote about each request of the known traffic."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from workshop.checks.cloudwatch.lines import Line
from workshop.checks.evidence import Evidence
from workshop.checks.traffic import Asked
from workshop.checks.words import request_path

HEALTH = "health"


@dataclass
class Told:
    """One request with the line about it.

    Args:
        asked: the request and what came of it.
        line: the app's own line about it; None where there is none.
    """

    asked: Asked
    line: Line | None = None

    @property
    def path(self) -> str:
        """The request's path, without its query."""
        return self.asked.path.partition("?")[0]

    @property
    def status(self) -> int | None:
        """The status that the line says; None where it says none."""
        statuses = self.line.statuses if self.line else []
        return self.asked.status if self.asked.status in statuses else next(iter(statuses), None)


@dataclass
class Story:
    """What an app's log tells of the known traffic.

    Args:
        told: each request that was answered, in order; not the one right before the stop.
        last: the one right before the stop, where there was one.
        repeated: the first request to each address that has a line too many.
        access: lines that the web server wrote, and not the app.
        profiles: lines of profiles about its own requests.
    """

    told: list[Told]
    last: Told | None
    repeated: list[Told]
    access: list[Line]
    profiles: list[Line]

    @property
    def with_line(self) -> list[Told]:
        """The requests that have a line."""
        return [each for each in self.told if each.line]

    @property
    def is_cut_short(self) -> bool:
        """Whether the end of it is missing: how much of it differs from run to run."""
        return self.last is not None and self.last.line is None

    @property
    def lines(self) -> list[Line]:
        """The app's own lines about requests, of all services."""
        return [*(each.line for each in self.told if each.line), *self.profiles]


def tell(evidence: Evidence, lines: list[Line]) -> Story:
    """Return which line tells of which request.

    A line is about a request where it names the request's path or route, or has a status and the
    id of the request's trace. Where one address is asked for twice, the status tells the lines
    apart, and then their order.

    Args:
        evidence: what one run left behind.
        lines: all that arrived, oldest first.
    """
    told = [Told(asked) for asked in evidence.asked if asked.status]
    last = Told(evidence.last) if evidence.last and evidence.last.status else None
    every = [*told, *([last] if last else [])]
    lines = [line for line in lines if not line.is_noise]
    own = [line for line in lines if not line.is_access and not line.is_exception]
    of_backend = [line for line in own if line.service in ("backend", "")]
    repeated: list[Told] = []
    for path in dict.fromkeys(each.path for each in every):
        about = _lines_about(evidence, path, of_backend)
        of_path = [each for each in every if each.path == path]
        if _share_out(of_path, about):
            repeated.append(of_path[0])
    return Story(
        told,
        last,
        repeated,
        access=[line for line in lines if line.is_access],
        profiles=[line for line in own if _is_of_profiles(evidence, line)],
    )


def _share_out(told: list[Told], lines: list[Line]) -> list[Line]:
    """Give each request of one address its line; return those that are one too many."""
    left = list(lines)
    statuses = {each.asked.status for each in told}
    # The right status first, then a wrong one, then those that say none.
    for says in (_says_status_of, _says_status, _says_anything):
        for each in told:
            if each.line is None:
                each.line = next((line for line in left if says(line, each.asked)), None)
                left = [line for line in left if line is not each.line]
    return [line for line in left if statuses & set(line.statuses)]


def _says_status_of(line: Line, asked: Asked) -> bool:
    return asked.status in line.statuses


def _says_status(line: Line, _: Asked) -> bool:
    return bool(line.statuses)


def _says_anything(_: Line, __: Asked) -> bool:
    return True


def _lines_about(evidence: Evidence, path: str, lines: Iterable[Line]) -> list[Line]:
    rule = route_of(evidence, path)
    names = [re.escape(name) for name in dict.fromkeys([path, rule]) if name]
    pattern = re.compile(rf"(?<![a-zA-Z/])(?:{'|'.join(names)})(?![\w/@<.-])")
    ids = ids_of(evidence, path)
    return [
        line
        for line in lines
        if pattern.search(line.text) or (line.status_fields and ids & _words(line.text))
    ]


def _words(text: str) -> set[str]:
    """Return what may be trace ids, in OpenTelemetry's form."""
    return {
        each.replace("-", "")[-32:] for each in re.findall(r"\b[0-9a-f][0-9a-f-]{31,34}\b", text)
    }


def ids_of(evidence: Evidence, path: str) -> set[str]:
    """Return the ids of the traces of one address, at Honeycomb and at X-Ray, without dashes.

    Args:
        evidence: what one run left behind.
        path: the address.
    """
    found = {
        trace.trace_id
        for trace in evidence.traces
        if any(span.kind == "server" and request_path(span) == path for span in trace.spans)
    }
    for each in evidence.segments:
        for segment in each.segments:
            asked = segment.http.get("request")
            url = asked.get("url", "") if isinstance(asked, dict) else ""
            if urlsplit(str(url)).path == path:
                found.add(plain_id(each.trace_id))
    return found


def plain_id(trace_id: str) -> str:
    """Return a trace's id as 32 hexadecimal digits: X-Ray's form is `1-8-24`."""
    return trace_id[2:].replace("-", "") if trace_id.startswith("1-") else trace_id


def route_of(evidence: Evidence, path: str) -> str:
    """Return the route that answers an address, as Flask writes it, or nothing.

    Args:
        evidence: what one run left behind.
        path: the address.
    """
    rules = [str(note["rule"]) for note in evidence.notes("route", "backend")]
    fitting = [
        rule
        for rule in rules
        if re.fullmatch(re.sub(r"<[^>]+>", "[^/]+", re.sub(r"([.+*?()])", r"\\\1", rule)), path)
    ]
    # Flask, too, prefers the one with the most of it fixed.
    return max(fitting, key=lambda rule: len(re.sub(r"<[^>]+>", "", rule)), default="")


def _is_of_profiles(evidence: Evidence, line: Line) -> bool:
    if not evidence.target.ours or line.service == "backend":
        return False
    return bool(line.statuses) and re.search(r"(?<![a-zA-Z/])/profiles\b", line.text) is not None


def is_needed(told: Told) -> bool:
    """Tell whether a request without a line is missed: a health check may well be left out."""
    return HEALTH not in told.path
