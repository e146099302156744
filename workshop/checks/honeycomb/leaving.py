"""Judges how spans leave the process: in batches, once, and all of them before it ends."""

from workshop.checks.evidence import Evidence
from workshop.checks.findings import Finding
from workshop.checks.honeycomb.makers import Made, servers
from workshop.checks.traffic import LAST
from workshop.checks.words import spans_of

CONSOLE = "ConsoleSpanExporter"


def judge_processors(evidence: Evidence) -> list[Finding] | None:
    """Do spans leave once, in batches, and only to where they should?

    Args:
        evidence: what one run left behind.

    Returns:
        What speaks against it; None where no span leaves at all.
    """
    if not any(evidence.notes("exporter")):
        return None
    processors = list(evidence.notes("processor"))
    sending = [note for note in processors if note["exporter"] != CONSOLE]
    found = []
    simple = [note for note in sending if note["kind"] == "SimpleSpanProcessor"]
    if simple:
        found.append(
            Finding(
                "honeycomb/simple-processor",
                expected="BatchSpanProcessor: spans leave together, from a thread of their own",
                got="SimpleSpanProcessor: each span is sent while the request waits",
                where=simple[0]["where"],
            )
        )
    console = [note for note in processors if note["exporter"] == CONSOLE]
    if console:
        found.append(
            Finding(
                "honeycomb/console-exporter",
                expected="spans that leave, and an output without them",
                got="each span is also printed, as twenty lines or more of JSON",
                where=console[0]["where"],
            )
        )
    if evidence.repeated:
        found.append(
            Finding(
                "honeycomb/sent-twice",
                expected="each span once",
                got=f"{_what_repeats(evidence)} more than once, under the same id",
                where=_second_exporter(evidence),
            )
        )
    return found


def _what_repeats(evidence: Evidence) -> str:
    ids = [span.span_id for span in spans_of(evidence.traces)]
    return "every span" if len(ids) >= 2 * len(set(ids)) else "some spans"


def _second_exporter(evidence: Evidence) -> str:
    """Return where a process is given its second way out."""
    for service in evidence.services:
        sending = [n for n in evidence.notes("processor", service) if n["exporter"] != CONSOLE]
        if len(sending) > 1:
            return str(sending[1]["where"])
    return ""


def judge_exit(evidence: Evidence, made: list[Made]) -> list[Finding] | None:
    """Does the last request's trace arrive when the app is stopped right after it?

    Args:
        evidence: what one run left behind.
        made: its spans.

    Returns:
        What speaks against it; None where such a request makes no trace in any case.
    """
    if evidence.last is None or not evidence.last.status:
        return None
    if LAST not in {each.request for each in servers(made, "backend")}:
        return None
    if evidence.last_arrived:
        return []
    stays = next((n for n in evidence.notes("provider", "backend") if not n["flushes"]), None)
    exit_line = evidence.where("hard-exit", "backend")
    return [
        Finding(
            "honeycomb/lost-at-exit",
            expected=f"the trace of the last request before the stop, GET {evidence.last.path}",
            got="the app stopped, and that trace never came",
            where=exit_line or (stays["where"] if stays else ""),
        )
    ]
