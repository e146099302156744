"""Sends less, and loses no error: what is worth its price, decided in one place."""

import os
import threading
import time
from collections import Counter
from typing import Any

from opentelemetry.context import Context
from opentelemetry.sdk.trace import ReadableSpan, Span, SynchronousMultiSpanProcessor
from opentelemetry.trace import StatusCode

from app.telemetry.redaction import clean_span

# Of the traces in which all went well one in so many is kept: in production, unless it is said
# otherwise, one in four.
USUAL = "4" if os.environ.get("ENVIRONMENT") == "production" else "1"
ONE_IN = int(os.environ.get("KEEP_ONE_TRACE_IN", USUAL))
# Of errors that are alike so many are reported in a minute.
ALIKE_A_MINUTE = 10
# Asked every few seconds, by a machine, and always answered alike.
QUIET_PATHS = ["/api/health-check", "/health-check"]


class ThriftyProcessor(SynchronousMultiSpanProcessor):
    """Sends one trace in so many, whole, and of all others the spans that failed.

    Whether a trace is kept follows from its id, so that all services decide alike. Unlike a sampler
    it decides when a span has ended, and so when it is known whether that failed. A span is cleaned
    once, before it goes into the queue of each tool.
    """

    def on_start(self, span: Span, parent_context: Context | None = None) -> None:
        """Tell Honeycomb how many traces a kept one stands for, so that its sums are right."""
        if is_kept(span):
            span.set_attribute("SampleRate", ONE_IN)

    def on_end(self, span: ReadableSpan) -> None:
        """Send a span on, cleaned, or drop it."""
        if is_kept(span) or span.status.status_code is StatusCode.ERROR:
            super().on_end(clean_span(span))


def is_kept(span: ReadableSpan) -> bool:
    """Tell whether a span's whole trace is kept."""
    return span.get_span_context().trace_id % ONE_IN == 0


class Cap:
    """Lets a few errors of a kind through in each minute: a loop must not use up a month."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._minute = 0.0
        self._seen: Counter[Any] = Counter()

    def let_through(self, payload: dict[str, Any], **_: Any) -> dict[str, Any] | bool:
        """Return the payload, or False for one too many, which is not sent then."""
        kind = name_kind(payload["data"])
        minute = time.monotonic() // 60
        with self._lock:
            if minute != self._minute:
                self._minute = minute
                self._seen.clear()
            self._seen[kind] += 1
            return payload if self._seen[kind] <= ALIKE_A_MINUTE else False


def name_kind(data: dict[str, Any]) -> Any:
    """Return what errors that are alike have in common: a fingerprint, or the line that raised."""
    if "fingerprint" in data:
        return data["fingerprint"]
    body = data["body"]
    traces = body.get("trace_chain") or [body.get("trace") or {}]
    last = (traces[0].get("frames") or [{}])[-1]
    return data["level"], last.get("filename"), last.get("lineno")
