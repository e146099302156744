"""Explains why no segment of a service arrived: from the middleware outwards."""

from workshop.checks import presence
from workshop.checks.evidence import Evidence
from workshop.checks.findings import Finding
from workshop.checks.words import count
from workshop.checks.xray import names
from workshop.checks.xray.makers import Made, heard

SET_UP = "XRayMiddleware"
ADDRESS = "AWS_XRAY_DAEMON_ADDRESS"


def explain(evidence: Evidence, made: list[Made]) -> list[Finding]:
    """Return a finding for each service from which nothing came.

    Args:
        evidence: what one run left behind.
        made: the segments that did arrive.
    """
    silent = [
        program.name
        for program in evidence.target.programs
        if program.name not in heard(made) and not evidence.services[program.name].failure
    ]
    return [_explain(evidence, service) for service in silent]


def _explain(evidence: Evidence, service: str) -> Finding:
    """Return the one finding that explains a service's silence."""
    if not evidence.is_probed(service):
        return Finding(
            "xray/nothing-arrived",
            expected=f"segments at the address in {ADDRESS}",
            got=f"none, after {count(len(evidence.asked), 'request')}; the check could not look "
            "into the app while it ran",
        )
    return (
        _explain_missing_middleware(evidence, service)
        or _explain_switch(evidence, service)
        or _explain_other_app(evidence, service)
        or names.explain_missing(evidence, service)
        or _explain_address(evidence, service)
        or _explain_refusal(evidence, service)
        or Finding(
            "xray/nothing-arrived",
            expected=f"segments at the address in {ADDRESS}",
            got=f"none from {service}, after {count(len(evidence.asked), 'request')}",
            where=evidence.where("xray-middleware", service),
        )
    )


def _explain_missing_middleware(evidence: Evidence, service: str) -> Finding | None:
    if any(evidence.notes("xray-middleware", service)):
        return None
    where = evidence.where("xray-configure", service) or evidence.where("app", service)
    if service == "profiles" and any(evidence.notes("xray-middleware", "backend")):
        return Finding(
            "xray/profiles-silent",
            expected="segments from profiles, below backend's calls to it",
            got="segments from backend only; profiles never sets the X-Ray SDK up",
            where=where,
        )
    written = presence.find_call(evidence.folder, SET_UP)
    if written:
        return _explain_uncalled(evidence, service, written)
    off = presence.commented_out(evidence.folder, (f"{SET_UP}(",))
    return Finding(
        "xray/middleware-missing",
        expected=f"{SET_UP}(app, xray_recorder), when {service} starts",
        got=f"{SET_UP} only behind a #" if off else "none, so no request opens a segment",
        where=off or where,
    )


def _explain_uncalled(evidence: Evidence, service: str, written: presence.Written) -> Finding:
    """The set-up is in the learner's files, and the service ran without it."""
    off = presence.commented_out(evidence.folder, (written.function.removesuffix(")"),))
    if not written.function:
        got = f"{SET_UP} stands in {written.where}, in a module that {service} never imports"
    else:
        file = written.where.rpartition(":")[0]
        got = f"{written.function}, in {file}, is not called" + (
            ": the call stands behind a #" if off else f" when {service} starts"
        )
    return Finding(
        "xray/never-called",
        expected=f"your set-up code runs when {service} starts",
        got=got,
        where=off if written.function and off else evidence.where("app", service),
    )


def _explain_switch(evidence: Evidence, service: str) -> Finding | None:
    """Is the whole SDK switched off? It then records nothing, and complains of nothing."""
    switched = list(evidence.notes("xray-switch", service))
    if not switched or switched[-1]["enabled"]:
        return None
    off = [note for note in switched if not note["enabled"]]
    return Finding(
        "xray/sdk-disabled",
        expected="the X-Ray SDK switched on",
        got="it was switched off when the service started, so no segment is recorded",
        where=_where_set(evidence, "AWS_XRAY_SDK_ENABLED") or off[0]["where"],
    )


def _explain_other_app(evidence: Evidence, service: str) -> Finding | None:
    given = list(evidence.notes("xray-middleware", service))
    serving = {note["app"] for note in evidence.notes("serving", service)}
    if not serving or serving & {note["app"] for note in given}:
        return None
    return Finding(
        "xray/other-app",
        expected=f"{SET_UP} around the Flask object that answers",
        got="it was given one that answered no request",
        where=given[0]["where"],
    )


def _explain_address(evidence: Evidence, service: str) -> Finding | None:
    """Does the SDK send to the check's daemon? A variable says so, unless code overrules it."""
    emitters = list(evidence.notes("xray-emitter", service))
    if not emitters or emitters[-1]["address"] == emitters[-1]["given"]:
        return None
    return Finding(
        "xray/arrived-elsewhere",
        expected=f"segments at the address in {ADDRESS}",
        got=f"they are sent to {emitters[-1]['address']}",
        where=_where_set(evidence, ADDRESS) or emitters[-1]["where"],
    )


def _explain_refusal(evidence: Evidence, service: str) -> Finding | None:
    refused = [each for each in evidence.refused if each.vendor == "xray"]
    if not refused:
        return None
    return Finding(
        "xray/segments-refused",
        expected="segments that X-Ray takes",
        got=f"it refuses them: {refused[-1].reason}",
        where=evidence.where("xray-configure", service),
    )


def _where_set(evidence: Evidence, variable: str) -> str:
    """Return the first line of the app's code that names a variable, as `file:line`, or nothing."""
    quoted = (f'"{variable}"', f"'{variable}'")
    for file in presence.python_files(evidence.folder):
        lines = file.read_text("utf-8", errors="replace").splitlines()
        for number, line in enumerate(lines, start=1):
            if any(word in line.partition("#")[0] for word in quoted):
                return f"{file.relative_to(evidence.folder)}:{number}"
    return ""
