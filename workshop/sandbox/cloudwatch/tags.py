"""Keeps the tags of log groups.

Source: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_TagResource.html
"""

import json
import sqlite3
from collections.abc import Callable
from typing import Any

from workshop.sandbox.aws.errors import ApiError
from workshop.sandbox.cloudwatch.errors import missing_group
from workshop.sandbox.cloudwatch.groups import name_group
from workshop.sandbox.cloudwatch.logs import read_group
from workshop.sandbox.store import Reader, Store

MOST = 50


def tag_resource(store: Store, params: dict[str, Any]) -> dict[str, Any]:
    """Answer TagResource: add tags to a group, or change them.

    Raises:
        ApiError: there is no such group, or it would have too many tags.
    """
    return _change(store, name_group(params["resourceArn"]), _adding(params["tags"]))


def untag_resource(store: Store, params: dict[str, Any]) -> dict[str, Any]:
    """Answer UntagResource; a tag that is not there is none to remove.

    Raises:
        ApiError: there is no such group.
    """
    return _change(store, name_group(params["resourceArn"]), _removing(params["tagKeys"]))


def list_tags_for_resource(store: Store, params: dict[str, Any]) -> dict[str, Any]:
    """Answer ListTagsForResource.

    Raises:
        ApiError: there is no such group.
    """
    with store.reader() as reader:
        return {"tags": _read_tags(reader, name_group(params["resourceArn"]))}


def tag_log_group(store: Store, params: dict[str, Any]) -> dict[str, Any]:
    """Answer TagLogGroup, the older TagResource."""
    return _change(store, params["logGroupName"], _adding(params["tags"]))


def untag_log_group(store: Store, params: dict[str, Any]) -> dict[str, Any]:
    """Answer UntagLogGroup, the older UntagResource."""
    return _change(store, params["logGroupName"], _removing(params["tags"]))


def list_tags_log_group(store: Store, params: dict[str, Any]) -> dict[str, Any]:
    """Answer ListTagsLogGroup, the older ListTagsForResource."""
    with store.reader() as reader:
        return {"tags": _read_tags(reader, params["logGroupName"])}


Tags = dict[str, str]


def _adding(tags: Tags) -> Callable[[Tags], Tags]:
    return lambda before: {**before, **tags}


def _removing(keys: list[str]) -> Callable[[Tags], Tags]:
    return lambda before: {key: value for key, value in before.items() if key not in keys}


def _change(store: Store, name: str, change: Callable[[Tags], Tags]) -> dict[str, Any]:
    with store.transaction() as connection:
        tags = change(_read_tags(connection, name))
        if len(tags) > MOST:
            raise ApiError("TooManyTagsException", f"A resource can have no more than {MOST} tags.")
        _save(connection, name, tags)
    return {}


def _save(connection: sqlite3.Connection, name: str, tags: Tags) -> None:
    connection.execute(
        "UPDATE cloudwatch_log_groups SET tags = ? WHERE name = ?", (json.dumps(tags), name)
    )


def _read_tags(reader: Reader, name: str) -> Tags:
    group = read_group(reader, name)
    if group is None:
        raise missing_group()
    return dict(group.tags)
