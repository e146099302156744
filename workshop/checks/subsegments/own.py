"""Judges the subsegments that the app's own code opens: are they there, and do they time work?"""

from collections.abc import Sequence

from workshop.checks import presence
from workshop.checks.evidence import Evidence
from workshop.checks.findings import Finding
from workshop.checks.subsegments.decorators import Above, captures_above_routes
from workshop.checks.subsegments.parts import SEARCH, Answered, judged_requests, where_opened
from workshop.checks.words import tally

OPENERS = ("in_subsegment", "begin_subsegment", "capture", "begin_segment", "in_segment")
# Of a request's time. One that is opened after the work takes some millionths of a second.
LEAST_SHARE = 0.01


def is_begun(evidence: Evidence, answered: Sequence[Answered]) -> bool:
    """Tell whether the app's own code has anything of step 03, however broken.

    Args:
        evidence: what one run left behind.
        answered: the requests that X-Ray was told of.
    """
    if any(each.own or _annotated(each) for each in answered):
        return True
    if not presence.is_imported(evidence.folder, "aws_xray_sdk"):
        return False
    return any(presence.find_call(evidence.folder, name) for name in OPENERS)


def _annotated(answered: Answered) -> bool:
    return any(part.annotations for part in answered.segment.walk_parts())


def judge(evidence: Evidence, answered: Sequence[Answered], told: bool) -> list[Finding] | None:
    """Has the learner's code parts of its own where the step asks for them?

    Args:
        evidence: what one run left behind.
        answered: the requests that X-Ray was told of.
        told: why parts are missing has been said.

    Returns:
        What speaks against it; None where that cannot be told, or only repeated.
    """
    requests = judged_requests(evidence, answered)
    above = _capture_above_route(evidence, answered)
    if above:
        return [_explain_order(above)]
    theirs = [each for each in requests if each.own]
    if not theirs:
        return None if told or not requests else [_explain_lack(evidence, requests, answered)]
    if any(_times_work(each) for each in theirs):
        return []
    return [_explain_emptiness(evidence, theirs[0])]


def _capture_above_route(evidence: Evidence, answered: Sequence[Answered]) -> Above | None:
    """Look for a decorated view whose subsegment never came."""
    arrived = {part.name for each in answered for part in each.own}
    for above in captures_above_routes(evidence.folder):
        if answered and above.name not in arrived:
            return above
    return None


def _explain_order(above: Above) -> Finding:
    return Finding(
        "subsegments/decorator-above-route",
        expected=f"the route above capture, so that a request to {above.function} opens it",
        got=f"capture above the route: {above.name} is never opened",
        where=above.where,
    )


def _explain_lack(
    evidence: Evidence, requests: Sequence[Answered], answered: Sequence[Answered]
) -> Finding:
    libraries = tally(part.name for each in requests for part in each.segment.subsegments)
    elsewhere = next((part.name for each in answered for part in each.own), "")
    page = f"GET {SEARCH}" if evidence.target.ours else "a request"
    return Finding(
        "subsegments/no-own-subsegment",
        expected=f"inside {page}, a subsegment that your own code opened",
        got=f"only what the patches made: {_shorten(libraries)}" if libraries else "none",
        nearest=f"your own {elsewhere}, elsewhere" if elsewhere else "",
        where=evidence.route(SEARCH),
    )


def _shorten(names: str) -> str:
    """Return names of parts without the temporary folder of the check's database."""
    return " ".join(word.rpartition("/")[2] for word in names.split(" "))


def _times_work(answered: Answered) -> bool:
    """Tell whether one of a request's own parts has work in it: another part, or time."""
    least = answered.segment.duration * LEAST_SHARE
    return any(part.children or part.duration >= least for part in answered.own)


def _explain_emptiness(evidence: Evidence, answered: Answered) -> Finding:
    part = answered.own[0]
    return Finding(
        "subsegments/empty",
        expected=f"{part.name} open while the work is done",
        got=f"it takes less than a hundredth of the time of {answered.method} {answered.path}",
        where=where_opened(evidence, part.name),
    )
