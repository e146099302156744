"""Keeps groups: filter expressions with a name, that traces and the service map can be asked by.

The built-in group 'Default' is always there, has no filter and takes every trace.

Source: https://docs.aws.amazon.com/xray/latest/devguide/xray-console-groups.html
"""

import secrets
import sqlite3
from dataclasses import dataclass, replace
from typing import Any

from workshop.sandbox.aws import ACCOUNT, REGION
from workshop.sandbox.aws.errors import invalid_request
from workshop.sandbox.store import Reader, Store
from workshop.sandbox.xray.filters.compile import check_filter
from workshop.sandbox.xray.paging import cut_page

DEFAULT = "Default"
ARN_PREFIX = f"arn:aws:xray:{REGION}:{ACCOUNT}:group/"
PAGE = 100


@dataclass(frozen=True)
class Group:
    """One group.

    Args:
        name: its name.
        arn: its ARN; a group that is made anew under an old name has another one.
        filter_expression: which traces are in it; None in the built-in one.
        insights_enabled: as it was set; the sandbox has no insights.
        notifications_enabled: likewise.
    """

    name: str
    arn: str
    filter_expression: str | None
    insights_enabled: bool = False
    notifications_enabled: bool = False

    def to_answer(self) -> dict[str, Any]:
        """Return it as the API tells it."""
        answer: dict[str, Any] = {"GroupName": self.name, "GroupARN": self.arn}
        if self.filter_expression is not None:
            answer["FilterExpression"] = self.filter_expression
        answer["InsightsConfiguration"] = {
            "InsightsEnabled": self.insights_enabled,
            "NotificationsEnabled": self.notifications_enabled,
        }
        return answer


def create_group(store: Store, params: dict[str, Any]) -> dict[str, Any]:
    """Answer CreateGroup.

    Raises:
        ApiError: the name is taken, or the filter expression is not one.
    """
    name = params["GroupName"]
    if name == DEFAULT:
        raise invalid_request("Default is a reserved group name")
    arn = f"{ARN_PREFIX}{name}/{secrets.token_hex(16).upper()}"
    group = _change(Group(name, arn, ""), {"FilterExpression": "", **params})
    with store.transaction() as connection:
        if any(each.name == name for each in read_groups(connection)):
            raise invalid_request(f"{name} already exists")
        _save(connection, group)
    return {"Group": group.to_answer()}


def get_group(store: Store, params: dict[str, Any]) -> dict[str, Any]:
    """Answer GetGroup.

    Raises:
        ApiError: there is no such group.
    """
    with store.reader() as reader:
        return {"Group": find_group(reader, params).to_answer()}


def get_groups(store: Store, params: dict[str, Any]) -> dict[str, Any]:
    """Answer GetGroups: the built-in group, then the others by name."""
    with store.reader() as reader:
        page, further = cut_page(read_groups(reader), params, PAGE)
    return {"Groups": [group.to_answer() for group in page], **further}


def update_group(store: Store, params: dict[str, Any]) -> dict[str, Any]:
    """Answer UpdateGroup: change the members that are given.

    Raises:
        ApiError: there is no such group, the filter expression is not one, or it is meant for
            the built-in group.
    """
    with store.transaction() as connection:
        before = find_group(connection, params)
        if before.name == DEFAULT and "FilterExpression" in params:
            raise invalid_request("The Default group filter expression cannot be changed")
        group = _change(before, params)
        _save(connection, group)
    return {"Group": group.to_answer()}


def delete_group(store: Store, params: dict[str, Any]) -> dict[str, Any]:
    """Answer DeleteGroup.

    Raises:
        ApiError: there is no such group, or it is the built-in one.
    """
    with store.transaction() as connection:
        group = find_group(connection, params)
        if group.name == DEFAULT:
            raise invalid_request("The Default group cannot be deleted")
        connection.execute("DELETE FROM xray_groups WHERE name = ?", (group.name,))
    return {}


def read_groups(reader: Reader) -> list[Group]:
    """Return all groups, the built-in one first."""
    rows = reader.execute(
        "SELECT name, arn, filter_expression, insights_enabled, notifications_enabled"
        " FROM xray_groups"
    )
    groups = [
        Group(name, arn, expression, bool(insights), bool(notifications))
        for name, arn, expression, insights, notifications in rows
    ]
    if not any(group.name == DEFAULT for group in groups):
        groups.append(Group(DEFAULT, ARN_PREFIX + DEFAULT, None))
    return sorted(groups, key=lambda group: (group.name != DEFAULT, group.name))


def find_group(reader: Reader, params: dict[str, Any]) -> Group:
    """Return the group that a request names.

    Args:
        reader: from `open_reader`, or a connection in a transaction.
        params: the request's members, with either `GroupName` or `GroupARN`.

    Raises:
        ApiError: there is no such group, or the request names none or two.
    """
    name, arn = params.get("GroupName"), params.get("GroupARN")
    if (name is None) == (arn is None):
        raise invalid_request("Provide either GroupName or GroupARN")
    for group in read_groups(reader):
        if name == group.name or arn == group.arn:
            return group
    raise invalid_request("Group not found")


def _change(group: Group, params: dict[str, Any]) -> Group:
    """Return a group with what a request sets, once that is found valid."""
    expression = params.get("FilterExpression")
    if expression is not None:
        check_filter(expression)
        group = replace(group, filter_expression=expression)
    insights = params.get("InsightsConfiguration", {})
    group = replace(
        group,
        insights_enabled=insights.get("InsightsEnabled", group.insights_enabled),
        notifications_enabled=insights.get("NotificationsEnabled", group.notifications_enabled),
    )
    if group.notifications_enabled and not group.insights_enabled:
        raise invalid_request("Notifications need a group with InsightsEnabled set to true")
    return group


def _save(connection: sqlite3.Connection, group: Group) -> None:
    connection.execute(
        "INSERT OR REPLACE INTO xray_groups"
        " (name, arn, filter_expression, insights_enabled, notifications_enabled)"
        " VALUES (?, ?, ?, ?, ?)",
        (
            group.name,
            group.arn,
            group.filter_expression,
            group.insights_enabled,
            group.notifications_enabled,
        ),
    )
