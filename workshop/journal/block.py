"""Writes the text of a step's evidence block."""

import hashlib
import re
from collections.abc import Mapping
from typing import Any

from workshop.checks import findings
from workshop.course import Step
from workshop.errors import WorkshopError, command
from workshop.journal import file
from workshop.journal.words import Seen, link
from workshop.views.words import count

_CHECKED = re.compile(r"\*\*Checked\*\* (\d{4}-\d\d-\d\d \d\d:\d\d UTC)")
_SEEN = re.compile(r"\n\n(?=!\[|\*\*Seen\*\* )")
# What no text of ours may hold, whichever way it came into a run.
_SECRETS = (
    "HONEYCOMB_API_KEY",
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "ROLLBAR_ACCESS_TOKEN",
)
# A shorter value is none of a vendor's keys, and may be any word.
_SHORTEST_SECRET = 8


def render(step: Step, run: Mapping[str, Any], seen: Seen | None, checked: str = "") -> str:
    """Return a block's content.

    Args:
        step: the step.
        run: what its last check found, as `memory.recall` returns it.
        seen: what the sandbox has of the learner's requests, where the step shows any.
        checked: when it was checked; the run's own time if empty.
    """
    check = render_check(step, run, checked)
    return f"{check}\n\n{render_seen(step, seen)}" if seen else check


def render_check(step: Step, run: Mapping[str, Any], checked: str = "") -> str:
    """Return the part of a block that says what a check found.

    Args:
        step: the step.
        run: what its last check found, as `memory.recall` returns it.
        checked: when it was checked; the run's own time if empty.
    """
    arrived = run["arrived"] or "nothing arrived"
    asked = f"{count(run['requests'], 'request')}; " if run["requests"] else ""
    lines = [
        f"**Checked** {checked or run['at']} with `workshop check {step.number}`: "
        f"{asked}{arrived}.",
        "",
    ]
    lines += [f"- ✓ {claim}" for claim in run["good"]]
    lines += [f"- ✗ {_claim(id_)} (`{id_}`)" for id_ in run["findings"]]
    lines += [f"- ✗ the app itself: {_claim(id_)} (`{id_}`)" for id_ in run["app"]]
    return "\n".join(lines)


def render_seen(step: Step, seen: Seen) -> str:
    """Return the part of a block that shows the learner's own requests.

    Args:
        step: the step.
        seen: what the sandbox has of them.
    """
    if seen.picture is None:
        return seen.text
    return f"{link(seen.picture, file.picture_link(step))}\n\n{seen.text}"


def split(content: str) -> tuple[str, str]:
    """Return a block's two parts: what a check found, and what was seen; the latter may be empty.

    Args:
        content: a block's, as it stands in the journal.
    """
    found = _SEEN.search(content)
    return (content[: found.start()], content[found.end() :]) if found else (content, "")


def _claim(id_: str) -> str:
    entry = findings.catalogue().get(id_)
    # A later version of the course may not know it any more.
    return entry.claim if entry else "a finding of an earlier check"


def checked_at(content: str) -> str:
    """Return when a block says that it was checked; empty where it does not say."""
    found = _CHECKED.match(content)
    return found[1] if found else ""


def without_time(content: str) -> str:
    """Return a block without the time of its check, to tell whether anything else differs."""
    return _CHECKED.sub("**Checked**", content, count=1)


def digest(content: str | bytes) -> str:
    """Return what a marker keeps of a content, to tell later whether it was edited."""
    data = content.encode() if isinstance(content, str) else content
    return hashlib.sha256(data).hexdigest()[:16]


def refuse_secrets(content: str, variables: Mapping[str, str]) -> None:
    """Refuse to write a text that holds one of the learner's keys.

    Args:
        content: the text.
        variables: the learner's, as `read_variables` gives them.

    Raises:
        WorkshopError: it holds one; the message names the variable alone.
    """
    for name in _SECRETS:
        value = variables.get(name, "").strip()
        if len(value) >= _SHORTEST_SECRET and value in content:
            raise WorkshopError(
                f"The value of {name} stands in what your app sent, and would stand in the "
                "journal. Nothing was written.",
                "Take it out of your app's names and paths, run it again, then "
                f"`{command('check')}`.",
            )
