"""Judges step 07: does what nobody may see stay in, and whose headers are trusted?

It runs the app once more, in a sandbox of its own, as `workshop leaks` does.
"""

from collections.abc import Iterator

from workshop.checks import presence
from workshop.checks.evidence import Evidence
from workshop.checks.findings import Finding, Verdict
from workshop.checks.security import leaking, settings
from workshop.checks.security.acts import CallersWord, ForgedLine, FullRollbar
from workshop.checks.words import count, listed
from workshop.errors import WorkshopError, command
from workshop.leaks.survey import Survey, survey

STEP = 7
NAME = "security"
FAILS = "security/fails-in-production"
# With the package by which an app sends there.
VENDORS = {
    leaking.HONEYCOMB: "opentelemetry",
    leaking.XRAY: "aws_xray_sdk",
    leaking.CLOUDWATCH: "watchtower",
    leaking.ROLLBAR: "rollbar",
}


def judge(evidence: Evidence) -> Verdict:
    """Judge what comes out of an app that should stay in.

    Args:
        evidence: what one run left behind, or nothing but the app; the app is run once more.
    """
    word, line, full = CallersWord(), ForgedLine(), FullRollbar()
    try:
        found = survey(evidence.target, acts=(word, line, full))
    except WorkshopError as error:
        return _explain_failure(error)
    evidence.asked = evidence.asked or found.asked
    verdict = Verdict(STEP, NAME, "works", arrived=_describe(found))
    for claim, findings in _claims(evidence, found, word, line, full):
        verdict.findings += findings
        if not findings:
            verdict.good.append(claim)
    if verdict.findings:
        verdict.state = "broken"
    return verdict


def fails_in_production(verdict: Verdict) -> bool:
    """Tell whether the app did not run, so that nothing was judged.

    Args:
        verdict: what `judge` says.
    """
    return any(each.id == FAILS for each in verdict.findings)


def _claims(
    evidence: Evidence, found: Survey, word: CallersWord, line: ForgedLine, full: FullRollbar
) -> Iterator[tuple[str, list[Finding]]]:
    """Yield each claim with what speaks against it; what leaks most comes first."""
    yield "all that it sends can be looked into", _judge_silence(evidence, found)
    yield "what nobody may see stays in", leaking.judge(found, line.stands)
    yield "notes of a caller are sent on to nobody", leaking.judge_baggage(found)
    yield "no stranger decides what is traced", _judge_trust(found, word)
    yield "Rollbar's token is in no log", _judge_token(full)
    written = settings.judge(evidence)
    if written is not None:
        yield "docker-compose.yml holds no key, and opens no port of the daemon's", written


def _explain_failure(error: WorkshopError) -> Verdict:
    """Return the verdict where the app ran, and does not as strangers meet it in production."""
    finding = Finding(
        FAILS,
        expected="an app that answers as it does in development",
        got=error.what.rstrip("."),
    )
    return Verdict(STEP, NAME, "broken", findings=[finding], arrived="nothing")


def _describe(found: Survey) -> str:
    """Say in one line how much was looked for, and how much came out."""
    cells = len(found.doors) * (len(found.sinks) - len(found.silent))
    silent = [sink for sink in found.sinks if sink in found.silent]
    beside = f"; nothing at all at {listed(silent)}" if silent else ""
    if not found.leaks:
        return f"nothing of what was sent came out, in {cells} cells{beside}"
    leaks = count(len(found.leaks), "leak")
    return f"{leaks} in {cells} cells{beside}: `{command('leaks')}` shows each"


def _judge_trust(found: Survey, word: CallersWord) -> list[Finding]:
    """Are trace headers taken from strangers?"""
    passed = any(each.door == leaking.TRACE_HEADERS for each in found.leaks)
    effects = [
        effect
        for effect, holds in (
            ("X-Amzn-Trace-Id: Sampled=1 is recorded against a rule of 0", word.recorded),
            ("traceparent …-00 hides a request that fails", word.hidden),
            ("what else they hold is kept or sent on", passed),
        )
        if holds
    ]
    if not effects:
        return []
    return [
        Finding(
            "security/headers-trusted",
            expected="in production each trace begins here, whatever a caller says",
            got="; ".join(effects),
        )
    ]


def _judge_token(full: FullRollbar) -> list[Finding]:
    """Is the token in a log, once Rollbar has refused an error?"""
    if not full.logged:
        return []
    place = "what the app prints" if full.logged == leaking.OUTPUT else "CloudWatch's log"
    return [
        Finding(
            "security/token-logged",
            expected="no token in any log, whatever Rollbar answers",
            got=f"after a 429, the report with its access_token in {place}",
        )
    ]


def _judge_silence(evidence: Evidence, found: Survey) -> list[Finding]:
    """Did something arrive wherever the app sends? What is silent gives nothing away, either."""
    silent = [
        sink
        for sink, package in VENDORS.items()
        if sink in found.silent
        and (evidence.target.ours or presence.is_imported(evidence.folder, package))
    ]
    if not silent:
        return []
    return [
        Finding(
            "security/nothing-arrived",
            expected="telemetry at all four, to look into",
            got=f"none at {listed(silent)}",
        )
    ]
