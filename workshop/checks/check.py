"""Checks an app: runs it once, lets each step's check judge, remembers what came of it."""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from workshop import course
from workshop.checks import (
    app,
    cloudwatch,
    correlation,
    failure,
    honeycomb,
    interrupts,
    opentelemetry_only,
    report,
    rollbar,
    security,
    spending,
    subsegments,
    xray,
)
from workshop.checks.evidence import Evidence
from workshop.checks.findings import Finding, Verdict
from workshop.checks.gather import Progress, gather
from workshop.checks.target import Target
from workshop.checks.xray import starting
from workshop.errors import WorkshopError, command

JUDGES: dict[int, Callable[[Evidence], Verdict]] = {
    honeycomb.STEP: honeycomb.judge,
    xray.STEP: xray.judge,
    subsegments.STEP: subsegments.judge,
    cloudwatch.STEP: cloudwatch.judge,
    rollbar.STEP: rollbar.judge,
    spending.STEP: spending.judge,
    security.STEP: security.judge,
    correlation.STEP: correlation.judge,
    failure.STEP: failure.judge,
    opentelemetry_only.STEP: opentelemetry_only.judge,
}
# They run the app once more, as in production: for nothing, where the step before is not there.
RUN_AGAIN = (spending.STEP, security.STEP, failure.STEP)
# They rest on a run of their own alone, unless the app does not run in production.
ON_THEIR_OWN: dict[int, Callable[[Verdict], bool]] = {
    security.STEP: security.fails_in_production,
    failure.STEP: failure.fails_in_production,
}
# They judge segments, whether the X-Ray SDK or OpenTelemetry has made them.
OF_SEGMENTS = (xray.STEP, subsegments.STEP)
WORKS, FINDINGS, COULD_NOT = 0, 1, 2


@dataclass
class Checked:
    """What one check found.

    Args:
        evidence: what the run left behind.
        app: what is wrong with the app itself.
        verdicts: what each step's check says.
    """

    evidence: Evidence
    app: list[Finding]
    verdicts: list[Verdict]

    @property
    def exit_code(self) -> int:
        """0 where all hold, 1 where something is found, 2 where no step could be judged."""
        if not self.verdicts:
            return COULD_NOT
        faults = [each for each in self.app if not each.entry.note]
        return FINDINGS if faults or any(v.state != "works" for v in self.verdicts) else WORKS

    def as_text(self) -> str:
        """Return it as a person reads it."""
        return report.render(self.evidence, self.app, self.verdicts)

    def as_json(self) -> str:
        """Return it for a machine: a list, the app first where there is something to say of it."""
        entries: list[dict[str, Any]] = [verdict.as_json() for verdict in self.verdicts]
        if self.app:
            findings = [each.as_json() for each in self.app if not each.entry.note]
            notes = [each.as_json() for each in self.app if each.entry.note]
            of_app = {
                "step": None,
                "verdict": "broken" if findings else "works",
                "findings": findings,
                "notes": notes,
                "arrived": "",
            }
            entries.insert(0, of_app)
        return json.dumps(entries, indent=2, ensure_ascii=False)


def describe_run(number: int | None = None) -> str:
    """Return what a check is about to do, for whoever waits for it.

    Args:
        number: the step to judge; none means every step that the app may have reached.
    """
    if number == failure.STEP:
        runs = "twice as in production, once beside back ends that are silent"
    elif number in RUN_AGAIN:
        runs = "as in production"
    elif number is None:
        runs = "on ports of its own, and as in production for the later steps"
    else:
        runs = "on ports of its own"
    return f"Running your app {runs}, and sending it requests …"


def check(
    target: Target, number: int | None = None, progress: Progress = lambda _: None
) -> Checked:
    """Run an app and judge one step, or all of them.

    Args:
        target: the app.
        number: the step to judge; none means every step up to the last that the app has reached.
        progress: called with a few words at each stage.

    Raises:
        WorkshopError: that step has no check, the course has no such step, the app's command cannot
            be run, or the check was stopped by a signal.
    """
    if number is not None and number not in JUDGES:
        title = course.step(number).title
        raise WorkshopError(
            f"Step {number} ({title}) has nothing to check.",
            f"The steps with a check: {', '.join(map(str, JUDGES))}.",
        )
    if number in ON_THEIR_OWN:
        # What the known traffic shows is only worth its time where the app does not run.
        evidence = Evidence(target, "")
        verdict = JUDGES[number](evidence)
        if not ON_THEIR_OWN[number](verdict):
            return Checked(evidence, [], [verdict])
    in_production = None
    if number == spending.STEP:
        evidence, alone = spending.judge_alone(target)
        if alone:
            return Checked(evidence, [], [alone])
        in_production = evidence.in_production
    with interrupts.wish_to_stop() as hurry:
        # They cost an import of the SDK, for one claim of one step.
        with_trials = number in (None, honeycomb.STEP)
        evidence = gather(target, progress, hurry, with_trials=with_trials)
        evidence.in_production = in_production
    if hurry.is_set():
        raise WorkshopError(
            "The check was stopped before it could judge; what it had started is ended.",
            f"`{command('check')}` starts it again.",
        )
    about_app = app.judge(evidence)
    wanted = list(JUDGES) if number is None else [number]
    if app.is_fatal(evidence, about_app):
        wanted = []
    about_app = [starting.name_cause(evidence, each) for each in about_app]
    about_app = [cloudwatch.starting.name_cause(evidence, each) for each in about_app]
    verdicts: list[Verdict] = []
    for each in wanted:
        if number is None and each in RUN_AGAIN and _is_absent(verdicts[-1]):
            break
        verdicts.append(_judge(each, evidence))
    if number is None:
        verdicts = _leave_out_not_reached(verdicts)
    return Checked(evidence, _leave_to_steps(about_app, verdicts), verdicts)


def _judge(number: int, evidence: Evidence) -> Verdict:
    """Judge one step; where spans for X-Ray are lost on the way, the reason stands for all."""
    verdict = JUDGES[number](evidence)
    if number in OF_SEGMENTS and _is_absent(verdict):
        lost = opentelemetry_only.explain_silence(evidence)
        if lost:
            return replace(verdict, state="broken", findings=lost)
    return verdict


def _leave_out_not_reached(verdicts: list[Verdict]) -> list[Verdict]:
    """Return the verdicts up to the last step that the app has anything of; at least the first."""
    reached = [place for place, verdict in enumerate(verdicts) if not _is_absent(verdict)]
    return verdicts[: max(reached, default=0) + 1]


def _is_absent(verdict: Verdict) -> bool:
    return any(each.id.endswith("/absent") for each in verdict.findings)


def _leave_to_steps(about_app: list[Finding], verdicts: list[Verdict]) -> list[Finding]:
    """Return what is wrong with the app, without the failing page that a step's finding explains.

    Args:
        about_app: what is wrong with the app itself.
        verdicts: what each step's check says.
    """
    explained = [each.explains for verdict in verdicts for each in verdict.findings]
    return [
        each
        for each in about_app
        if each.id != "app/answers-500" or not any(e and e in each.got for e in explained)
    ]
