"""Judges the shape of what arrived: a trace for each request, service names, shared traces."""

from workshop.checks.evidence import Evidence
from workshop.checks.findings import Finding
from workshop.checks.honeycomb import sampling, settings
from workshop.checks.honeycomb.makers import Made, calls, servers
from workshop.checks.words import count, listed, tally

# Leaving these out of the traces is a choice that many make on purpose, and a good one.
MAY_BE_LEFT_OUT = ("/api/health-check",)
UNNAMED = "unknown_service"


def judge_requests(evidence: Evidence, made: list[Made]) -> list[Finding] | None:
    """Is there a server span for each request that the app answered?

    Args:
        evidence: what one run left behind.
        made: its spans.

    Returns:
        What speaks against it; None where backend sent nothing at all.
    """
    heard = {each.service for each in made}
    for service in evidence.services:
        if service in heard and not servers(made, service):
            return [explain_no_server_span(evidence, made, service)]
    if "backend" not in heard:
        return None
    waiting = [each.request for each in servers(made, "backend")]
    missing = []
    for asked in evidence.asked:
        path = asked.path.partition("?")[0]
        if path in waiting:
            waiting.remove(path)
        elif asked.status and path not in MAY_BE_LEFT_OUT:
            missing.append(f"{asked.method} {path}")
    if not missing:
        return []
    sampled = sampling.explain(evidence, "backend")
    if sampled:
        return [sampled]
    return [
        Finding(
            "honeycomb/not-every-request",
            expected="one trace for each request",
            got=f"none for {tally(missing)}",
            where=evidence.where("instrument-flask", "backend"),
        )
    ]


def explain_no_server_span(evidence: Evidence, made: list[Made], service: str) -> Finding:
    """Return why the requests to a service make no span, though other spans may arrive.

    Args:
        evidence: what one run left behind.
        made: its spans.
        service: which of the services.
    """
    example = "GET /api/activities/home" if service == "backend" else "GET /profiles/<handle>"
    expected = f"a span for each request to {service}, such as {example}"
    others = tally(each.span.name for each in made if each.service == service)
    got = f"from {service} only {others}" if others else f"no span from {service} at all"
    instrumented = list(evidence.notes("instrument-flask", service))
    serving = {note["app"] for note in evidence.notes("serving", service)}
    if instrumented and serving and not serving & {note["app"] for note in instrumented}:
        return Finding(
            "honeycomb/other-app-instrumented",
            expected=expected,
            got=f"{got}; the Flask object that was instrumented answered no request",
            where=instrumented[0]["where"],
        )
    where = next(
        (
            note["where"]
            for kind in ("instrument-requests", "set-provider", "app")
            for note in evidence.notes(kind, service)
        ),
        "",
    )
    return Finding("honeycomb/flask-not-instrumented", expected=expected, got=got, where=where)


def judge_names(evidence: Evidence, made: list[Made]) -> list[Finding] | None:
    """Has each service a name, and one of its own?

    Args:
        evidence: what one run left behind.
        made: its spans.

    Returns:
        What speaks against it; None where nothing arrived.
    """
    if not made:
        return None
    names = {
        service: {each.span.service for each in made if each.service == service}
        for service in evidence.services
    }
    nameless = [s for s, n in names.items() if any(name.startswith(UNNAMED) for name in n)]
    if nameless:
        return [_explain_no_name(evidence, nameless)]
    every = [name for each in names.values() for name in each]
    if len(every) == len(set(every)):
        return []
    shared = next(name for name in every if every.count(name) > 1)
    where = settings.where_set(evidence, "profiles", "OTEL_SERVICE_NAME")
    return [
        Finding(
            "honeycomb/same-service-name",
            expected=f"a name for each service: {listed(sorted(names))}",
            got=f"{listed(sorted(names))} both call themselves {shared}",
            where=where or _where_named(evidence, "profiles", shared),
        )
    ]


def _where_named(evidence: Evidence, service: str, name: str) -> str:
    """Return the line that gives a service its name: one that holds the name itself, if any."""
    note = next(evidence.notes("resource", service), None)
    for place in note["lines"] if note else []:
        file, _, line = place.rpartition(":")
        text = (evidence.folder / file).read_text("utf-8", errors="replace").splitlines()
        if name in text[int(line) - 1]:
            return str(place)
    return str(note["where"]) if note else evidence.where("provider", service)


def _explain_no_name(evidence: Evidence, nameless: list[str]) -> Finding:
    service = sorted(nameless)[0]
    providers = list(evidence.notes("provider", service))
    named = [note for note in providers if not str(note["name"]).startswith(UNNAMED)]
    if named:
        return Finding(
            "honeycomb/second-provider",
            expected="one tracer provider in a process, with the service's name",
            got="two: the first is used and has no name, the second has it and is ignored",
            where=named[0]["where"],
        )
    return Finding(
        "honeycomb/no-service-name",
        expected=f"service.name set, to {' and to '.join(sorted(nameless))}",
        got=f"spans from {listed(sorted(nameless))} under the name {UNNAMED}",
        where=evidence.where("resource", service) or evidence.where("provider", service),
    )


def judge_context(evidence: Evidence, made: list[Made]) -> list[Finding] | None:
    """Do the calls between the services keep to one trace?

    Args:
        evidence: what one run left behind.
        made: its spans.

    Returns:
        What speaks against it; None where one side sent too little to tell.
    """
    heard = {each.service for each in made}
    was_called = any(evidence.notes("serving", "profiles"))
    if not evidence.target.ours or "backend" not in heard or not was_called:
        return None
    answered = servers(made, "profiles")
    if not calls(made, "backend"):
        alone = "; profiles starts a trace of its own for each call" if answered else ""
        return [
            Finding(
                "honeycomb/requests-not-instrumented",
                expected="a span around each call from backend to profiles",
                got=f"no such span{alone}",
                where=evidence.where("instrument-flask", "backend"),
            )
        ]
    if not answered:
        return None
    apart = [each for each in answered if not each.joined]
    if not apart:
        return []
    where = settings.where_set(evidence, "backend", "OTEL_PROPAGATORS")
    return [
        Finding(
            "honeycomb/context-lost",
            expected="profiles' spans inside backend's spans for the calls, in one trace",
            got=f"{count(len(apart), 'span')} of profiles, each at the start of a trace of its own",
            where=where or evidence.where("propagator") or evidence.where("instrument-requests"),
        )
    ]
