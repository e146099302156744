"""Judges who decides which requests are recorded."""

from workshop.checks import traffic
from workshop.checks.evidence import Evidence
from workshop.checks.findings import Finding
from workshop.checks.xray.makers import Made, heard


def judge(evidence: Evidence, made: list[Made]) -> list[Finding] | None:
    """Do sampling rules decide, and do they let at least the first request of a second through?

    The known traffic asks to be recorded. Only the last request leaves it to the app, and it is
    alone in its second.

    Args:
        evidence: what one run left behind.
        made: its segments.

    Returns:
        What speaks against it; None where the last request tells nothing.
    """
    if "backend" not in heard(made) or evidence.last is None or not evidence.last.status:
        return None
    if not any(each.path == traffic.LAST for each in made):
        # Whatever keeps these segments back has kept the last one back as well.
        return None
    configured = list(evidence.notes("xray-configure", "backend"))
    off = [note for note in configured if not note["sampling"]]
    if off:
        return [
            Finding(
                "xray/sampling-off",
                expected="sampling rules that decide which requests are recorded",
                got="sampling=False, so that every request is recorded whatever the rules say",
                where=off[-1]["where"],
            )
        ]
    if evidence.last_chosen:
        return []
    given = [note for note in configured if note["rules"]]
    return [
        Finding(
            "xray/sampled-away",
            expected="the first request of a second recorded, as the Default rule has it",
            got=f"nothing of GET {traffic.LAST}, which came alone and left the choice to the app",
            where=given[-1]["where"] if given else evidence.where("xray-configure", "backend"),
        )
    ]
