"""Writes what a check found, for a person and for a machine."""

import textwrap
from collections.abc import Sequence

from workshop.checks import output
from workshop.checks.evidence import Evidence
from workshop.checks.findings import Finding, Verdict
from workshop.checks.words import count
from workshop.errors import command

WIDTH = 96
LONGEST_LINE = 110


def render(evidence: Evidence, app: Sequence[Finding], verdicts: Sequence[Verdict]) -> str:
    """Return a check's report as text, in the order in which a learner needs it.

    Args:
        evidence: what one run left behind.
        app: what is wrong with the app itself.
        verdicts: what each step's check says; none where the app never ran.
    """
    parts = []
    if app:
        parts.append(_render_app(evidence, app, is_judged=bool(verdicts)))
    faults = [each for each in app if not each.entry.note]
    for verdict in verdicts:
        parts.append(_render_verdict(evidence, verdict, first=not faults, mend=faults))
    if not verdicts:
        parts.append(f"No step could be judged. Mend it, then `{command('check')}` again.")
    return "\n\n".join(parts)


def _heading(left: str, right: str) -> str:
    return f"{left:<31}{right}"


def _render_app(evidence: Evidence, findings: Sequence[Finding], is_judged: bool) -> str:
    lines = [_heading("the app itself", _says_of_app(evidence))]
    for finding in findings:
        mark = "•" if finding.entry.note else "✗"
        lines += _render_finding(finding, mark, is_first=finding is findings[0])
    said = _render_output(evidence)
    if said:
        lines += ["", *said]
    if is_judged and any(finding.id == "app/before-first-request" for finding in findings):
        lines += ["", "What follows is judged as if that line were mended."]
    return "\n".join(lines)


def _says_of_app(evidence: Evidence) -> str:
    if not any(asked.status for asked in evidence.asked) and evidence.backend.failure:
        return "your app did not start"
    return count(len(evidence.asked), "request")


def _render_output(evidence: Evidence) -> list[str]:
    """Return the end of what a broken service printed, told apart by a prefix."""
    ran = [evidence.services[program.name] for program in evidence.target.programs]
    broken = next((each for each in ran if each.failure), None)
    if broken is None:
        return []
    lines = output.shorten(broken.output, evidence.folder)
    return [f"  {broken.name} │ {line}" for line in lines]


def _render_verdict(
    evidence: Evidence, verdict: Verdict, first: bool, mend: Sequence[Finding]
) -> str:
    """Return one step's part.

    Args:
        evidence: what one run left behind.
        verdict: what the step's check says.
        first: no finding stands before this part, so that its first is the one to mend.
        mend: what is wrong with the app itself, and comes first.
    """
    asked = f" · {count(len(evidence.asked), 'request')}" if evidence.asked else ""
    about = f"your app/{asked}"
    if not evidence.target.ours:
        about = about.replace("your app/", evidence.folder.name)
    lines = [_heading(f"step {verdict.step:02d} · {verdict.name}", about)]
    lines.append(_wrap("arrived   ", verdict.arrived))
    lines.append("")
    lines += [f"  ✓ {claim}" for claim in verdict.good]
    for finding in verdict.findings:
        lines += _render_finding(finding, "✗", first and finding is verdict.findings[0])
    for note in verdict.notes:
        lines += _render_finding(note, "•", is_first=False)
    lines += ["", _conclude(verdict, mend)]
    return "\n".join(lines)


def _render_finding(finding: Finding, mark: str, is_first: bool) -> list[str]:
    """Return a finding's lines.

    Args:
        finding: what was found.
        mark: ✗ for what must be mended, • for what is worth saying.
        is_first: `workshop hint` without an id means this one.
    """
    lines = [f"  {mark} {finding.entry.claim}"]
    lines.append(_field("expected", finding.expected))
    lines.append(_field("got", finding.got))
    for name, text in (("nearest", finding.nearest), ("where", finding.where)):
        if text:
            lines.append(_field(name, text))
    if finding.entry.so:
        lines.append(_field("so", finding.entry.so))
    lines.append(_field("hint", finding.entry.hints[0]))
    more = command("hint" if is_first else f"hint {finding.id}")
    lines.append(f"{'':16}`{more}` for the next one")
    if is_first:
        lines.append(f"{'':16}`{command(f'explain {finding.id}')}` for the whole story")
    return lines


def _wrap(heading: str, text: str) -> str:
    return textwrap.fill(
        text,
        LONGEST_LINE,
        initial_indent=heading,
        subsequent_indent=" " * len(heading),
        break_long_words=False,
        break_on_hyphens=False,
    )


def _field(name: str, text: str) -> str:
    return textwrap.fill(
        text,
        WIDTH,
        initial_indent=f"      {name:<10}",
        subsequent_indent=" " * 16,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _conclude(verdict: Verdict, mend: Sequence[Finding]) -> str:
    """Return the last line: how many claims hold, and what to do now."""
    good, bad = len(verdict.good), len(verdict.findings)
    again = command(f"check {verdict.step}")
    if verdict.state == "absent":
        return _conclude_absence(verdict)
    if mend:
        held = f"All {good} hold here" if not bad else f"{good} of {good + bad} hold here"
        return f"{held}. Mend the app itself first, then `{again}` again."
    if not bad:
        return f"All {good} hold. You can go on."
    what = "it" if bad == 1 else "the first"
    return f"{good} of {good + bad} hold. Mend {what}, then `{again}` again."


def _conclude_absence(verdict: Verdict) -> str:
    if verdict.findings[0].id.endswith("/commented-out"):
        return f"Switch it on, then `{command(f'check {verdict.step}')}` again."
    apply = command(f"apply {verdict.step}")
    return f"Not yet in your app: that is where everybody starts. `{apply}` brings it in."
