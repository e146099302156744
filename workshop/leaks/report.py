"""Writes what a survey found: a matrix of doors and sinks, and the places behind it."""

import json
import textwrap

from workshop.leaks.survey import Leak, Survey

WIDTH = 100
DOOR_WIDTH = 26
SINK_WIDTH = 12
KEPT, LEAKED, UNKNOWN = "✓", "✗", "–"


def render(survey: Survey) -> str:
    """Return a survey as a person reads it.

    Args:
        survey: what one run has shown.
    """
    parts = [_draw(survey), _explain_marks(survey)]
    if survey.leaks:
        parts.append("\n".join(line for leak in survey.leaks for line in _tell(leak)))
    parts += _tell_gaps(survey)
    parts.append(_conclude(survey))
    return "\n\n".join(parts)


def as_json(survey: Survey) -> str:
    """Return a survey for a machine.

    Args:
        survey: what one run has shown.
    """
    return json.dumps(
        {
            "doors": survey.doors,
            "sinks": survey.sinks,
            "silent": survey.silent,
            "leaks": [
                {"door": each.door, "sink": each.sink, "places": list(each.places)}
                for each in survey.leaks
            ],
        },
        indent=2,
        ensure_ascii=False,
    )


def _draw(survey: Survey) -> str:
    head = f"{'':{DOOR_WIDTH}}" + "".join(f"{name:<{SINK_WIDTH}}" for name in survey.sinks)
    lines = [head.rstrip()]
    for door in survey.doors:
        cells = "".join(f"{_mark(survey, door, sink):<{SINK_WIDTH}}" for sink in survey.sinks)
        lines.append(f"{door:<{DOOR_WIDTH}}{cells}".rstrip())
    return "\n".join(lines)


def _mark(survey: Survey, door: str, sink: str) -> str:
    if sink in survey.silent:
        return UNKNOWN
    leak = survey.at(door, sink)
    return f"{LEAKED} {len(leak.places)}" if leak else KEPT


def _explain_marks(survey: Survey) -> str:
    told = f"{KEPT} kept in   {LEAKED} n came out, in n places"
    return f"{told}   {UNKNOWN} nothing arrived there at all" if survey.silent else told


def _tell(leak: Leak) -> list[str]:
    more = len(leak.places) - 1
    and_more = f", and {more} more" if more else ""
    return textwrap.wrap(
        f"{LEAKED} {leak.door} → {leak.sink}: {leak.places[0]}{and_more}",
        WIDTH,
        subsequent_indent="    ",
        break_long_words=False,
        break_on_hyphens=False,
    )


def _tell_gaps(survey: Survey) -> list[str]:
    """Say what could not be looked at, so that no mark says more than is known."""
    if not survey.refused:
        return []
    reasons = dict.fromkeys(f"{each.vendor}: {each.reason}" for each in survey.refused)
    return ["The sandbox refused some of it, and did not look into that:\n" + "\n".join(reasons)]


def _conclude(survey: Survey) -> str:
    if not survey.leaks:
        return "Nothing of it came out." if len(survey.silent) < len(survey.sinks) else "No sink."
    cells = len(survey.leaks)
    return (
        f"{cells} of {len(survey.doors) * len(survey.sinks)} cells leak. "
        "The values were made up for this run, and are not shown."
    )
