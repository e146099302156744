"""Judges the answers: can whoever asked quote the id of the request?"""

from workshop.checks.correlation.following import NO_ID, Followed
from workshop.checks.evidence import Evidence
from workshop.checks.findings import Finding
from workshop.checks.words import count


def judge_errors(evidence: Evidence, followed: list[Followed]) -> list[Finding] | None:
    """Does the body of each error answer say the request's id?

    Args:
        evidence: what one run left behind.
        followed: each request, with what the tools have of it.
    """
    errors = [each for each in followed if each.asked.status >= 400 and each.known_ids]
    if not errors:
        return None
    bare = [each for each in errors if not each.asked.body_ids]
    wrong = [
        each for each in errors if each.asked.body_ids and not each.asked.body_ids & each.known_ids
    ]
    found = []
    if bare:
        found.append(
            Finding(
                "correlation/error-without-id",
                expected="in the body of each error answer the id of the request's trace",
                got=f"none, in {len(bare)} of {count(len(errors), 'error answer')}",
                nearest=str(bare[0].asked),
                where=evidence.where("error-handler", "backend"),
            )
        )
    if wrong:
        found.append(_explain_wrong(wrong, "the body"))
    return found


def judge_headers(
    evidence: Evidence, followed: list[Followed], at_xray: bool
) -> list[Finding] | None:
    """Has each answer a header with the request's id, also where X-Ray does not record it?

    Args:
        evidence: what one run left behind.
        followed: each request, with what the tools have of it.
        at_xray: look at the answer to a request that X-Ray does not record, too.
    """
    answered = [each for each in followed if each.known_ids]
    if not answered:
        return None
    bare = [each for each in answered if not each.asked.header_ids]
    if bare:
        return [
            Finding(
                "correlation/answer-without-id",
                expected="in a header of each answer the id of the request's trace",
                got=f"none, in {len(bare)} of {count(len(answered), 'answer')}",
                nearest=str(bare[0].asked),
            )
        ]
    wrong = [each for each in answered if not each.asked.header_ids & each.known_ids]
    if wrong:
        return [_explain_wrong(wrong, "a header")]
    asked = evidence.unrecorded
    if not at_xray or not asked or not evidence.unrecorded_id:
        return []
    if evidence.unrecorded_id not in asked.header_ids:
        got = "zeros" if NO_ID in asked.header_ids else "another"
        return [
            Finding(
                "correlation/unrecorded-without-id",
                expected="the same header where X-Ray does not record the request",
                got=f"{got if asked.header_ids else 'none'}, in {asked.method} with "
                "`X-Amzn-Trace-Id: Sampled=0`",
            )
        ]
    return []


def _explain_wrong(wrong: list[Followed], place: str) -> Finding:
    return Finding(
        "correlation/answer-with-another-id",
        expected=f"in {place} of an answer the id of the request's trace",
        got=f"one that leads to nothing, in {count(len(wrong), 'answer')}",
        nearest=str(wrong[0].asked),
    )
