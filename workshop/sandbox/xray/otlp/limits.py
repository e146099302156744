"""Says what is wrong with an export's spans: the endpoint's limits, and what no span may lack.

The numbers stood in an edition of
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch-OTLPEndpoint.html; what
AWS answers beyond them is not published.
"""

import time
from collections.abc import Iterator

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

BODY_LIMIT = 5 * 1024 * 1024
SPANS_LIMIT = 10_000
SPAN_LIMIT = 200 * 1024
NEWEST_NS = 2 * 60 * 60 * 10**9
OLDEST_NS = 14 * 24 * 60 * 60 * 10**9
GAP_NS = 24 * 60 * 60 * 10**9


def find_violation(request: ExportTraceServiceRequest) -> str:
    """Return why a whole export is refused, as a sentence, or nothing.

    Args:
        request: the export.
    """
    starts = [span.start_time_unix_nano for span in list_spans(request)]
    if len(starts) > SPANS_LIMIT:
        return f"The request holds {len(starts)} spans; at most {SPANS_LIMIT} are allowed."
    now = time.time_ns()
    if starts and max(starts) > now + NEWEST_NS:
        return "A span starts more than two hours in the future."
    if starts and min(starts) < now - OLDEST_NS:
        return "A span starts more than 14 days in the past."
    if starts and max(starts) - min(starts) > GAP_NS:
        return "The spans of the request start more than 24 hours apart."
    return ""


def remove_invalid(request: ExportTraceServiceRequest) -> list[str]:
    """Take the spans that are refused alone out of an export.

    Args:
        request: the export; changed in place.

    Returns:
        For each of those spans why, as a sentence.
    """
    reasons = []
    for resource_spans in request.resource_spans:
        for scope_spans in resource_spans.scope_spans:
            judged = [(span, _judge(span)) for span in scope_spans.spans]
            refused = [reason for _, reason in judged if reason]
            if refused:
                kept = [span for span, reason in judged if not reason]
                del scope_spans.spans[:]
                scope_spans.spans.extend(kept)
                reasons += refused
    return reasons


def list_spans(request: ExportTraceServiceRequest) -> Iterator[Span]:
    """Yield all spans of an export."""
    for resource_spans in request.resource_spans:
        for scope_spans in resource_spans.scope_spans:
            yield from scope_spans.spans


def _judge(span: Span) -> str:
    if len(span.trace_id) != 16 or not any(span.trace_id):
        return "A span has no valid trace id."
    if len(span.span_id) != 8 or not any(span.span_id):
        return "A span has no valid id."
    if span.parent_span_id and (len(span.parent_span_id) != 8 or not any(span.parent_span_id)):
        return "A span's parent has no valid id."
    if span.ByteSize() > SPAN_LIMIT:
        return f"A span has more than {SPAN_LIMIT} bytes."
    return ""
