"""Keeps log groups: names under which streams of events are kept, with one retention for all.

Source: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogGroup.html
"""

import json
from typing import Any

from workshop.sandbox.aws import ACCOUNT, REGION
from workshop.sandbox.aws.errors import not_emulated
from workshop.sandbox.cloudwatch.errors import (
    already_exists,
    invalid_parameter,
    missing_group,
    unsupported_class,
)
from workshop.sandbox.cloudwatch.logs import (
    EVENT_OVERHEAD,
    Group,
    now_ms,
    read_group,
    read_groups,
)
from workshop.sandbox.cloudwatch.paging import read_token, write_token
from workshop.sandbox.store import Reader, Store

STANDARD = "STANDARD"
INFREQUENT_ACCESS = "INFREQUENT_ACCESS"
PAGE = 50
RESERVED = "aws/"
# What the Infrequent Access class is asked for together with.
LOW_COST = (INFREQUENT_ACCESS, "ESSENTIALS")


def create_log_group(store: Store, params: dict[str, Any]) -> dict[str, Any]:
    """Answer CreateLogGroup.

    Raises:
        ApiError: the name is taken or reserved, or the group would need what only AWS has.
    """
    name = params["logGroupName"]
    log_class = params.get("logGroupClass", STANDARD)
    if name.startswith(RESERVED):
        raise invalid_parameter(f"Log group names can't start with the string {RESERVED}")
    if log_class not in (STANDARD, INFREQUENT_ACCESS):
        raise not_emulated(f"The log class {log_class}")
    if "kmsKeyId" in params:
        raise not_emulated("Encryption with a KMS key")
    if params.get("deletionProtectionEnabled"):
        raise not_emulated("Deletion protection")
    with store.transaction() as connection:
        added = connection.execute(
            "INSERT OR IGNORE INTO cloudwatch_log_groups"
            " (name, created_ms, log_group_class, tags) VALUES (?, ?, ?, ?)",
            (name, now_ms(), log_class, json.dumps(params.get("tags", {}))),
        )
        if added.rowcount == 0:
            raise already_exists("log group")
    return {}


def delete_log_group(store: Store, params: dict[str, Any]) -> dict[str, Any]:
    """Answer DeleteLogGroup: the group goes, with all its streams and events.

    Raises:
        ApiError: there is no such group.
    """
    name = (params["logGroupName"],)
    with store.transaction() as connection:
        if connection.execute("DELETE FROM cloudwatch_log_groups WHERE name = ?", name).rowcount:
            connection.execute("DELETE FROM cloudwatch_log_streams WHERE group_name = ?", name)
            connection.execute("DELETE FROM cloudwatch_log_events WHERE group_name = ?", name)
            return {}
    raise missing_group()


def describe_log_groups(store: Store, params: dict[str, Any]) -> dict[str, Any]:
    """Answer DescribeLogGroups: the groups that are asked for, by name.

    Raises:
        ApiError: filters that exclude each other, accounts other than one's own, or a token that
            no answer gave.
    """
    if params.get("includeLinkedAccounts") or params.get("accountIdentifiers"):
        raise not_emulated("The search in linked accounts")
    prefix, part = params.get("logGroupNamePrefix"), params.get("logGroupNamePattern")
    identifiers = params.get("logGroupIdentifiers")
    if prefix is not None and part is not None:
        raise invalid_parameter(
            "LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters."
        )
    filters = {"logGroupNamePrefix", "logGroupNamePattern", "logGroupClass"}
    if identifiers is not None and filters & params.keys():
        raise invalid_parameter("No other filter can be given together with logGroupIdentifiers.")
    after = read_token(params["nextToken"], str)[0] if "nextToken" in params else ""
    log_class = params.get("logGroupClass")
    with store.reader() as reader:
        found = [
            group
            for group in read_groups(reader, prefix or "")
            if group.name > after
            and (part is None or part in group.name)
            and (identifiers is None or group.name in map(name_group, identifiers))
            and (log_class is None or _is_of_class(group, log_class))
        ]
        limit = params.get("limit", PAGE)
        answers = [_to_answer(reader, group, part is not None) for group in found[:limit]]
    answer: dict[str, Any] = {"logGroups": answers}
    if len(found) > limit:
        answer["nextToken"] = write_token(found[limit - 1].name)
    return answer


def group_arn(name: str) -> str:
    """Return a group's ARN, in the form without `:*` at its end."""
    return f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{name}"


def name_group(identifier: str) -> str:
    """Return the name of the group that a name or an ARN stands for, of whatever region."""
    parts = identifier.split(":")
    is_arn = parts[0] == "arn" and len(parts) == 7 and parts[5] == "log-group"
    return parts[6] if is_arn else identifier


def find_group(reader: Reader, params: dict[str, Any]) -> Group:
    """Return the group that a request names.

    Args:
        reader: from `open_reader`, or a connection in a transaction.
        params: the request's members, with either `logGroupName` or `logGroupIdentifier`.

    Raises:
        ApiError: there is no such group, or the request names none or two.
    """
    name, identifier = params.get("logGroupName"), params.get("logGroupIdentifier")
    if (name is None) == (identifier is None):
        raise invalid_parameter("Provide either logGroupName or logGroupIdentifier.")
    group = read_group(reader, name or name_group(str(identifier)))
    if group is None:
        raise missing_group()
    return group


def check_class(group: Group, operation: str) -> None:
    """Check that a group's class has an operation that reads events.

    Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CloudWatch_Logs_Log_Classes.html

    Raises:
        ApiError: it is of the Infrequent Access class.
    """
    if group.log_class == INFREQUENT_ACCESS:
        raise unsupported_class(group.name, operation)


def _is_of_class(group: Group, log_class: str) -> bool:
    wanted = LOW_COST if log_class in LOW_COST else (log_class,)
    return group.log_class in wanted


def _to_answer(reader: Reader, group: Group, is_short: bool) -> dict[str, Any]:
    """Return a group as the API tells it; the search by a part of the name tells less."""
    arn = group_arn(group.name)
    answer = {
        "logGroupName": group.name,
        "creationTime": group.created_ms,
        "arn": f"{arn}:*",
    }
    if is_short:
        return answer
    (stored,) = reader.execute(
        f"SELECT coalesce(sum(length(CAST(message AS BLOB)) + {EVENT_OVERHEAD}), 0)"  # noqa: S608
        " FROM cloudwatch_log_events WHERE group_name = ? AND timestamp_ms >= ?",
        (group.name, group.retained_from_ms(now_ms())),
    ).fetchone()
    if group.retention_days is not None:
        answer["retentionInDays"] = group.retention_days
    return {
        **answer,
        "metricFilterCount": 0,
        "storedBytes": stored,
        "logGroupClass": group.log_class,
        "logGroupArn": arn,
        "deletionProtectionEnabled": False,
        "bearerTokenAuthenticationEnabled": False,
    }
