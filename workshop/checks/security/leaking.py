"""Turns the matrix of doors and sinks into findings: one for each place where it is mended."""

from collections.abc import Iterable

from workshop.checks.findings import Finding
from workshop.checks.words import listed
from workshop.leaks.survey import Leak, Survey

HONEYCOMB, XRAY, CLOUDWATCH, ROLLBAR, OUTPUT, PASSED_ON = (
    "Honeycomb", "X-Ray", "CloudWatch", "Rollbar", "output", "passed on",
)  # fmt: skip
BAGGAGE, TRACE_HEADERS = "baggage", "trace headers"
MESSAGE, EXCEPTION = "a private message", "an exception's text"
HEADERS = {"X-Api-Key", "Authorization", "Cookie"}
MOST_NAMED = 4
# Of each sink, what is mended there: the finding, and what it expects.
BY_SINK = {
    HONEYCOMB: ("security/secrets-in-spans", "spans without what nobody may see"),
    XRAY: ("security/secrets-in-segments", "segments without what nobody may see"),
    CLOUDWATCH: ("security/secrets-in-log", "log lines without what nobody may see"),
    OUTPUT: ("security/secrets-in-output", "printed lines without what nobody may see"),
    ROLLBAR: ("security/secrets-in-rollbar", "reports without what nobody may see"),
    PASSED_ON: ("security/secrets-passed-on", "calls without what nobody may see"),
}


def judge(survey: Survey, forged: bool) -> list[Finding]:
    """Return what leaks, one finding for each place where it is mended.

    Args:
        survey: what one run has shown.
        forged: a caller's line break has begun a line of the output.
    """
    leaks = [each for each in survey.leaks if each.door not in (BAGGAGE, TRACE_HEADERS)]
    messages = [each for each in leaks if each.door == MESSAGE]
    leaks = [each for each in leaks if each.door != MESSAGE]
    texts = _find_only_exceptions(leaks)
    rest = [each for each in leaks if each not in texts]
    found = [_judge_sink(name, [each for each in rest if each.sink == name], forged)
             for name in survey.sinks]  # fmt: skip
    findings = [each for each in found if each]
    if texts:
        findings.append(
            Finding(
                "security/exception-text",
                expected="texts of errors without an e-mail address",
                got=f"one, at {listed([each.sink for each in texts])}",
                nearest=texts[0].places[0],
            )
        )
    if messages:
        findings.append(
            Finding(
                "security/message-logged",
                expected="a log line that says who has written to whom, and not what",
                got="what a person has written to another",
                nearest=f"{messages[0].sink}: {messages[0].places[0]}",
            )
        )
    if forged and not any(each.sink == OUTPUT for each in rest):
        findings.append(
            Finding(
                "security/forged-line",
                expected="one line for each thing that is logged",
                got="a second one, which begins with what a caller has put into the path",
            )
        )
    return findings


def judge_baggage(survey: Survey) -> list[Finding]:
    """Is what a caller puts into the header `baggage` kept here?

    Args:
        survey: what one run has shown.
    """
    leaks = [each for each in survey.leaks if each.door == BAGGAGE]
    if not leaks:
        return []
    return [
        Finding(
            "security/baggage-sent-on",
            expected="a caller's header `baggage` goes no further than this app",
            got=f"{leaks[0].places[0]} at {leaks[0].sink}".replace(
                f" at {PASSED_ON}", ", which the app calls"
            ),
        )
    ]


def _find_only_exceptions(leaks: list[Leak]) -> list[Leak]:
    """Return the leaks at sinks where nothing but an exception's text comes out."""
    doors: dict[str, set[str]] = {}
    for each in leaks:
        doors.setdefault(each.sink, set()).add(each.door)
    return [each for each in leaks if doors[each.sink] == {EXCEPTION}]


def _judge_sink(sink: str, leaks: list[Leak], forged: bool) -> Finding | None:
    """Return the finding of one sink, as narrow as what leaks there."""
    if not leaks:
        return None
    id_, expected = BY_SINK[sink]
    doors = [each.door for each in leaks]
    if sink == ROLLBAR and set(doors) <= HEADERS:
        id_, expected = "security/header-in-rollbar", "reports without the keys of your callers"
    elif sink == ROLLBAR and all(".locals." in place for place in _places(leaks)):
        id_, expected = "security/locals-in-rollbar", "reports without the values of variables"
    also = (
        "; and a caller's line break begins a line of its own" if sink == OUTPUT and forged else ""
    )
    return Finding(id_, expected=expected, got=f"{_name(doors)}{also}", nearest=leaks[0].places[0])


def _places(leaks: Iterable[Leak]) -> list[str]:
    return [place for each in leaks for place in each.places]


def _name(doors: list[str]) -> str:
    if len(doors) <= MOST_NAMED:
        return listed(doors)
    return f"{', '.join(doors[:MOST_NAMED])} and {len(doors) - MOST_NAMED} more"
