"""Tells which requests failed, and which occurrences are theirs."""

import re
from collections import Counter
from dataclasses import dataclass
from urllib.parse import urlsplit

from workshop.checks.evidence import Evidence
from workshop.sandbox.rollbar.items import Occurrence

# What Flask's own server, and gunicorn's, write of a request; and what Flask writes of an exception
# that nothing has caught.
ACCESS = re.compile(r'"(?P<method>[A-Z]+) (?P<path>\S+) HTTP/[\d.]+" 5\d\d')
EXCEPTION = re.compile(r"Exception on (?P<path>\S+) \[(?P<method>[A-Z]+)\]")


@dataclass(frozen=True)
class Failure:
    """A request that was answered with 5xx, as often as it was.

    Args:
        service: which service answered.
        method: the HTTP method.
        path: the path, without its query.
        times: how often it failed.
        reported: the occurrences of it that arrived, oldest first.
    """

    service: str
    method: str
    path: str
    times: int
    reported: tuple[Occurrence, ...]

    def __str__(self) -> str:
        """As messages print it: `POST /path`."""
        return f"{self.method} {self.path}"


def find_failures(evidence: Evidence) -> list[Failure]:
    """Return the requests of the known traffic that failed, backend's first.

    What backend asks of profiles the check sees only in what profiles prints.

    Args:
        evidence: what one run left behind.
    """
    found = []
    for service in sorted(evidence.services, key=lambda name: name != "backend"):
        failed = Counter(
            (asked.method, asked.path.partition("?")[0])
            for asked in evidence.asked
            if service == "backend" and asked.status >= 500
        )
        if service != "backend":
            printed = evidence.services[service].output
            lines = list(ACCESS.finditer(printed)) or list(EXCEPTION.finditer(printed))
            failed = Counter((each["method"], each["path"].partition("?")[0]) for each in lines)
        for (method, path), times in failed.items():
            reported = tuple(
                each
                for each in evidence.occurrences
                if find_request(evidence, each) == (method, path)
            )
            found.append(Failure(service, method, path, times, reported))
    return found


def find_request(evidence: Evidence, occurrence: Occurrence) -> tuple[str, str]:
    """Return the method and path of the request in which an occurrence was reported, or nothing.

    It tells that itself, unless it was reported without the request: then the probe has seen it.

    Args:
        evidence: what one run left behind.
        occurrence: one that arrived.
    """
    if occurrence.request and occurrence.request.url:
        return occurrence.request.method, urlsplit(occurrence.request.url).path
    for note in evidence.notes("rollbar-report"):
        if note["uuid"] == occurrence.uuid:
            return str(note["method"]), str(note["path"])
    return "", ""


def find_reporter(evidence: Evidence, occurrence: Occurrence) -> str:
    """Return which line of the app's reported something; nothing where Rollbar's own code did.

    Args:
        evidence: what one run left behind.
        occurrence: one that arrived.
    """
    notes = evidence.notes("rollbar-report")
    return next((str(note["where"]) for note in notes if note["uuid"] == occurrence.uuid), "")
