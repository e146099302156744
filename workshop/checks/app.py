"""Judges the app itself, before any step: does it start, answer, and end?"""

from collections import Counter

from workshop.checks import output, services, starting, traffic
from workshop.checks.evidence import Evidence
from workshop.checks.findings import Finding
from workshop.checks.output import Traceback
from workshop.checks.traffic import Asked
from workshop.checks.words import count


def judge(evidence: Evidence) -> list[Finding]:
    """Return what is wrong with the app as such, worst first.

    Args:
        evidence: what one run left behind.
    """
    found = _judge_old_decorator(evidence)
    backend = evidence.backend
    if never_answered(evidence):
        return found or [starting.explain(evidence, backend)]
    others = [ran for ran in evidence.services.values() if ran is not backend]
    failed = [ran for ran in others if ran.failure not in ("", "died")]
    found += [starting.explain(evidence, ran) for ran in failed[:1]]
    if backend.failure == "flooded":
        return [*found, starting.explain_flood(evidence, backend)]
    return [*found, *_judge_answers(evidence), *_judge_end(evidence)]


def never_answered(evidence: Evidence) -> bool:
    """Tell whether backend ended, or had to be ended, before it could answer anything.

    One that opens its port and fails right after it is among them; one that leaves in the middle of
    its first request is not.

    Args:
        evidence: what one run left behind.
    """
    answered = any(asked.status for asked in evidence.asked)
    left = bool(evidence.asked) and any(evidence.notes("hard-exit", "backend"))
    return bool(evidence.backend.failure) and not answered and not left


def is_fatal(evidence: Evidence, findings: list[Finding]) -> bool:
    """Tell whether the app never ran, or not to the end, so that no step can be judged.

    Args:
        evidence: what one run left behind.
        findings: what `judge` has returned for it.
    """
    unanswered = any(each.id == "app/no-traffic-succeeds" for each in findings)
    return bool(evidence.backend.failure) or unanswered


def _judge_old_decorator(evidence: Evidence) -> list[Finding]:
    """Did the probe have to stand in for what is no longer in Flask?"""
    if not any(evidence.notes("before-first-request")):
        return []
    return [starting.explain_old_decorator(evidence.where("before-first-request"))]


def _judge_answers(evidence: Evidence) -> list[Finding]:
    """Does each route answer, and the app stay alive?"""
    silent = [asked for asked in evidence.asked if asked.problem == "timed out"]
    if silent:
        return [
            Finding(
                "app/hangs",
                expected=f"an answer to each request within {traffic.REQUEST_DEADLINE:g} s",
                got=f"none to {silent[0].method} {silent[0].path}",
                where=evidence.backend.stuck_at or _where_is(evidence, silent[0]),
            )
        ]
    dead = [ran for ran in evidence.services.values() if ran.failure == "died"]
    if dead:
        gone = [asked for asked in evidence.asked if asked.problem]
        during = f" at {gone[0].method} {gone[0].path}" if gone else " before the end"
        name = "it" if dead[0] is evidence.backend else dead[0].name
        return [
            Finding(
                "app/died",
                expected="an app that stays until it is stopped",
                got=f"{name} was gone{during}",
                where=evidence.where("hard-exit", dead[0].name)
                or output.line_of_theirs(dead[0].output, evidence.folder),
            )
        ]
    if not any(asked.answered for asked in evidence.asked):
        error = _find_commonest_error(evidence.backend.output)
        return [
            Finding(
                "app/no-traffic-succeeds",
                expected="at least one route that answers",
                got=_describe_failures(evidence.asked) + (_describe_error(error) if error else ""),
                where=error.line_of_theirs(evidence.folder) if error else "",
            )
        ]
    return _judge_pages(evidence)


def _describe_failures(asked: list[Asked]) -> str:
    outcomes = {str(each.status or each.problem) for each in asked}
    if len(outcomes) == 1:
        return f"{count(len(asked), 'request')}, each of them: {outcomes.pop()}"
    return f"{count(len(asked), 'request')}, and all failed; the first: {asked[0]}"


def _find_commonest_error(text: str) -> Traceback | None:
    """Return the error that came with most requests, and of two that come together the first.

    The first is the cause: where Flask cannot answer with its page for a 500 either, the server
    reports one more error for the same request, at the end perhaps not any more.
    """
    tracebacks = [
        each
        for each in output.read_tracebacks(text)
        # By Ctrl-C the check itself has ended the app.
        if each.frames and each.error != "KeyboardInterrupt"
    ]
    often = Counter(each.error for each in tracebacks)
    return max(tracebacks, key=lambda each: often[each.error], default=None)


def _describe_error(traceback: Traceback) -> str:
    """Return an error and the package that raised it, to follow a sentence."""
    parts = traceback.frames[-1].file.parts
    package = parts[parts.index("site-packages") + 1] if "site-packages" in parts else ""
    return f"; {traceback.error}" + (f", raised inside {package}" if package else "")


def _where_is(evidence: Evidence, asked: Asked) -> str:
    """Return where the function behind a route stands, where the route is a plain path."""
    path = asked.path.partition("?")[0]
    routes = evidence.notes("route", "backend")
    return next((str(note["where"]) for note in routes if path.endswith(str(note["rule"]))), "")


def _judge_pages(evidence: Evidence) -> list[Finding]:
    """Is there a page that fails? Writing with a bad value may, and is a lesson of its own."""
    failed = [asked for asked in evidence.asked if asked.method == "GET" and asked.status >= 500]
    if not failed:
        return []
    path = failed[0].path.partition("?")[0]
    # Flask logs a route's exception under a heading that names the route.
    said = evidence.backend.output.partition(f"Exception on {path} [GET]")[2]
    logged = next(iter(output.read_tracebacks(said)), None)
    return [
        Finding(
            "app/answers-500",
            expected=f"a page at GET {failed[0].path}",
            got=f"{failed[0].status}, {logged.error if logged else 'an error'}",
            where=logged.line_of_theirs(evidence.folder) if logged else "",
        )
    ]


def _judge_end(evidence: Evidence) -> list[Finding]:
    """Does the app end when it is asked to, with all that it has started?"""
    for ran in evidence.services.values():
        if ran.left_behind:
            return [
                Finding(
                    "app/leaves-processes",
                    expected="no process once the app has ended",
                    got=f"{ran.left_behind} that {ran.name} had started",
                )
            ]
        # An SDK that cannot deliver holds up the exit, and is a finding of its own.
        sends = any(evidence.notes("exporter", ran.name)) or not evidence.is_probed(ran.name)
        if not ran.willing and (evidence.last_arrived or not sends):
            return [
                Finding(
                    "app/does-not-stop",
                    expected=f"an end within {services.STOP_DEADLINE:g} s of Ctrl-C",
                    got=f"{ran.name} went on, and was killed",
                )
            ]
    return []
