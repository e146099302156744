"""Keeps where X-Ray puts what it is sent, and which share of it is indexed."""

import time
from dataclasses import dataclass
from typing import Any

from workshop.sandbox.aws.errors import ApiError, invalid_request, not_emulated
from workshop.sandbox.store import Reader, Store
from workshop.sandbox.xray.search import span_log

XRAY = "XRay"
CLOUDWATCH_LOGS = "CloudWatchLogs"
RULE = "Default"


@dataclass(frozen=True)
class Settings:
    """What an account has set.

    Args:
        destination: `XRay`, or `CloudWatchLogs` where Transaction Search is on.
        percentage: the share of traces that are then indexed, from 0 to 100.
        rule_modified_ns: when that was last set, in nanoseconds since 1970; 0 for never.
    """

    destination: str
    percentage: float
    rule_modified_ns: int

    @property
    def is_on(self) -> bool:
        """Whether Transaction Search is on."""
        return self.destination == CLOUDWATCH_LOGS

    def indexes(self, trace_id: str) -> bool:
        """Tell whether a trace that arrives now gets a summary, which follows from its id."""
        return not self.is_on or draw(trace_id) < self.percentage / 100


def draw(trace_id: str) -> float:
    """Return a number from 0 to 1 that stays with a trace: its id is random, at its end at least.

    Args:
        trace_id: such as `1-581cf771-a006649127e371903a2de979`.
    """
    return int(trace_id[-8:], 16) / 2**32


def read_settings(reader: Reader) -> Settings:
    """Return what is set.

    Args:
        reader: from `open_reader`, or a connection in a transaction.
    """
    row = reader.execute("SELECT destination, percentage, rule_modified_ns FROM xray_search")
    return Settings(*row.fetchone())


def switch_on(store: Store) -> None:
    """Switch Transaction Search on, and have every trace indexed.

    The spans' log group is left out: a check looks for the app's own lines.
    """
    with store.transaction() as connection:
        connection.execute(
            "UPDATE xray_search SET destination = ?, percentage = 100", (CLOUDWATCH_LOGS,)
        )


def get_trace_segment_destination(store: Store, _params: dict[str, Any]) -> dict[str, Any]:
    """Answer GetTraceSegmentDestination."""
    with store.reader() as reader:
        return _describe(read_settings(reader))


def update_trace_segment_destination(store: Store, params: dict[str, Any]) -> dict[str, Any]:
    """Answer UpdateTraceSegmentDestination: switch Transaction Search on or off, for all.

    AWS wants a resource policy first, which lets X-Ray write to CloudWatch Logs, and takes some
    minutes, in which the status is PENDING; here it is active at once.

    Raises:
        ApiError: a key of KMS is asked for.
    """
    if "CloudWatchLogsConfiguration" in params:
        raise not_emulated("Encryption of spans with a KMS key")
    with store.transaction() as connection:
        if "Destination" in params:
            connection.execute("UPDATE xray_search SET destination = ?", (params["Destination"],))
            if params["Destination"] == CLOUDWATCH_LOGS:
                span_log.make_group(connection)
        return _describe(read_settings(connection))


def get_indexing_rules(store: Store, _params: dict[str, Any]) -> dict[str, Any]:
    """Answer GetIndexingRules: there is one, and no other can be made."""
    with store.reader() as reader:
        return {"IndexingRules": [_describe_rule(read_settings(reader))]}


def update_indexing_rule(store: Store, params: dict[str, Any]) -> dict[str, Any]:
    """Answer UpdateIndexingRule: from now on another share of traces is indexed.

    Raises:
        ApiError: there is no such rule, or the share is none.
    """
    if params["Name"] != RULE:
        raise ApiError("ResourceNotFoundException", f"There is no rule {params['Name']}", 404)
    wanted = params["Rule"].get("Probabilistic")
    if wanted is None or not 0 <= wanted["DesiredSamplingPercentage"] <= 100:
        raise invalid_request("A Probabilistic rule needs a percentage from 0 to 100.")
    with store.transaction() as connection:
        connection.execute(
            "UPDATE xray_search SET percentage = ?, rule_modified_ns = ?",
            (wanted["DesiredSamplingPercentage"], time.time_ns()),
        )
        return {"IndexingRule": _describe_rule(read_settings(connection))}


def _describe(settings: Settings) -> dict[str, Any]:
    return {"Destination": settings.destination, "Status": "ACTIVE"}


def _describe_rule(settings: Settings) -> dict[str, Any]:
    share = settings.percentage
    return {
        "Name": RULE,
        "ModifiedAt": settings.rule_modified_ns / 10**9,
        "Rule": {
            "Probabilistic": {"DesiredSamplingPercentage": share, "ActualSamplingPercentage": share}
        },
    }
