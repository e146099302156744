"""Explains why no span of a service arrived at X-Ray: from the exporter outwards."""

import re
from urllib.parse import urlsplit

from workshop.checks import presence
from workshop.checks.evidence import Evidence
from workshop.checks.findings import Finding
from workshop.checks.notes import Note
from workshop.checks.opentelemetry_only import keys, pipeline
from workshop.checks.opentelemetry_only.arrivals import Arrivals
from workshop.checks.words import count
from workshop.sandbox import refusals
from workshop.sandbox.refusals import Refusal

PATH = "/v1/traces"
SIGNED = "AWS4-HMAC-SHA256"
SERVICE = "xray"
# What the exporter logs where no answer came: the exception.
FAILED = re.compile(r"Failed to export spans batch code: None, reason: (?P<reason>.+)")


def is_begun(evidence: Evidence, arrived: Arrivals) -> bool:
    """Tell whether the app has anything of this step, however broken.

    Args:
        evidence: what one run left behind.
        arrived: what arrived.
    """
    return bool(
        arrived.spans
        or any(_exporters(evidence, ""))
        or any(_is_signed(note) for note in evidence.notes("spans-sent"))
        or _refused(evidence)
        or presence.find_call(evidence.folder, "SigV4Auth")
    )


def explain(evidence: Evidence, arrived: Arrivals) -> list[Finding] | None:
    """Return a finding for each service whose spans came to Honeycomb alone; the same mistake once.

    Args:
        evidence: what one run left behind.
        arrived: what arrived.

    Returns:
        What speaks against it; None where neither has anything, which is the pipeline's fault.
    """
    at_honeycomb = pipeline.read_services(evidence)
    if not at_honeycomb and not arrived.spans:
        return None
    found: dict[str, Finding] = {}
    for program in evidence.target.programs:
        sent = at_honeycomb.get(program.name)
        if sent and not sent & arrived.spans:
            finding = _explain(evidence, arrived, program.name)
            found.setdefault(finding.id, finding)
    return list(found.values())


def _explain(evidence: Evidence, arrived: Arrivals, service: str) -> Finding:
    refused = _refused(evidence)
    return (
        _explain_missing_exporter(evidence, arrived, service)
        or _explain_address(evidence, service)
        or (_explain_refusal(evidence, service, refused[-1]) if refused else None)
        or _explain_no_signature(evidence, service)
        or _explain_failure(evidence, service)
        or _explain_no_processor(evidence, service)
        or Finding(
            "opentelemetry-only/nothing-arrived",
            expected="spans at X-Ray's own OTLP endpoint",
            got=f"none from {service}, after {count(len(evidence.asked), 'request')}",
            where=_where(evidence, service),
        )
    )


def _explain_missing_exporter(
    evidence: Evidence, arrived: Arrivals, service: str
) -> Finding | None:
    """Is there an exporter for X-Ray at all?"""
    if not evidence.is_probed(service) or len(list(evidence.notes("exporter", service))) > 1:
        return None
    if any(_is_signed(note) for note in evidence.notes("spans-sent", service)):
        return None
    if arrived.services - {service}:
        other = sorted(arrived.services - {service})[0]
        return Finding(
            "opentelemetry-only/one-service-silent",
            expected=f"spans of {service} at X-Ray, as of {other}",
            got=f"none: {service} has no exporter for X-Ray",
            where=evidence.where("exporter", service) or evidence.where("app", service),
        )
    return Finding(
        "opentelemetry-only/no-exporter",
        expected="an exporter for X-Ray beside the one for Honeycomb",
        got="one exporter only",
        where=evidence.where("exporter", service) or evidence.where("app", service),
    )


def _explain_address(evidence: Evidence, service: str) -> Finding | None:
    """Does the exporter send to where X-Ray's endpoint is?"""
    for note in _exporters(evidence, service):
        url = str(note["endpoint"])
        if not url.startswith(evidence.sandbox_url):
            return Finding(
                "opentelemetry-only/arrived-elsewhere",
                expected="spans at the address that boto3 finds for X-Ray, and /v1/traces",
                got=f"they are sent to {urlsplit(url).netloc or url}",
                where=note["where"],
            )
        if urlsplit(url).path != PATH:
            return Finding(
                "opentelemetry-only/endpoint-path",
                expected=f"an address that ends with {PATH}",
                got=f"one whose path is {urlsplit(url).path or '/'}, where X-Ray has nothing",
                where=note["where"],
            )
    return None


def _explain_refusal(evidence: Evidence, service: str, refused: Refusal) -> Finding:
    said = refused.reason.partition(": ")[2] or refused.reason
    where = _where_signed(evidence) or _where(evidence, service)
    if "scoped to correct service" in said:
        return Finding(
            "opentelemetry-only/wrong-service",
            expected=f"a signature for the service {SERVICE}",
            got=f"one for {_signed_for(evidence, service)}",
            where=where,
        )
    if refused.kind == refusals.SIGNATURE:
        return Finding(
            "opentelemetry-only/signature-refused",
            expected="a signature of what is sent, made when it is sent",
            got=f"{refused.status}: {said.partition('.')[0]}",
            where=where,
        )
    if refused.kind == refusals.UNKNOWN_KEY:
        return Finding(
            "opentelemetry-only/key-refused",
            expected="the keys of AWS that boto3 finds",
            got=f"{refused.status}: {said}",
            where=where,
        )
    return Finding(
        "opentelemetry-only/refused",
        expected="spans that X-Ray takes",
        got=f"{refused.status}: {said}",
        where=where,
    )


def _explain_no_signature(evidence: Evidence, service: str) -> Finding | None:
    """Was it sent without a signature, and so taken for Honeycomb's?"""
    sent = list(evidence.notes("spans-sent", service))
    if any(note["scheme"] for note in sent):
        return None
    if evidence.repeated:
        came = "here it came to Honeycomb a second time"
    elif any(keys.FOREIGN not in note["headers"] for note in sent):
        came = "here Honeycomb was asked to take it, without a key"
    else:
        return None
    return Finding(
        "opentelemetry-only/not-signed",
        expected="a signature on what goes to X-Ray",
        got=f"none: {came}, and AWS would answer 403",
        where=_where_signed(evidence) or _where(evidence, service),
    )


def _explain_failure(evidence: Evidence, service: str) -> Finding | None:
    """Did the exporter fail before it had sent anything, in the session that it was given?"""
    failed = FAILED.search(evidence.services[service].output)
    if not failed or any(_is_signed(note) for note in evidence.notes("spans-sent", service)):
        return None
    return Finding(
        "opentelemetry-only/export-fails",
        expected="a session that signs each request and sends it on",
        got=failed["reason"],
        where=_where_signed(evidence) or _where(evidence, service),
    )


def _explain_no_processor(evidence: Evidence, service: str) -> Finding | None:
    """Is the exporter made, and given nothing to send?"""
    made = list(_exporters(evidence, service))
    if not made or any(_is_signed(note) for note in evidence.notes("spans-sent", service)):
        return None
    return Finding(
        "opentelemetry-only/exporter-unused",
        expected="a span processor that hands spans to the exporter for X-Ray",
        got="an exporter that is made, and sends nothing",
        where=made[0]["where"],
    )


def _exporters(evidence: Evidence, service: str) -> list[Note]:
    return [note for note in evidence.notes("exporter", service) if note["for_aws"]]


def _refused(evidence: Evidence) -> list[Refusal]:
    """Return what X-Ray has refused of spans; a path that it does not have counts, too."""
    return [
        each
        for each in evidence.refused
        if each.vendor == "xray" and (each.path == PATH or each.kind == refusals.UNKNOWN_PATH)
    ]


def _is_signed(note: Note) -> bool:
    return note["scheme"] == SIGNED or str(note["scheme"]).lower() == "bearer"


def _signed_for(evidence: Evidence, service: str) -> str:
    notes = evidence.notes("spans-sent", service)
    return next((str(note["service"]) for note in notes if note["service"]), "another")


def _where_signed(evidence: Evidence) -> str:
    written = presence.find_call(evidence.folder, "SigV4Auth")
    return written.where if written else ""


def _where(evidence: Evidence, service: str) -> str:
    made = _exporters(evidence, service) or list(evidence.notes("exporter", service))
    return str(made[-1]["where"]) if made else evidence.where("app", service)
