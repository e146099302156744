"""Judges whether the calls between the services keep to one trace."""

from workshop.checks.evidence import Evidence
from workshop.checks.findings import Finding
from workshop.checks.xray.makers import Made, calls, heard, where_made


def judge(evidence: Evidence, made: list[Made]) -> list[Finding] | None:
    """Are the segments of profiles below backend's calls?

    Args:
        evidence: what one run left behind.
        made: its segments.

    Returns:
        What speaks against it; None where one side sent too little to tell.
    """
    was_called = any(evidence.notes("serving", "profiles"))
    if not evidence.target.ours or "backend" not in heard(made) or not was_called:
        return None
    has_calls = any(calls(made, "backend"))
    answered = [each for each in made if each.service == "profiles"]
    apart = any(not each.joined for each in answered)
    # Of these the probe has seen that the thread had no segment.
    outside = [
        note for note in evidence.notes("xray-outside", "backend") if note["namespace"] == "remote"
    ]
    if outside and (apart or not has_calls):
        return [
            Finding(
                "xray/lost-in-thread",
                expected="calls to profiles in a thread that knows the request's segment",
                got="calls in a thread that has none: no subsegment, and profiles starts traces "
                "of its own",
                where=outside[0]["where"],
            )
        ]
    if not has_calls:
        alone = "; profiles starts traces of its own" if answered else ""
        return [
            Finding(
                "xray/requests-not-patched",
                expected="a subsegment for each call from backend to profiles",
                got=f"no such subsegment{alone}",
                where=evidence.where("xray-patch", "backend")
                or evidence.where("xray-middleware", "backend"),
            )
        ]
    if not answered:
        return None
    if not apart:
        return []
    return [
        Finding(
            "xray/context-lost",
            expected="profiles' segments below backend's calls, in one trace",
            got="segments of profiles that start traces of their own",
            where=where_made(evidence, "profiles"),
        )
    ]
