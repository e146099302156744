"""Which function answers which operation of X-Ray's API.

Each is given the store and the request's members, as its service model names them, already
validated against it: no member is unknown or null, and timestamps are seconds since 1970. Each
returns the response's members in the same way, or raises an `ApiError`. An operation of the model
that is not here is refused by name.
"""

from collections.abc import Callable
from typing import Any

from workshop.sandbox.store import Store
from workshop.sandbox.xray import (
    graph,
    groups,
    sampling_rules,
    sampling_statistics,
    sampling_targets,
    segments,
    trace_summaries,
    traces,
)
from workshop.sandbox.xray.search import retrieval, settings

Operation = Callable[[Store, dict[str, Any]], dict[str, Any]]

OPERATIONS: dict[str, Operation] = {
    "PutTraceSegments": segments.put_trace_segments,
    "PutTelemetryRecords": segments.put_telemetry_records,
    "GetTraceSummaries": trace_summaries.get_trace_summaries,
    "BatchGetTraces": traces.batch_get_traces,
    "GetServiceGraph": graph.get_service_graph,
    "GetTraceGraph": graph.get_trace_graph,
    "CreateSamplingRule": sampling_rules.create_sampling_rule,
    "GetSamplingRules": sampling_rules.get_sampling_rules,
    "UpdateSamplingRule": sampling_rules.update_sampling_rule,
    "DeleteSamplingRule": sampling_rules.delete_sampling_rule,
    "GetSamplingTargets": sampling_targets.get_sampling_targets,
    "GetSamplingStatisticSummaries": sampling_statistics.get_sampling_statistic_summaries,
    "CreateGroup": groups.create_group,
    "GetGroup": groups.get_group,
    "GetGroups": groups.get_groups,
    "UpdateGroup": groups.update_group,
    "DeleteGroup": groups.delete_group,
    "GetTraceSegmentDestination": settings.get_trace_segment_destination,
    "UpdateTraceSegmentDestination": settings.update_trace_segment_destination,
    "GetIndexingRules": settings.get_indexing_rules,
    "UpdateIndexingRule": settings.update_indexing_rule,
    "StartTraceRetrieval": retrieval.start_trace_retrieval,
    "ListRetrievedTraces": retrieval.list_retrieved_traces,
    "GetRetrievedTracesGraph": retrieval.get_retrieved_traces_graph,
    "CancelTraceRetrieval": retrieval.cancel_trace_retrieval,
}
