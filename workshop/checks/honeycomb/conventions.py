"""Notes what loses nothing, and will surprise later: attribute names, and set-up done twice."""

from workshop.checks.evidence import Evidence
from workshop.checks.findings import Finding
from workshop.checks.honeycomb import settings
from workshop.checks.honeycomb.makers import Made, servers
from workshop.checks.words import listed

VARIABLE = "OTEL_SEMCONV_STABILITY_OPT_IN"


def judge_attribute_names(evidence: Evidence, made: list[Made]) -> list[Finding]:
    """Do the services use the same names for HTTP's attributes, and today's?

    Args:
        evidence: what one run left behind.
        made: its spans.

    Source: https://opentelemetry.io/docs/specs/semconv/non-normative/http-migration/
    """
    spans = {service: servers(made, service) for service in evidence.services}
    speaking = [service for service, each in spans.items() if each]
    old = [
        service
        for service in speaking
        if not any("http.request.method" in each.span.attributes for each in spans[service])
    ]
    if not old:
        return []
    where = settings.where_set(evidence, old[0], VARIABLE)
    where = where or settings.where_service(evidence, old[0])
    if len(old) < len(speaking):
        return [
            Finding(
                "honeycomb/mixed-conventions",
                expected="http.response.status_code from both services",
                got=f"http.status_code from {listed(old)}",
                where=where,
            )
        ]
    return [
        Finding(
            "honeycomb/old-conventions",
            expected="http.request.method, http.response.status_code, url.path",
            got="http.method, http.status_code, http.target",
            where=where,
        )
    ]


def judge_repetition(evidence: Evidence) -> list[Finding]:
    """Is an app object instrumented more than once?

    Args:
        evidence: what one run left behind.
    """
    for service in evidence.services:
        seen = set()
        for note in evidence.notes("instrument-flask", service):
            if note["app"] in seen:
                return [
                    Finding(
                        "honeycomb/instrumented-twice",
                        expected="instrument_app once for each Flask object",
                        got="a second call, which does nothing but warn",
                        where=note["where"],
                    )
                ]
            seen.add(note["app"])
    return []
