"""Tells how many spans one span stands for, where its sender has sampled.

Source: `getSampleRate` in https://github.com/honeycombio/husky/blob/main/otlp/common.go
"""

import math
import re

from workshop.sandbox.honeycomb.attributes import Fields

MOST = 2**31 - 1
_THRESHOLD = re.compile(r"[0-9a-f]{1,14}")


def take_sample_rate(fields: Fields) -> int | None:
    """Take the sample rate out of an event's fields, and return it.

    Args:
        fields: `sampleRate`, or else `SampleRate`, is removed from them.

    Returns:
        The rate, at least 1; None where no field tells one.
    """
    for name in ("sampleRate", "SampleRate"):
        if name in fields:
            return _whole(fields.pop(name))
    return None


def _whole(value: object) -> int:
    """Return a rate as a whole number from 1 to the most that Honeycomb keeps."""
    try:
        number = 1.0 if isinstance(value, bool) else float(value)  # type: ignore[arg-type]
    except ValueError:
        return 1
    if math.isnan(number):
        return 1
    return int(max(1.0, min(number + 0.5, float(MOST))))


def read_threshold(trace_state: str) -> int | None:
    """Return the sample rate that OpenTelemetry's sampler wrote into the trace state.

    `ot=th:8` says that half of all traces were dropped, so each one kept stands for two.
    Honeycomb picks one of the two whole numbers around a broken rate by lot; here it is rounded.

    Args:
        trace_state: as the span has it, such as `ot=th:c;rv:…,other=1`.

    Source: https://opentelemetry.io/docs/specs/otel/trace/tracestate-probability-sampling/
    """
    for member in trace_state.split(","):
        vendor, _, values = member.strip().partition("=")
        if vendor != "ot":
            continue
        for value in values.split(";"):
            name, _, threshold = value.partition(":")
            if name == "th" and _THRESHOLD.fullmatch(threshold):
                dropped = int(threshold.ljust(14, "0"), 16)
                return min(round(2**56 / (2**56 - dropped)), MOST)
    return None
