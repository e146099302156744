"""Counts what has arrived at each vendor."""

from collections.abc import Sequence

from workshop.failure.load import FOUND, RAISES, Shot
from workshop.sandbox.faults.modes import CLOUDWATCH, HONEYCOMB, ROLLBAR, XRAY
from workshop.sandbox.server import Sandbox

# Of each vendor one record a request of the load, and none of anything else, such as what SDKs have
# to say of the failure; of Rollbar one an error.
COUNTS = {
    HONEYCOMB: "SELECT count(*) FROM honeycomb_traces",
    XRAY: "SELECT count(DISTINCT trace_id) FROM xray_segment_documents"
    " WHERE document LIKE '%/api/activities%'",
    # Of the page that is found: an error is told in two lines.
    CLOUDWATCH: "SELECT count(*) FROM cloudwatch_log_events"
    " WHERE message LIKE '%/api/activities/search%'",
    ROLLBAR: "SELECT count(*) FROM rollbar_occurrences",
}


def count(sandbox: Sandbox) -> dict[str, int]:
    """Return how many records have arrived, by vendor.

    Args:
        sandbox: where the app sends.
    """
    with sandbox.reader() as reader:
        return {vendor: int(reader.execute(sql).fetchone()[0]) for vendor, sql in COUNTS.items()}


def expect(shots: Sequence[Shot]) -> dict[str, int]:
    """Return how many records a well app makes of requests, by vendor.

    Args:
        shots: those that it has answered.
    """
    found, raises = shots.count(FOUND), shots.count(RAISES)
    every = found + raises
    return {HONEYCOMB: every, XRAY: every, CLOUDWATCH: found, ROLLBAR: raises}
