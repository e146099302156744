"""What the sandbox has of the learner's own requests, for the journal: one source a step."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from workshop import real
from workshop.course import Step
from workshop.journal import (
    cloudwatch_seen,
    correlation_seen,
    honeycomb_seen,
    opentelemetry_seen,
    rollbar_seen,
    xray_seen,
)
from workshop.journal.words import Seen
from workshop.sandbox.store import FILE_NAME


@dataclass(frozen=True)
class Source:
    """Where a step's picture comes from.

    Args:
        is_real: whether the learner's variables lead to the vendor itself.
        elsewhere: where to look then, as the end of a sentence.
        wanted: what a run has to have left, where the sandbox has nothing of it.
        choose: the ids of what to show of the sandbox's data; none where there is nothing.
        show: what the sandbox has of these ids; None where it no longer has them all.
    """

    is_real: Callable[[Mapping[str, str]], bool]
    elsewhere: str
    wanted: str
    choose: Callable[[Path], list[str]]
    show: Callable[[Path, list[str]], Seen | None]


_XRAY = (
    "AWS itself. Open the CloudWatch console in the region that your app sends to, and in it "
    "*Traces* or the *Trace Map*."
)


def _is_any_real(variables: Mapping[str, str]) -> bool:
    """Tell whether one of the four is the vendor's own, so that the sandbox has not got all."""
    return any(
        is_real(variables)
        for is_real in (real.honeycomb_is_real, real.aws_is_real, real.rollbar_is_real)
    )


# By the step's name. A step that is not here has no picture: its block has the check alone.
SOURCES = {
    "honeycomb": Source(
        real.honeycomb_is_real,
        "Honeycomb itself. Open https://ui.honeycomb.io, choose the dataset `backend` and "
        "*Recent Traces*.",
        "a whole trace of a request to your app",
        honeycomb_seen.choose,
        honeycomb_seen.show,
    ),
    "xray": Source(
        real.aws_is_real,
        _XRAY,
        "a trace in X-Ray",
        xray_seen.choose_map,
        xray_seen.show_map,
    ),
    "subsegments": Source(
        real.aws_is_real,
        _XRAY,
        "a trace in X-Ray with a subsegment of your own",
        xray_seen.choose_timeline,
        xray_seen.show_timeline,
    ),
    "cloudwatch": Source(
        real.aws_is_real,
        "AWS itself. Open the CloudWatch console in the region that your app sends to, and in it "
        "*Log groups*.",
        "a line in CloudWatch Logs",
        cloudwatch_seen.choose,
        cloudwatch_seen.show,
    ),
    "rollbar": Source(
        real.rollbar_is_real,
        "Rollbar itself. Open https://app.rollbar.com, then *Items*.",
        "an error in Rollbar",
        rollbar_seen.choose,
        rollbar_seen.show,
    ),
    "correlation": Source(
        _is_any_real,
        "the vendors themselves, each on its own page. Your log lines have the ids.",
        "a request that failed, and is in all four by one id",
        correlation_seen.choose,
        correlation_seen.show,
    ),
    "opentelemetry-only": Source(
        _is_any_real,
        "the vendors themselves. Open one trace in both: the id is the same.",
        "a trace that X-Ray and Honeycomb have of the same spans",
        opentelemetry_seen.choose,
        opentelemetry_seen.show,
    ),
}


def look(step: Step, data: Path, variables: Mapping[str, str]) -> Seen | None:
    """Return what the journal shows of a step's run beside its check; None where it has no source.

    Args:
        step: the step.
        data: the sandbox's folder.
        variables: the learner's, as `read_variables` gives them.
    """
    source = SOURCES.get(step.name)
    if source is None:
        return None
    if source.is_real(variables):
        return Seen(f"**Seen** at {source.elsewhere}")
    ids = source.choose(data) if (data / FILE_NAME).is_file() else []
    found = source.show(data, ids) if ids else None
    return found or Seen(
        f"**Seen** nothing: the sandbox has not got {source.wanted}. "
        f"The cells of notebooks/{step.slug}.ipynb send some."
    )


def look_again(step: Step, data: Path, ids: list[str]) -> Seen | None:
    """Return what the sandbox has of the ids that a block names; None where it has not all.

    Args:
        step: the step.
        data: the sandbox's folder.
        ids: as `read_ids` found them.
    """
    source = SOURCES.get(step.name)
    if source is None or not ids or not (data / FILE_NAME).is_file():
        return None
    return source.show(data, ids)
