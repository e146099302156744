"""Names the mistakes of this step that keep an app from starting, or from answering at all."""

from workshop.checks import output
from workshop.checks.evidence import Evidence, Ran
from workshop.checks.findings import Finding
from workshop.checks.output import Traceback
from workshop.checks.xray import names

NOT_STARTED = {"app/does-not-start": "backend", "app/profiles-does-not-start": "profiles"}
# The SDK's own functions that take sampling rules out of a file or an object.
READS_RULES = ("_load_sampling_rules", "load_local_rules")


def name_cause(evidence: Evidence, finding: Finding) -> Finding:
    """Return what is wrong with the app as such, or the mistake of this step that brings it about.

    Args:
        evidence: what one run left behind.
        finding: what is said of the app itself.
    """
    if finding.id == "app/no-traffic-succeeds":
        return names.explain_missing(evidence, "backend") or finding
    service = NOT_STARTED.get(finding.id)
    if service is None or service not in evidence.services:
        return finding
    traceback = _last_traceback(evidence.services[service])
    if traceback is None:
        return finding
    return (
        _explain_order(evidence, traceback, finding)
        or _explain_rules(evidence, traceback, finding)
        or finding
    )


def _last_traceback(ran: Ran) -> Traceback | None:
    tracebacks = [each for each in output.read_tracebacks(ran.output) if each.frames]
    return tracebacks[-1] if tracebacks else None


def _explain_order(evidence: Evidence, traceback: Traceback, finding: Finding) -> Finding | None:
    """Is the middleware given an app that is only made further down?"""
    is_unknown = traceback.error.startswith(("NameError", "UnboundLocalError"))
    if not is_unknown or "XRayMiddleware(" not in traceback.frames[-1].code:
        return None
    return Finding(
        "xray/middleware-before-app",
        expected="app = Flask(…) first, XRayMiddleware(app, xray_recorder) below it",
        got=output.last_error(traceback.error, evidence.folder),
        where=finding.where,
    )


def _explain_rules(evidence: Evidence, traceback: Traceback, finding: Finding) -> Finding | None:
    """Does the SDK fail on sampling rules that it is given?"""
    if not any(frame.name in READS_RULES for frame in traceback.frames):
        return None
    error = output.last_error(traceback.error, evidence.folder).rpartition("exceptions.")[2]
    if "NoneType" in error:
        # What the SDK compares before it has looked whether it is there.
        error = f"a rule without fixed_target or without rate ({error})"
    return Finding(
        "xray/sampling-invalid",
        expected="rules that the SDK can read: version 2, a default, fixed_target and rate",
        got=error,
        where=finding.where,
    )
