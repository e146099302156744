"""Explains why an error was not reported: from the set-up outwards."""

from collections.abc import Iterable, Iterator
from urllib.parse import urlsplit

from workshop.checks import presence
from workshop.checks.evidence import Evidence
from workshop.checks.findings import Finding
from workshop.checks.rollbar import source, unreported
from workshop.checks.rollbar.reports import Failure

ACCESS = "ROLLBAR_ACCESS_TOKEN"
ENDPOINT = "ROLLBAR_ENDPOINT"
INIT = "rollbar.contrib.flask.init"


def judge(evidence: Evidence, failures: Iterable[Failure]) -> list[Finding]:
    """Was each request that failed reported, and is every service set up to do so?

    Args:
        evidence: what one run left behind.
        failures: the requests that failed.
    """
    found = []
    for program in evidence.target.programs:
        service = program.name
        if evidence.services[service].failure:
            continue
        of_service = [each for each in failures if each.service == service]
        missing = [each for each in of_service if not each.reported]
        if missing or not of_service:
            finding = _explain(evidence, service, missing)
            found += [finding] if finding else []
    return found


def _explain(evidence: Evidence, service: str, missing: list[Failure]) -> Finding | None:
    """Return why a service's errors do not arrive, or None where nothing speaks for that."""
    finding = (
        _explain_set_up(evidence, service)
        or _explain_address(evidence, service)
        or _explain_refusal(evidence, service)
        or unreported.explain(evidence, service, missing)
        if evidence.is_probed(service)
        else None
    )
    if finding or not missing:
        return finding
    refused = _refused(evidence)
    return Finding(
        "rollbar/nothing-arrived",
        expected=f"an occurrence of {missing[0]}, which was answered with 500",
        got=f"none; {refused}" if refused else "none" + _name_handler(evidence, service),
        where=evidence.where("rollbar-init", service),
    )


def _refused(evidence: Evidence) -> str:
    refused = [each for each in evidence.refused if each.vendor == "rollbar"]
    return f"Rollbar answered {refused[-1].status}, {refused[-1].reason}" if refused else ""


def _name_handler(evidence: Evidence, service: str) -> str:
    """Return the sender that the app has chosen, as the end of a sentence, or nothing."""
    chosen = {str(note["handler"]) for note in evidence.notes("rollbar-init", service)}
    unusual = chosen - {"default", "thread"}
    return f"; it is sent with handler={unusual.pop()!r}" if unusual else ""


def _explain_set_up(evidence: Evidence, service: str) -> Finding | None:
    """Was the SDK initialised, once, with a token, and left switched on?"""
    inits = list(evidence.notes("rollbar-init", service))
    if not inits:
        return _explain_no_init(evidence, service)
    ignored = [note for note in inits if not note["first"] and note["where"] != inits[0]["where"]]
    if ignored:
        return Finding(
            "rollbar/second-init",
            expected="one call that sets Rollbar up in each process",
            got=f"two in {service}: {inits[0]['where']} comes first and counts; the token and the "
            "environment of the second are ignored",
            where=ignored[0]["where"],
        )
    if not inits[0]["has_token"]:
        name, where = next(_other_variables(evidence), ("", ""))
        read = f"; it is read from {name}, which is not set" if name else ""
        return _no_token(f"an empty one{read}", where or inits[0]["where"])
    if not inits[-1]["enabled"]:
        return Finding(
            "rollbar/switched-off",
            expected="Rollbar switched on in production",
            got="enabled=False, so that nothing is sent",
            where=inits[-1]["where"],
        )
    return None


def _no_token(got: str, where: str) -> Finding:
    return Finding("rollbar/no-token", expected=f"the token in {ACCESS}", got=got, where=where)


def _other_variables(evidence: Evidence) -> Iterator[tuple[str, str]]:
    """Yield variables that look like Rollbar's token, and are not the one that is set."""
    for name, where, _ in source.find_variables(evidence.folder):
        if "ROLLBAR" in name and "TOKEN" in name and name != ACCESS:
            yield name, where


def _explain_no_init(evidence: Evidence, service: str) -> Finding:
    where = evidence.where("app", service)
    if service == "profiles" and any(evidence.notes("rollbar-init", "backend")):
        return Finding(
            "rollbar/profiles-silent",
            expected="profiles' errors at Rollbar, too",
            got="profiles never sets Rollbar up",
            where=where,
        )
    written = next(iter(source.find_inits(evidence.folder)), None)
    if written is None:
        off = source.find_comment(evidence.folder, (f"{INIT}(", "rollbar.init("))
        return Finding(
            "rollbar/no-init",
            expected=f"{INIT}(app, token, environment, …) when {service} starts",
            got="rollbar is imported, and set up only behind a #"
            if off
            else "rollbar is imported, and never set up",
            where=off or where,
        )
    callers = source.find_callers(evidence.folder, written)
    conditions = [each for call in (*callers, written) for each in call.conditions]
    name, read = next(_other_variables(evidence), ("", ""))
    if name and conditions:
        return _no_token(f"none; it is read from {name}, which is not set", read)
    # To ask first whether there is a token is a good thing, and in a check there is one.
    conditions = [each for each in conditions if "token" not in each.text.lower()]
    if not conditions or (written.function and not callers):
        return _explain_uncalled(evidence, service, written, callers)
    return Finding(
        "rollbar/only-sometimes",
        expected="Rollbar set up in production, where nobody is watching",
        got=f"{written.where} is only reached past `{conditions[0].text}`",
        where=conditions[0].where,
    )


def _explain_uncalled(
    evidence: Evidence, service: str, written: source.Call, callers: list[source.Call]
) -> Finding:
    """The set-up is in the learner's files, and the service ran without it."""
    words = (f"{written.stem}.{written.function}(", f"{written.function}(")
    off = presence.commented_out(evidence.folder, words) if written.function else ""
    file = written.where.rpartition(":")[0]
    called = f"{written.function}(), in {file}, is called "
    if not written.function:
        got = f"{written.where} stands in a module that {service} never imports"
    elif callers:
        got = f"{called}in {callers[0].where}, and nowhere in {service}"
    else:
        got = called + ("only behind a #" if off else "by nobody")
    return Finding(
        "rollbar/never-called",
        expected=f"your set-up code runs when {service} starts",
        got=got,
        where=off or evidence.where("app", service),
    )


def _explain_address(evidence: Evidence, service: str) -> Finding | None:
    """Does the SDK send to the check's sandbox, which also stands in for Rollbar itself?"""
    last = list(evidence.notes("rollbar-init", service))[-1]
    sandbox = urlsplit(evidence.sandbox_url).netloc
    if last["host"] != sandbox and not str(last["host"]).endswith("rollbar.com"):
        return Finding(
            "rollbar/arrived-elsewhere",
            expected=f"errors at the address in {ENDPOINT}",
            got=f"they are sent to {last['host'] or 'no host at all'}",
            where=last["where"],
        )
    if str(last["path"]) != "/api/1/":
        return Finding(
            "rollbar/endpoint-path",
            expected="an address that ends in /api/1/, with the slash",
            got=f"{last['path'] or 'none of it'}, to which the SDK joins item/: "
            f"{_join(str(last['path']))}, where nobody takes errors",
            where=last["where"],
        )
    return None


def _join(path: str) -> str:
    """Return where the SDK posts to: what follows the last slash is replaced."""
    return f"{path.rpartition('/')[0]}/item/"


def _explain_refusal(evidence: Evidence, service: str) -> Finding | None:
    refused = [each for each in evidence.refused if each.vendor == "rollbar"]
    if not refused:
        return None
    literal = judge_token(evidence)
    if literal:
        return literal[0]
    if refused[-1].status in (401, 403):
        return Finding(
            "rollbar/token-refused",
            expected=f"the token in {ACCESS}, as it is",
            got=f"Rollbar answered {refused[-1].status}, {refused[-1].reason}",
            where=evidence.where("rollbar-init", service),
        )
    return None


def in_code(where: str) -> Finding:
    """Return the finding for a token that stands in a file.

    Args:
        where: `file:line`.
    """
    return Finding(
        "rollbar/token-in-code",
        expected=f"the token in the environment, in {ACCESS}",
        got="a token written in the file, for everybody who can read it",
        where=where,
    )


def judge_token(evidence: Evidence) -> list[Finding]:
    """Does the token come from outside of the code?

    Args:
        evidence: what one run left behind.
    """
    written = source.find_inits(evidence.folder)
    given = [(each, each.arguments.get("access_token")) for each in written]
    places = [
        f"{each.where.rpartition(':')[0]}:{token.lineno}"
        for each, token in given
        if token and source.is_text(token)
    ]
    return [in_code(places[0])] if places else []
