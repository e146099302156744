"""Judges step 09: does the app start, answer and end in time, whoever is down?

It rests on a run of its own: two copies of the app as in production, of which one meets back ends
that are silent.
"""

import re
from collections.abc import Iterator

from workshop.checks import output
from workshop.checks.evidence import Evidence
from workshop.checks.failure import trial as trials
from workshop.checks.failure.trial import Trial
from workshop.checks.findings import Finding, Verdict
from workshop.checks.words import listed
from workshop.failure import judging
from workshop.failure.stacks import Place
from workshop.sandbox.faults.modes import CLOUDWATCH, HONEYCOMB, ROLLBAR, TITLES, XRAY

STEP = 9
NAME = "failure"
FAILS = "failure/not-in-production"
MOST_SHOWN = 2
# Its own lines: `[2026-11-28 18:32:40 +0000] [42] [ERROR] Reason: …`
OF_GUNICORN = re.compile(r"\[[^\]]*\] \[\d+\] \[[A-Z]+\] ")
# What of the probe's notes tells where a vendor is set up.
SET_UP = {
    HONEYCOMB: ("processor", "exporter", "provider"),
    XRAY: ("xray-middleware",),
    CLOUDWATCH: ("log-handler",),
    ROLLBAR: ("rollbar-init",),
}


def judge(evidence: Evidence) -> Verdict:
    """Judge what becomes of an app while nobody answers what it sends.

    Args:
        evidence: what one run left behind, or nothing but the app; two copies of it are run more.

    Raises:
        WorkshopError: it was stopped by a signal.
    """
    trial = trials.run(evidence.target)
    verdict = Verdict(STEP, NAME, "works", arrived=_describe(trial))
    if trial.well.started is None or trial.broken:
        verdict.state = "broken"
        verdict.findings.append(_explain_failure(evidence, trial))
        return verdict
    absence = _find_absence(trial)
    if absence:
        verdict.state = "absent"
        verdict.findings.append(absence)
        return verdict
    for claim, findings in _claims(evidence, trial):
        verdict.findings += findings
        if not findings:
            verdict.good.append(claim)
    if verdict.findings:
        verdict.state = "broken"
    return verdict


def _claims(evidence: Evidence, trial: Trial) -> Iterator[tuple[str, list[Finding]]]:
    """Yield each claim that can be judged, with what speaks against it."""
    judged: list[tuple[str, list[Finding] | None]] = [
        ("it starts without waiting for anybody", _judge_start(evidence, trial)),
        ("no request fails", _judge_failures(trial)),
        ("no request waits", _judge_waiting(trial)),
        ("once they are back, it sends to each of them again", _judge_return(trial)),
        (f"it ends within {judging.STOP_SECONDS:g} seconds", _judge_end(trial)),
        ("where all is well, nothing is lost at its end", _judge_last(evidence, trial)),
    ]
    for claim, findings in judged:
        if findings is not None:
            yield claim, findings


def _judge_start(evidence: Evidence, trial: Trial) -> list[Finding]:
    if trial.starts_in_time:
        return []
    place = trial.starting_at
    if trial.ill.started is None:
        said = _read_error(evidence, trial.output) if trial.ended else ""
        silence = f"no answer after {trials.START_DEADLINE:g} s{_blame(place, ', waiting for ')}"
        return [
            Finding(
                "failure/does-not-start",
                expected="the app answers, though no back end does",
                got=said or silence,
                where=_find_where(trial, place),
            )
        ]
    return [
        Finding(
            "failure/starts-late",
            expected="the app answers as soon as it does when all is well",
            got=f"later, once it had waited for {TITLES[place.vendor]}",
            where=_find_where(trial, place),
        )
    ]


def _judge_failures(trial: Trial) -> list[Finding] | None:
    if trial.ill.started is None:
        return None
    if not trial.failed:
        return []
    return [
        Finding(
            "failure/requests-fail",
            expected="the answers that it gives when all is well",
            got=listed(list(dict.fromkeys(trial.failed))[:MOST_SHOWN]),
            where=trial.waiting_at.where,
        )
    ]


def _judge_waiting(trial: Trial) -> list[Finding] | None:
    if trial.ill.started is None:
        return None
    if not trial.waits:
        return []
    return [
        Finding(
            "failure/requests-wait",
            expected="answers as quick as when all is well",
            got=f"some took more than {judging.WAITS_SECONDS:g} s"
            + _blame(trial.waiting_at, ", waiting for "),
            where=_find_where(trial, trial.waiting_at),
        )
    ]


def _judge_return(trial: Trial) -> list[Finding] | None:
    if not _has_recovered(trial):
        return None
    if not trial.missing:
        return []
    return [
        Finding(
            "failure/stays-silent",
            expected="after an outage, what is sent then",
            got=f"nothing more at {listed([TITLES[each] for each in trial.missing])}",
            where=_find_where(trial, Place(trial.missing[0])),
        )
    ]


def _judge_end(trial: Trial) -> list[Finding] | None:
    if not _has_recovered(trial):
        return None
    if trial.ends_in_time:
        return []
    return [
        Finding(
            "failure/slow-stop",
            expected=f"after SIGTERM, an end within {judging.STOP_SECONDS:g} s",
            got="it was still there" + _blame(trial.ending_at, ", waiting for "),
            where=_find_where(trial, trial.ending_at),
        )
    ]


def _judge_last(evidence: Evidence, trial: Trial) -> list[Finding] | None:
    if not evidence.target.ours:
        # How many records a request makes is known of the course's own app.
        return None
    if not trial.lost:
        return []
    vendor = next(iter(trial.lost))
    return [
        Finding(
            "failure/lost-at-the-end",
            expected="after SIGTERM, all that the app still held",
            got=f"the last of it never came, at {TITLES[vendor]}",
            where=_find_where(trial, Place(vendor)),
        )
    ]


def _has_recovered(trial: Trial) -> bool:
    """Tell whether the copy came so far that its return and its end could be looked at."""
    return trial.ill.started is not None and not trial.is_hampered


def _find_absence(trial: Trial) -> Finding | None:
    """Return that nothing of this step is there: as after the steps before, or before them."""
    if not trial.used:
        return Finding(
            "failure/absent",
            expected="an app that goes on when those are down to whom it sends",
            got="it sends nothing to anybody",
        )
    ends = _judge_end(trial)
    if CLOUDWATCH in trial.missing and ends:
        return Finding(
            "failure/absent",
            expected="an app that goes on when those are down to whom it sends",
            got="it sends no log line any more once CloudWatch was away at its start, and does not"
            " end in time",
        )
    return None


def fails_in_production(verdict: Verdict) -> bool:
    """Tell whether the app did not run, even while all was well, so that nothing was judged.

    Args:
        verdict: what `judge` says.
    """
    return any(each.id == FAILS for each in verdict.findings)


def _explain_failure(evidence: Evidence, trial: Trial) -> Finding:
    if trial.broken:
        got = trial.broken[0]
    else:
        said = _read_error(evidence, trial.well_output)
        got = said or f"no answer after {trials.START_DEADLINE:g} s"
    return Finding(FAILS, expected="an app that answers as its Dockerfile runs it", got=got)


def _read_error(evidence: Evidence, printed: str) -> str:
    """Return the line that says why an app ended, without what gunicorn says of the ending."""
    lines = (line for line in printed.splitlines() if not OF_GUNICORN.match(line))
    return output.last_error("\n".join(lines), evidence.folder)


def _blame(place: Place, words: str) -> str:
    return f"{words}{TITLES[place.vendor]}" if place.vendor else ""


def _find_where(trial: Trial, place: Place) -> str:
    if place.where or not place.vendor:
        return place.where
    noted = {note["what"]: str(note["where"]) for note in trial.notes[::-1] if note.get("where")}
    return next((noted[what] for what in SET_UP[place.vendor] if what in noted), "")


def _describe(trial: Trial) -> str:
    if trial.well.started is None or trial.broken:
        return "nothing: the app did not run in production"
    if not trial.used:
        return "nothing"
    names = listed([TITLES[each] for each in trial.used])
    return f"at {names}; a second copy of your app met silence there"
