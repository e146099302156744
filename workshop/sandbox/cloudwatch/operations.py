"""Which function answers which operation of CloudWatch Logs.

Each is given the store and the request's members, as its service model names them, already
validated against it: no member is unknown or null. Each returns the response's members in the same
way, or raises an `ApiError`. An operation of the model that is not here is refused by name.
"""

from collections.abc import Callable
from typing import Any

from workshop.sandbox.cloudwatch import (
    filter_events,
    get_events,
    groups,
    put_events,
    retention,
    streams,
    tags,
)
from workshop.sandbox.cloudwatch.insights.operations import OPERATIONS as INSIGHTS_OPERATIONS
from workshop.sandbox.store import Store

Operation = Callable[[Store, dict[str, Any]], dict[str, Any]]

OPERATIONS: dict[str, Operation] = {
    "CreateLogGroup": groups.create_log_group,
    "DeleteLogGroup": groups.delete_log_group,
    "DescribeLogGroups": groups.describe_log_groups,
    "CreateLogStream": streams.create_log_stream,
    "DeleteLogStream": streams.delete_log_stream,
    "DescribeLogStreams": streams.describe_log_streams,
    "PutRetentionPolicy": retention.put_retention_policy,
    "DeleteRetentionPolicy": retention.delete_retention_policy,
    "TagResource": tags.tag_resource,
    "UntagResource": tags.untag_resource,
    "ListTagsForResource": tags.list_tags_for_resource,
    "TagLogGroup": tags.tag_log_group,
    "UntagLogGroup": tags.untag_log_group,
    "ListTagsLogGroup": tags.list_tags_log_group,
    "PutLogEvents": put_events.put_log_events,
    "GetLogEvents": get_events.get_log_events,
    "FilterLogEvents": filter_events.filter_log_events,
    **INSIGHTS_OPERATIONS,
}
