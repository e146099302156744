"""Judges what an occurrence says: where it happened, in which environment, and to whom."""

import re

from workshop.checks import environment
from workshop.checks.evidence import Evidence
from workshop.checks.findings import Finding
from workshop.checks.presence import LEFT_OUT
from workshop.checks.rollbar import source
from workshop.checks.rollbar.reports import Failure, find_reporter
from workshop.checks.words import count, listed
from workshop.sandbox.rollbar.items import Occurrence

# A UUID, or a time in seconds or finer: nothing that two errors have in common.
UNIQUE = re.compile(
    r"[0-9a-f]{8}-?[0-9a-f]{4}-?4[0-9a-f]{3}-?[89ab][0-9a-f]{3}-?[0-9a-f]{12}"
    r"|\b1[5-9]\d{8}\b|\d{4}-\d\d-\d\d[T ]\d\d:\d\d",
    re.IGNORECASE,
)
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


def judge_repetition(evidence: Evidence, failures: list[Failure]) -> list[Finding] | None:
    """Was each failure reported once?"""
    if not any(each.reported for each in failures):
        return None
    for failure in failures:
        if len(failure.reported) <= failure.times:
            continue
        by_hand = [find_reporter(evidence, each) for each in failure.reported]
        lines = [line for line in dict.fromkeys(by_hand) if line]
        also = "; Rollbar's Flask integration has reported it as well" if "" in by_hand else ""
        return [
            Finding(
                "rollbar/reported-twice",
                expected=f"one occurrence of {failure}, which failed "
                + ("once" if failure.times == 1 else f"{failure.times} times"),
                got=count(len(failure.reported), "occurrence")
                + (f", from {listed(lines)}" if lines else "")
                + also,
                where=lines[-1] if lines else "",
            )
        ]
    return []


def judge_stack(evidence: Evidence, failures: list[Failure]) -> list[Finding] | None:
    """Has each occurrence a stack with the app's own frames, told from the libraries'?"""
    reported = _reported(failures)
    if not reported:
        return None
    without = next((each for each in reported if not each.exceptions), None)
    if without:
        return [
            Finding(
                "rollbar/no-stack",
                expected="the exception, with its stack and its values",
                got=f"a message without one: {without.message[:60]!r}",
                where=find_reporter(evidence, without),
            )
        ]
    own = [file for each in reported for file in _own_files(evidence, each)]
    roots = {str((each.data.get("server") or {}).get("root") or "") for each in reported}
    where = evidence.where("rollbar-init")
    expected = "root, with the folder of your code, so that its frames are told from libraries'"
    if "" in roots:
        return [Finding("rollbar/no-root", expected=expected, got="no root", where=where)]
    if own and not any(file.startswith(root) for file in own for root in roots):
        root = str(roots.pop()).replace(f"{evidence.folder}/", "")
        got = f"{root}, with none of your frames in it"
        return [Finding("rollbar/no-root", expected=expected, got=got, where=where)]
    return _judge_libraries(reported, roots, where)


def _judge_libraries(reported: list[Occurrence], roots: set[str], where: str) -> list[Finding]:
    """Are libraries outside of what counts as the app's own?"""
    inside = [
        frame
        for each in reported
        for frame in each.frames
        if LEFT_OUT & set(frame.file.split("/"))
        and any(frame.file.startswith(root) for root in roots)
    ]
    if not inside:
        return []
    return [
        Finding(
            "rollbar/root-too-wide",
            expected="the folder of your code alone as root",
            got=f"{count(len(inside), 'frame')} of libraries count as your own, with their values",
            where=where,
        )
    ]


def _own_files(evidence: Evidence, occurrence: Occurrence) -> list[str]:
    inside = f"{evidence.folder}/"
    return [
        frame.file
        for frame in occurrence.frames
        if frame.file.startswith(inside) and not LEFT_OUT & set(frame.file.split("/"))
    ]


def judge_environment(evidence: Evidence, failures: list[Failure]) -> list[Finding] | None:
    """Does each occurrence name the environment that the app was started in, and the version?"""
    reported = _reported(failures)
    if not reported:
        return None
    where = evidence.where("rollbar-init")
    other = {each.environment for each in reported} - {environment.ENVIRONMENT}
    if other and evidence.target.ours:
        return [
            Finding(
                "rollbar/environment-fixed",
                expected=f"{environment.ENVIRONMENT}, which ENVIRONMENT says in this check",
                got=listed(sorted(other)),
                where=where,
            )
        ]
    found = []
    written = source.find_inits(evidence.folder)
    given = [each.arguments.get("environment") for each in written]
    if given and all(each is None or source.is_text(each) for each in given):
        found.append(
            Finding(
                "rollbar/environment-in-code",
                expected="the environment from a variable, such as ENVIRONMENT",
                got=f"{listed(sorted({each.environment for each in reported}))}, wherever it runs",
                where=where,
            )
        )
    if not any(each.code_version for each in reported):
        found.append(
            Finding(
                "rollbar/no-code-version",
                expected="code_version: which version of the code has raised",
                got="none",
                where=where,
            )
        )
    return found


def judge_person(evidence: Evidence, failures: list[Failure]) -> list[Finding] | None:
    """Does each occurrence say which request it was and whose, by an id that is no address?"""
    reported = _reported(failures)
    if not reported:
        return None
    for each in reported:
        who = each.person
        said = [text for text in (who.id, who.username, who.email) if text] if who else []
        if who and (who.email or any(EMAIL.fullmatch(text) for text in said)):
            return [
                Finding(
                    "rollbar/person-with-email",
                    expected="a person's id, or a handle",
                    got="their e-mail address",
                    where=_where_person(evidence),
                )
            ]
    without = next((each for each in reported if each.request is None), None)
    if without:
        return [
            Finding(
                "rollbar/no-request",
                expected="the request in each occurrence: its address, its headers, whose it is",
                got="an exception alone",
                where=find_reporter(evidence, without),
            )
        ]
    if not evidence.target.ours or any(each.person and each.person.id for each in reported):
        return []
    return [
        Finding(
            "rollbar/no-person",
            expected="whose request it was: a handle",
            got="nobody",
            where=evidence.where("rollbar-init"),
        )
    ]


def _where_person(evidence: Evidence) -> str:
    """Return where the app says who a person is, or else where it sets Rollbar up."""
    return source.find_function(evidence.folder, "rollbar_person") or evidence.where("rollbar-init")


def judge_fingerprint(evidence: Evidence) -> list[Finding] | None:
    """Do fingerprints of the app's own leave equal errors together?

    Args:
        evidence: what one run left behind.
    """
    given = [str(each.data.get("fingerprint") or "") for each in evidence.occurrences]
    if not given:
        return None
    unique = [each for each in evidence.occurrences if UNIQUE.search(_fingerprint(each))]
    if not unique:
        return []
    return [
        Finding(
            "rollbar/fingerprint-of-its-own",
            expected="a fingerprint that equal errors have in common",
            got="one with a UUID or a time in it, which no second error will have",
            where=next(
                (line for each in unique if (line := find_reporter(evidence, each))),
                source.find_word(evidence.folder, "fingerprint"),
            ),
        )
    ]


def _fingerprint(occurrence: Occurrence) -> str:
    return str(occurrence.data.get("fingerprint") or "")


def judge_handled(evidence: Evidence, failures: list[Failure]) -> list[Finding]:
    """Is an error that the app catches, and goes on from, reported too?

    In the course's app that is what profiles answers with 500.
    """
    of_profiles = [each for each in failures if each.service == "profiles"]
    ended = {each.id for failure in failures for each in failure.reported}
    if not of_profiles or any(each.id not in ended for each in evidence.occurrences):
        return []
    return [
        Finding(
            "rollbar/handled-not-reported",
            expected="a report of what backend catches when profiles fails, too",
            got="the log alone says it",
            where=source.find_function(evidence.folder, "fetch_profiles"),
        )
    ]


def _reported(failures: list[Failure]) -> list[Occurrence]:
    return [occurrence for failure in failures for occurrence in failure.reported]
