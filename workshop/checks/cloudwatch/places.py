"""Tells where in the learner's files a log line about a request is written."""

from workshop.checks.evidence import Evidence


def where_written(evidence: Evidence, service: str = "backend") -> str:
    """Return where a service writes its line about a request, as `file:line`, or nothing.

    Args:
        evidence: what one run left behind.
        service: the service.
    """
    notes = evidence.notes("log-line", service)
    return next((str(note["where"]) for note in notes if note["about"] and note["where"]), "")
