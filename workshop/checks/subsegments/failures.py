"""Reads from the app's output which error a request failed with."""

from dataclasses import dataclass

from workshop.checks import output
from workshop.checks.evidence import Evidence
from workshop.checks.output import Traceback
from workshop.checks.subsegments.parts import path_of
from workshop.checks.traffic import Asked


@dataclass(frozen=True)
class Failure:
    """A request that an exception ended.

    Args:
        asked: the request.
        error: the exception and what it says.
        where: the innermost line of the learner's, as `file:line`, or nothing.
    """

    asked: Asked
    error: str
    where: str

    def __str__(self) -> str:
        """As messages print it: `GET /path → 500, KeyError: 'x'`."""
        return f"{self.asked}, {self.error}"


def failed_with(evidence: Evidence, *words: str) -> Failure | None:
    """Return the first request that failed with an error like this.

    Args:
        evidence: what one run left behind.
        words: what the error has in it, one or another.
    """
    for asked in evidence.asked:
        traceback = traceback_of(evidence, asked)
        if traceback and any(each in traceback.error for each in words):
            return Failure(asked, traceback.error, traceback.line_of_theirs(evidence.folder))
    return None


def traceback_of(evidence: Evidence, asked: Asked) -> Traceback | None:
    """Return the traceback that a request of this address left in the log, if it failed."""
    if asked.status < 500:
        return None
    # Flask logs a route's exception under a heading that names the route.
    heading = f"Exception on {path_of(asked)} [{asked.method}]"
    said = evidence.backend.output.partition(heading)[2]
    return next(iter(output.read_tracebacks(said)), None)
