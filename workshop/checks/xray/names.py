"""Judges the names of segments, which are the names of the services on X-Ray's map."""

from urllib.parse import urlsplit

from workshop.checks import output
from workshop.checks.evidence import Evidence
from workshop.checks.findings import Finding
from workshop.checks.words import listed
from workshop.checks.xray.makers import Made
from workshop.sandbox.xray.trace import as_object

# What text formatting makes of a variable that is not set.
UNSET = ("None", "")
NO_NAME = "SegmentNameMissingException"


def judge(evidence: Evidence, made: list[Made]) -> list[Finding] | None:
    """Has each service a name, one of its own, and always the same?

    Args:
        evidence: what one run left behind.
        made: its segments.

    Returns:
        What speaks against it; None where nothing arrived.
    """
    if not made:
        return None
    after_host = [each for each in made if _is_named_after_host(each)]
    if after_host:
        return [_explain_host(evidence, after_host)]
    nameless = sorted({each.service for each in made if each.segment.name in UNSET})
    if nameless:
        return [
            Finding(
                "xray/no-name",
                expected="a name for each service, such as backend",
                got=f"{listed(nameless)} under the name {made[0].segment.name}, which is what "
                "Python makes of a variable that is not set",
                where=evidence.where("xray-configure", nameless[0]),
            )
        ]
    return _judge_difference(evidence, made)


def explain_missing(evidence: Evidence, service: str) -> Finding | None:
    """Return why a service fails each request for want of a name, or nothing.

    Args:
        evidence: what one run left behind.
        service: one that sent no segment.
    """
    tracebacks = output.read_tracebacks(evidence.services[service].output)
    if not any(NO_NAME in each.error for each in tracebacks):
        return None
    return Finding(
        "xray/no-name",
        expected=f"xray_recorder.configure(service=…), with a name for {service}",
        got=f"no name, so {service} answers each request with 500, {NO_NAME}",
        where=evidence.where("xray-configure", service)
        or evidence.where("xray-middleware", service),
    )


def _is_named_after_host(each: Made) -> bool:
    request = as_object(each.segment.http.get("request"))
    address = urlsplit(str(request.get("url", "")))
    return each.segment.name in (address.netloc, address.hostname)


def _explain_host(evidence: Evidence, named: list[Made]) -> Finding:
    service = named[0].service or "backend"
    host = named[0].segment.name.partition(":")[0]
    notes = [note for note in evidence.notes("xray-configure", service) if note["dynamic"]]
    return Finding(
        "xray/named-after-host",
        expected=f"segments under the name of the service: {service}",
        got=f"segments under the name of the Host header: {host} with its port",
        where=notes[-1]["where"] if notes else evidence.where("xray-configure", service),
    )


def _judge_difference(evidence: Evidence, made: list[Made]) -> list[Finding]:
    names: dict[str, set[str]] = {}
    for each in made:
        if each.service:
            names.setdefault(each.service, set()).add(each.segment.name)
    every = [name for each in names.values() for name in sorted(each)]
    shared = next((name for name in every if every.count(name) > 1), None)
    if shared is None:
        return []
    return [
        Finding(
            "xray/same-name",
            expected=f"a name for each service: {listed(sorted(names))}",
            got=f"{listed(sorted(names))} both call themselves {shared}",
            where=_where_named(evidence, "profiles", shared),
        )
    ]


def _where_named(evidence: Evidence, service: str, name: str) -> str:
    """Return the line that gives a service its name: one that holds the name itself, if any."""
    note = next(evidence.notes("xray-configure", service), None)
    for place in note["lines"] if note else []:
        file, _, line = place.rpartition(":")
        text = (evidence.folder / file).read_text("utf-8", errors="replace").splitlines()
        if name in text[int(line) - 1]:
            return str(place)
    return str(note["where"]) if note else ""
