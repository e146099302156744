"""Tells the exporter that sends to Honeycomb from one that sends to AWS."""

from workshop.checks.evidence import Evidence
from workshop.checks.notes import Note


def find(evidence: Evidence, service: str) -> list[Note]:
    """Return what the probe saw of a service's exporters, those for Honeycomb.

    Args:
        evidence: what one run left behind.
        service: the service.
    """
    notes = list(evidence.notes("exporter", service))
    return [note for note in notes if not note["for_aws"]] or notes
