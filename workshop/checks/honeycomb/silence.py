"""Explains why no span of a service arrived: from the provider outwards, then what goes in."""

from workshop.checks import presence
from workshop.checks.evidence import Evidence
from workshop.checks.findings import Finding
from workshop.checks.honeycomb import address, exporters, key, sampling, settings, structure
from workshop.checks.honeycomb.makers import Made
from workshop.checks.notes import Note
from workshop.checks.words import count

SET_UP = "TracerProvider"


def explain(evidence: Evidence, made: list[Made]) -> list[Finding]:
    """Return a finding for each service from which nothing came.

    Args:
        evidence: what one run left behind.
        made: the spans that did arrive.
    """
    heard = {each.service for each in made}
    found: list[Finding] = []
    for program in evidence.target.programs:
        service = program.name
        if service not in heard and _was_asked(evidence, service):
            found.append(_explain(evidence, made, service))
        elif service in heard and _is_unset(evidence, service):
            found.append(_explain_unset(evidence, service))
    return found


def _was_asked(evidence: Evidence, service: str) -> bool:
    """Tell whether a service had anything to trace, as far as the probe could look into it."""
    if evidence.services[service].failure:
        return False
    return not evidence.is_probed(service) or any(evidence.notes("serving", service))


def _explain(evidence: Evidence, made: list[Made], service: str) -> Finding:
    """Return the one finding that explains a service's silence."""
    return (
        _explain_unseen(evidence, service)
        or _explain_missing_provider(evidence, service)
        or _explain_broken_chain(evidence, service)
        or _explain_delivery(evidence, service)
        or sampling.explain(evidence, service)
        or _explain_input(evidence, made, service)
    )


def _explain_unseen(evidence: Evidence, service: str) -> Finding | None:
    """Say only what was heard of a service that the probe could not look into."""
    if evidence.is_probed(service):
        return None
    refused = evidence.refused_traces[-1] if evidence.refused_traces else None
    answer = f"{refused.status}, {refused.reason}" if refused else ""
    return key.explain(answer, evidence.services[service].output, "") or Finding(
        "honeycomb/nothing-arrived",
        expected="spans at the address in OTEL_EXPORTER_OTLP_ENDPOINT",
        got=f"none, after {count(len(evidence.asked), 'request')}; the check could not look into "
        "the app while it ran",
    )


def _explain_missing_provider(evidence: Evidence, service: str) -> Finding | None:
    """Did the process make a provider, and hand it over?"""
    if any(evidence.notes("provider", service)):
        return _explain_unset(evidence, service) if _is_unset(evidence, service) else None
    where = evidence.where("app", service)
    if service == "profiles" and any(evidence.notes("provider", "backend")):
        return Finding(
            "honeycomb/profiles-silent",
            expected="spans from profiles, inside backend's calls to it",
            got="spans from backend only; profiles never sets OpenTelemetry up",
            where=where,
        )
    written = presence.find_call(evidence.folder, SET_UP)
    if written:
        return _explain_uncalled(evidence, service, written)
    return Finding(
        "honeycomb/no-provider",
        expected=f"a {SET_UP}, made and set when {service} starts",
        got="none, so every span is an empty one that records nothing",
        where=evidence.where("instrument-flask", service) or where,
    )


def _explain_uncalled(evidence: Evidence, service: str, written: presence.Written) -> Finding:
    """The set-up is in the learner's files, and the service ran without it."""
    off = presence.commented_out(evidence.folder, (written.function.removesuffix(")"),))
    if not written.function:
        got = f"{SET_UP} stands in {written.where}, in a module that {service} never imports"
    else:
        file = written.where.rpartition(":")[0]
        got = f"{written.function}, in {file}, is called " + (
            "only behind a #" if off else "by nobody"
        )
    return Finding(
        "honeycomb/never-called",
        expected=f"your set-up code runs when {service} starts",
        got=got,
        where=off if written.function and off else evidence.where("app", service),
    )


def _is_unset(evidence: Evidence, service: str) -> bool:
    made = any(evidence.notes("provider", service))
    return made and not any(evidence.notes("set-provider", service))


def _explain_unset(evidence: Evidence, service: str) -> Finding:
    return Finding(
        "honeycomb/provider-not-set",
        expected="trace.set_tracer_provider(provider)",
        got="a provider that your own code and most libraries never find",
        where=evidence.where("provider", service),
    )


def _explain_broken_chain(evidence: Evidence, service: str) -> Finding | None:
    """Look for a link that is missing inside the process: a processor, an exporter."""
    given = list(evidence.notes("set-provider", service))
    used = {note["provider"] for note in given if note["accepted"]}
    processors = list(evidence.notes("processor", service))
    in_use = [note for note in processors if note["provider"] in used]
    if processors and not in_use:
        return Finding(
            "honeycomb/second-provider",
            expected="one tracer provider in a process, with a span processor",
            got="two: the first is used and has none, the second has one and is ignored",
            where=processors[0]["where"],
        )
    if not in_use:
        return Finding(
            "honeycomb/no-processor",
            expected="provider.add_span_processor(…)",
            got="a provider without a span processor",
            where=evidence.where("provider", service),
        )
    if not any(evidence.notes("exporter", service)):
        kinds = sorted({str(note["exporter"]) for note in in_use})
        return Finding(
            "honeycomb/no-exporter",
            expected="a span processor with an OTLPSpanExporter, the one for OTLP over HTTP",
            got=f"one with {', '.join(kinds)}",
            where=in_use[0]["where"],
        )
    return None


def _explain_delivery(evidence: Evidence, service: str) -> Finding | None:
    """Look at where the exporter sends, and at what was answered there."""
    exporter = exporters.find(evidence, service)[-1]
    where = _where_given(evidence, service, exporter, "endpoint", "ENDPOINT")
    wrong_address = address.explain(exporter["endpoint"], where, evidence.sandbox_url)
    if wrong_address:
        return wrong_address
    refused = evidence.refused_traces[-1] if evidence.refused_traces else None
    answer = f"{refused.status}, {refused.reason}" if refused else ""
    where = _where_given(evidence, service, exporter, "headers", "HEADERS")
    return key.explain(answer, evidence.services[service].output, where)


def _where_given(
    evidence: Evidence, service: str, exporter: Note, argument: str, variable: str
) -> str:
    """Return where an exporter's setting was decided: in code, or in docker-compose.yml."""
    if not exporter[f"{argument}_in_code"]:
        for_traces = settings.where_set(evidence, service, f"OTEL_EXPORTER_OTLP_TRACES_{variable}")
        if for_traces:
            return for_traces
    return str(exporter["where"])


def _explain_input(evidence: Evidence, made: list[Made], service: str) -> Finding:
    """All of the way out is there: was anything put in?"""
    finding = structure.explain_no_server_span(evidence, made, service)
    instrumented = any(evidence.notes("instrument-flask", service))
    if finding.id == "honeycomb/other-app-instrumented" or not instrumented:
        return finding
    return Finding(
        "honeycomb/nothing-arrived",
        expected="spans at the address in OTEL_EXPORTER_OTLP_ENDPOINT",
        got=f"none, after {count(len(evidence.asked), 'request')}",
        where=evidence.where("processor", service),
    )
