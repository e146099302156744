"""What an X-Ray segment has that a span has not, for the views that draw both."""

from __future__ import annotations

from dataclasses import dataclass

from workshop.sandbox.honeycomb.spans import Span


@dataclass
class SegmentSpan(Span):
    """An X-Ray segment or subsegment as a span.

    Args:
        noun: 'segment' or 'subsegment'.
        failure: 'fault', 'throttle' or 'error' where it is marked as failed, else empty.
        in_progress: its end has not been sent; its duration is that of what is known below it.
    """

    noun: str = "segment"
    failure: str = ""
    in_progress: bool = False
