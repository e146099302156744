"""Judges the reports to Rollbar: does each say which request it belongs to?"""

import json

from workshop.checks import presence
from workshop.checks.correlation.following import Followed, find_all_ids
from workshop.checks.evidence import Evidence
from workshop.checks.findings import Finding
from workshop.checks.rollbar.reports import find_failures, find_request
from workshop.checks.traffic import find_trace_ids
from workshop.checks.words import count
from workshop.sandbox.rollbar.items import Occurrence

# Of a report, what the app's own code does not say: what the caller sent, the stack with whatever
# its variables hold, and what the library adds: since 1.5 an id of its own, in `attributes`.
NOT_SAID = ("request", "body", "uuid", "notifier", "attributes")


def find_ids(occurrence: Occurrence) -> frozenset[str]:
    """Return the trace ids that a report says, each as 32 hexadecimal digits.

    Args:
        occurrence: one that arrived.
    """
    said = {name: value for name, value in occurrence.data.items() if name not in NOT_SAID}
    return find_trace_ids(json.dumps(said))


def had_nothing(evidence: Evidence) -> bool:
    """Tell whether an app that reports to Rollbar had nothing to report.

    Args:
        evidence: what one run left behind.
    """
    is_set_up = presence.is_imported(evidence.folder, "rollbar")
    return is_set_up and not evidence.occurrences and not find_failures(evidence)


def note_nothing(evidence: Evidence) -> list[Finding]:
    """Say that nothing failed, so that what a report would say cannot be judged.

    Args:
        evidence: what one run left behind.
    """
    if not had_nothing(evidence):
        return []
    return [
        Finding(
            "correlation/nothing-failed",
            expected="a request that fails, to see what its report says",
            got=f"{count(len(evidence.asked), 'request')}, and none answered with 500",
        )
    ]


def judge(evidence: Evidence, followed: list[Followed]) -> list[Finding] | None:
    """Has each report of a request an id that leads to it?

    Args:
        evidence: what one run left behind.
        followed: each request, with what the tools have of it.
    """
    every = find_all_ids(evidence)
    within = [(each, find_request(evidence, each)) for each in evidence.occurrences]
    later = evidence.later_ids
    within = [(each, asked) for each, asked in within if any(asked) and not find_ids(each) & later]
    if not within or not every:
        return None
    bare = [(each, asked) for each, asked in within if not find_ids(each)]
    wrong = [
        (each, asked)
        for each, asked in within
        if find_ids(each) and not find_ids(each) & _ids_of(asked, followed, every)
    ]
    found = []
    if bare:
        id_ = "correlation/report-without-id"
        found.append(_explain(evidence, id_, "none", len(bare), *bare[0]))
    if wrong:
        id_, got = "correlation/report-with-another-id", "one that this request's trace has not"
        found.append(_explain(evidence, id_, got, len(wrong), *wrong[0]))
    return found


def _ids_of(asked: tuple[str, str], followed: list[Followed], every: set[str]) -> set[str]:
    """Return the ids of the requests that may be meant; of what only profiles was asked, all."""
    ids = {
        id_
        for each in followed
        if (each.asked.method, each.path) == asked
        for id_ in each.known_ids
    }
    return ids or every


def _explain(
    evidence: Evidence,
    id_: str,
    got: str,
    times: int,
    occurrence: Occurrence,
    asked: tuple[str, str],
) -> Finding:
    what = occurrence.exception_class or occurrence.message
    more = f", and {times - 1} more" if times > 1 else ""
    return Finding(
        id_,
        expected="in each report the id of the request's trace",
        got=f"{got}, in {what} of {' '.join(asked)}{more}",
        where=evidence.where("rollbar-init", "backend"),
    )
