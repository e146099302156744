"""Judges the spans that the app's own code opens: are they there, and do they say something?"""

from pathlib import Path

from workshop.checks.evidence import Evidence
from workshop.checks.findings import Finding
from workshop.checks.honeycomb.makers import Made, own, servers
from workshop.checks.words import tally
from workshop.sandbox.honeycomb.traces import Span

# The two pages of the course's app in which step 01 opens a span.
PAGES = ("/api/activities/home", "/api/activities/search")
# What the SDK and the resource put on every span, whatever the app's code does.
GIVEN = ("service.", "telemetry.", "process.", "host.", "os.", "deployment.", "library.", "meta.")
GIVEN_BY_STATUS = ("status_code", "span.num_", "trace.", "exception", "error")


def judge_presence(evidence: Evidence, made: list[Made]) -> list[Finding] | None:
    """Has the learner's code a span of its own where the course asks for one?

    Args:
        evidence: what one run left behind.
        made: its spans.

    Returns:
        What speaks against it; None where backend sent nothing at all.
    """
    if not any(each.service == "backend" for each in made):
        return None
    theirs = own(made)
    answered = {asked.path.partition("?")[0] for asked in evidence.asked if asked.answered}
    lacking = [page for page in PAGES if page in answered]
    if theirs:
        # A page without a span for its request cannot be told from another, nor can the pages of
        # an app that is not the course's.
        told = {each.request for each in servers(made, "backend") if evidence.target.ours}
        found = {each.request for each in theirs}
        lacking = [page for page in lacking if page in told - found]
    if not lacking:
        return []
    page = lacking[0]
    open_ended = _never_ended(evidence, made)
    if open_ended:
        return [open_ended]
    libraries = tally(
        each.span.name for each in made if each.request == page and each not in theirs
    )
    return [
        Finding(
            "honeycomb/no-own-span",
            expected=f"inside GET {page}, a span that your own code opened",
            got=f"only what the libraries made: {libraries}" if libraries else "none",
            nearest=f"your own {theirs[0].span.name}, elsewhere" if theirs else "",
            where=_where_is(evidence, page),
        )
    ]


def _never_ended(evidence: Evidence, made: list[Made]) -> Finding | None:
    """Look for a span that the learner's code opened, and that never came."""
    arrived = {each.span.name for each in made}
    for note in evidence.notes("span", "backend"):
        if note["name"] not in arrived:
            return Finding(
                "honeycomb/span-never-ended",
                expected=f"{note['name']} ended when its work is done",
                got="it is opened, and no end of it is ever sent",
                where=note["where"],
            )
    return None


def _where_is(evidence: Evidence, path: str) -> str:
    """Return where the function stands that does a page's work."""
    for note in evidence.notes("route", "backend"):
        if path.endswith(note["rule"]):
            return str(note["where"])
    return ""


def judge_attributes(evidence: Evidence, made: list[Made]) -> list[Finding] | None:
    """Do the learner's own spans say anything about the request?

    Args:
        evidence: what one run left behind.
        made: its spans.

    Returns:
        What speaks against it; None where there is no such span.
    """
    # Work that failed may have failed before it could say anything.
    spans = [each.span for each in own(made) if not each.span.error]
    if not spans:
        return None
    late = next(evidence.notes("late-attribute"), None)
    if late:
        return [
            Finding(
                "honeycomb/late-attribute",
                expected=f"{late['key']} set while its span is open",
                got="it is set after the span has ended, and is dropped",
                where=late["where"],
            )
        ]
    telling = {span.name for span in spans if _own_attributes(span)}
    bare = next((span for span in spans if span.name not in telling), None)
    if bare is None:
        return []
    return [
        Finding(
            "honeycomb/no-attributes",
            expected=f"at least one attribute on {bare.name}, such as how many rows it handled",
            got="a name and a time, nothing else",
            where=_where_opened(evidence, bare),
        )
    ]


def _own_attributes(span: Span) -> list[str]:
    return [key for key in span.attributes if not key.startswith(GIVEN + GIVEN_BY_STATUS)]


def _where_opened(evidence: Evidence, span: Span) -> str:
    """Return where a span of the learner's is opened.

    A tracer is named after its module, so the telemetry tells the file. A span that is opened by a
    decorator is noted where the function is called: its name then leads to the line.
    """
    file = Path(*span.library.split(".")).with_suffix(".py")
    source = evidence.folder / file
    if source.is_file():
        lines = source.read_text("utf-8", errors="replace").splitlines()
        for number, line in enumerate(lines, 1):
            if span.name in line:
                return f"{file}:{number}"
    notes = [note for note in evidence.notes("span") if note["name"] == span.name]
    return str(notes[0]["where"]) if notes else ""
