"""What a Rollbar item says, line by line: its facts, its stack, and the values that came along."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from workshop.sandbox.rollbar.stack import Stack, is_own, shorten_file
from workshop.views import colours, words

if TYPE_CHECKING:
    from workshop.sandbox.rollbar.items import Item, Occurrence
    from workshop.sandbox.rollbar.occurrence import Frame

INDENT = 0.22
MOST_FRAMES = 12
MOST_LOCALS = 14
BAD_LEVELS = ("critical", "error")
RAISED_MARK = "raised here"


@dataclass(frozen=True)
class Line:
    """One line of text.

    Args:
        text: what it says.
        kind: what it is, as the artist's gid.
        colour: of the text.
        bold: whether it is bold.
        indent: inches from the margin.
        ground: whether a band lies behind it.
    """

    text: str
    kind: str
    colour: str = colours.INK
    bold: bool = False
    indent: float = 0.0
    ground: bool = False


def describe_kind(item: Item, with_title: bool) -> str:
    """Return an item's level, status, environment and count in one line.

    Args:
        item: the item.
        with_title: whether its title comes first.
    """
    status = "reactivated" if item.is_reactivated else item.status
    told = [item.level, status, item.environment, words.count(item.total_occurrences, "occurrence")]
    return words.clean(" · ".join([item.title, *told] if with_title else told))


def list_facts(item: Item, latest: Occurrence) -> list[tuple[str, str]]:
    """Return what is known of an item and its latest occurrence, a label and a value each."""
    mark = f"{colours.ERROR_MARK} " if item.level in BAD_LEVELS else ""
    facts = [("level", mark + item.level), ("environment", item.environment)]
    if latest.person:
        told = (latest.person.id, latest.person.username, latest.person.email)
        facts.append(("person", " · ".join(each for each in told if each)))
    if latest.request:
        facts.append(("request", f"{latest.request.method} {latest.request.url}"))
    if latest.code_version:
        facts.append(("version", latest.code_version))
    facts.append(("first", _format_time(item.first_timestamp)))
    facts.append(("last", _format_time(item.last_timestamp)))
    return [(label, words.clean(value) or "(not sent)") for label, value in facts]


def _format_time(timestamp: int) -> str:
    try:
        return f"{datetime.fromtimestamp(timestamp, UTC):%Y-%m-%d %H:%M:%S} UTC"
    except (ValueError, OverflowError, OSError):
        # A year that no calendar here has.
        return f"{timestamp} s after 1970"


def list_stack(latest: Occurrence, stack: Stack, own: str) -> list[Line]:
    """Return the lines of a stack, or of a message, which has none.

    Args:
        latest: the occurrence.
        stack: its own, sorted.
        own: the name of the folder that holds the app.
    """
    if not latest.exceptions:
        return [
            Line("message", "section", colours.MUTED),
            Line(words.clean(latest.message), "message", bold=True),
        ]
    lines = [Line("your calls, the most recent first", "section", colours.MUTED)]
    for frame in stack.own[:MOST_FRAMES]:
        lines += _list_frame(frame, frame is stack.raised, own)
    if not stack.own:
        lines.append(Line(f"none is in {own}/", "none", colours.MUTED, indent=INDENT))
    if rest := stack.own[MOST_FRAMES:]:
        lines.append(Line(f"… {words.count(len(rest), 'more call')} of yours", "folded"))
    if stack.raised and not is_own(stack.raised, own):
        lines += _list_frame(stack.raised, True, own)
    if stack.libraries:
        number = sum(stack.libraries.values())
        names = ", ".join(f"{name} {count:,}" for name, count in stack.libraries.items())
        lines.append(
            Line(
                words.clean(f"… {words.count(number, 'call')} in libraries: {names}"),
                "folded",
                colours.MUTED,
            )
        )
    for cause in latest.exceptions[1:]:
        told = words.clean(f"{cause.class_name}: {cause.message}")
        lines.append(Line(f"which came from {told}", "cause", colours.MUTED))
    return lines


def _list_frame(frame: Frame, raised: bool, own: str) -> list[Line]:
    yours = is_own(frame, own)
    place = f"{shorten_file(frame, own)}:{frame.line}" if frame.line else shorten_file(frame, own)
    told = f"{place} in {frame.function}" if frame.function else place
    mark = f"  {colours.ERROR_MARK} {RAISED_MARK}" if raised else ""
    colour = colours.ERROR if raised else colours.INK if yours else colours.MUTED
    lines = [Line(words.clean(f"{'▸ ' if yours else ''}{told}") + mark, "frame", colour, yours)]
    if frame.code:
        lines.append(Line(words.clean(frame.code), "code", indent=INDENT, ground=True))
    return lines


def find_values(latest: Occurrence, stack: Stack) -> tuple[str, dict[str, Any]]:
    """Return what a table of values is about, and the values."""
    if not latest.exceptions:
        return "sent with it", latest.custom
    if stack.raised is None:
        return "variables", {}
    where = f" in {stack.raised.function}" if stack.raised.function else ""
    return f"variables{where}, when it raised", stack.raised.locals


def list_values(latest: Occurrence, stack: Stack) -> list[Line]:
    """Return the lines of the variables of the call that raised, or of what came with a message."""
    what, values = find_values(latest, stack)
    lines = [Line(words.clean(what), "section", colours.MUTED)]
    for name, value in list(values.items())[:MOST_LOCALS]:
        lines.append(Line(words.clean(f"{name} = {value}"), "local", indent=INDENT))
    if len(values) > MOST_LOCALS:
        lines.append(Line(f"… {len(values) - MOST_LOCALS:,} more", "folded", indent=INDENT))
    if not values:
        lines.append(Line("none were sent", "none", colours.MUTED, indent=INDENT))
    return lines
