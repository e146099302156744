"""Judges step 05: is each error at Rollbar once, with its stack, its environment and its person?"""

from collections.abc import Iterator

from workshop.checks import presence
from workshop.checks.evidence import Evidence
from workshop.checks.findings import Finding, Verdict
from workshop.checks.rollbar import contents, packages, routes, settings, silence
from workshop.checks.rollbar.reports import Failure, find_failures
from workshop.checks.words import count

STEP = 5
NAME = "rollbar"
# What tells a commented line of Rollbar's from prose.
CODE = ("rollbar.contrib.flask.init", "rollbar.init", "import rollbar", "rollbar.contrib.flask")


def judge(evidence: Evidence) -> Verdict:
    """Judge what arrived at Rollbar, from the outside in.

    Each claim is judged where there is enough to tell, whatever else is wrong, and not where it
    could only repeat what another has said: one mistake gives one finding.

    Args:
        evidence: what one run left behind.
    """
    failures = find_failures(evidence)
    verdict = Verdict(STEP, NAME, "works", arrived=_describe_arrivals(evidence))
    absence = None if evidence.occurrences else _explain_absence(evidence)
    if absence:
        verdict.state = "absent"
        verdict.findings.append(absence)
        return verdict
    for claim, findings in _claims(evidence, failures):
        for finding in findings:
            known = verdict.notes if finding.entry.note else verdict.findings
            if finding.id not in [each.id for each in known]:
                known.append(finding)
        if claim and all(each.entry.note for each in findings):
            verdict.good.append(claim)
    if verdict.findings:
        verdict.state = "broken"
    return verdict


def _claims(evidence: Evidence, failures: list[Failure]) -> Iterator[tuple[str, list[Finding]]]:
    """Yield each claim that can be judged, with what speaks against it; the first to mend first."""
    silent = silence.judge(evidence, failures)
    places = contents.judge_environment(evidence, failures)
    # An app that takes itself for one in development has its test route on purpose.
    is_misled = any(not each.entry.note for each in places or [])
    judged: list[tuple[str, list[Finding] | None]] = [
        ("" if not failures else "each request that failed is at Rollbar", silent),
        ("", _note_no_failure(evidence, failures, silent)),
        ("each failure is reported once", contents.judge_repetition(evidence, failures)),
        ("it has its stack, and your own frames in it", contents.judge_stack(evidence, failures)),
        ("it names its environment", places),
        (
            "it says whose request it was, without an e-mail address",
            contents.judge_person(evidence, failures),
        ),
        ("equal errors can become one item", contents.judge_fingerprint(evidence)),
        ("", None if silent else contents.judge_handled(evidence, failures)),
        ("the token comes from the environment", silence.judge_token(evidence)),
        ("an error that Rollbar refuses stays out of the log", _judge_log(evidence)),
        ("no test route is open in production", None if is_misled else routes.judge(evidence)),
        ("docker-compose.yml tells each service of Rollbar", settings.judge(evidence)),
        ("requirements.txt brings what the app imports", packages.judge(evidence)),
    ]
    for claim, findings in judged:
        if findings is not None:
            yield claim, findings


def _describe_arrivals(evidence: Evidence) -> str:
    if not evidence.occurrences:
        return "nothing"
    occurrences = count(len(evidence.occurrences), "occurrence")
    return f"{occurrences} of {count(len(evidence.items), 'item')}"


def _explain_absence(evidence: Evidence) -> Finding | None:
    """Return why there is nothing to judge, or None where the app does use the library."""
    if presence.is_imported(evidence.folder, "rollbar"):
        return None
    where = presence.commented_out(evidence.folder, CODE)
    if where:
        return Finding(
            "rollbar/commented-out",
            expected="lines that set Rollbar up",
            got="the same lines behind a #",
            where=where,
        )
    return Finding("rollbar/absent", expected="an occurrence of each error", got="nothing")


def _note_no_failure(
    evidence: Evidence, failures: list[Failure], silent: list[Finding]
) -> list[Finding]:
    """Say that no error was there to arrive, so that only the set-up is judged."""
    if failures or silent:
        return []
    return [
        Finding(
            "rollbar/nothing-failed",
            expected="a request that fails, to see what arrives",
            got=f"{count(len(evidence.asked), 'request')}, and none answered with 500",
        )
    ]


def _judge_log(evidence: Evidence) -> list[Finding] | None:
    """Is what Rollbar refuses kept out of the log? It holds the token."""
    inits = [note for note in evidence.notes("rollbar-init") if note["has_token"]]
    if not inits:
        return None
    logging = [note for note in inits if note["logs_payload"]]
    if not logging:
        return []
    return [
        Finding(
            "rollbar/payload-logged",
            expected="log_payload_on_error=False",
            got="True, as it is by default: an error that Rollbar refuses as one too many is "
            "logged whole",
            where=logging[0]["where"],
        )
    ]
