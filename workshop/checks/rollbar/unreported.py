"""Explains why an exception never came to Rollbar's library, though that is set up."""

import ast

from workshop.checks import presence
from workshop.checks.evidence import Evidence
from workshop.checks.findings import Finding
from workshop.checks.rollbar.reports import Failure

# Handlers of these classes take every exception of the app's own code.
TAKES_ALL = ("Exception", "BaseException")


def explain(evidence: Evidence, service: str, missing: list[Failure]) -> Finding | None:
    """Return what keeps a service's exceptions from being reported, or None.

    Args:
        evidence: what one run left behind.
        service: one that has set Rollbar up, and is probed.
        missing: its requests that failed and were not reported.
    """
    reported = {
        (note["method"], note["path"]) for note in evidence.notes("rollbar-report", service)
    }
    if any((each.method, each.path) in reported for each in missing):
        return None
    unhandled = {
        (note["method"], note["path"]): note["heard_by"]
        for note in evidence.notes("unhandled", service)
    }
    swallowed = [each for each in missing if (each.method, each.path) not in unhandled]
    if swallowed:
        return _explain_swallowed(evidence, service, swallowed[0])
    if missing and all(unhandled[(each.method, each.path)] for each in missing):
        return _explain_deaf(evidence, service, missing[0])
    # Where nothing failed, what was connected is all that there is to see.
    return _explain_connection(evidence, service)


def _explain_swallowed(evidence: Evidence, service: str, failure: Failure) -> Finding:
    """The exception was caught before Flask could tell anybody."""
    handlers = [n for n in evidence.notes("error-handler", service) if n["name"] in TAKES_ALL]
    if handlers:
        got = f"a handler for {handlers[0]['name']} that answers {failure} and reports nothing"
        where = handlers[0]["where"]
    else:
        got = f"code that catches it, answers {failure} with 500 and reports nothing"
        where = _find_catch(evidence, failure)
    return Finding(
        "rollbar/swallowed",
        expected="the exception reported by whoever catches it, or left to Flask",
        got=got,
        where=where,
    )


def _find_catch(evidence: Evidence, failure: Failure) -> str:
    """Return where the view of a request catches something, or else where the view stands."""
    for file in presence.python_files(evidence.folder):
        place = file.relative_to(evidence.folder)
        for node in ast.walk(presence.parse(file)):
            if isinstance(node, ast.FunctionDef) and _answers(node, failure):
                inside = ast.walk(node)
                caught = [each.lineno for each in inside if isinstance(each, ast.ExceptHandler)]
                return f"{place}:{min(caught, default=node.lineno)}"
    return ""


def _answers(view: ast.FunctionDef, failure: Failure) -> bool:
    """Tell whether a decorator gives a function the address and the method of a request."""
    for each in view.decorator_list:
        words = {node.value for node in ast.walk(each) if isinstance(node, ast.Constant)}
        verb = getattr(getattr(each, "func", None), "attr", "")
        # Flask's route() without methods means GET.
        named = words & {"GET", "POST", "PUT", "PATCH", "DELETE"} or {"GET"}
        methods = named if verb == "route" else {verb.upper()}
        rules = [word for word in words if isinstance(word, str) and word.startswith("/")]
        if failure.method in methods and any(failure.path.endswith(rule) for rule in rules):
            return True
    return False


def _explain_deaf(evidence: Evidence, service: str, failure: Failure) -> Finding:
    """Somebody was told of the exception, and did not hand it on."""
    signals = list(evidence.notes("error-signal", service))
    return Finding(
        "rollbar/not-connected",
        expected="rollbar.contrib.flask.report_exception connected to got_request_exception",
        got=f"{signals[-1]['receiver'] or 'a function' if signals else 'a function'}, which is "
        f"told of {failure} and reports nothing",
        where=signals[-1]["where"] if signals else evidence.where("rollbar-init", service),
    )


def _explain_connection(evidence: Evidence, service: str) -> Finding | None:
    """Was Flask's signal connected, of the app that serves, and to a function that stays?"""
    signals = list(evidence.notes("error-signal", service))
    serving = {note["app"] for note in evidence.notes("serving", service)}
    heard = [note for note in signals if not note["app"] or note["app"] in serving]
    lost = any(not note["heard_by"] for note in evidence.notes("unhandled", service))
    if heard and not lost:
        return None
    if heard:
        return Finding(
            "rollbar/receiver-gone",
            expected="a function that stays, connected to got_request_exception",
            got=f"{heard[-1]['receiver']}, which Python had cleared away by the first error",
            where=heard[-1]["where"],
        )
    if signals:
        return Finding(
            "rollbar/other-app",
            expected="got_request_exception connected for the Flask object that answers",
            got="it is connected for one that answered no request",
            where=signals[0]["where"],
        )
    if any(evidence.notes("rollbar-report", service)) and not lost:
        return None
    return Finding(
        "rollbar/not-connected",
        expected="rollbar.contrib.flask.report_exception connected to got_request_exception",
        got="nothing connected: Rollbar is set up, and is told of no exception",
        where=evidence.where("rollbar-init", service),
    )
