"""Answers the operations of CloudWatch Logs Insights.

Source: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_StartQuery.html
"""

import json
import time
from collections.abc import Callable
from typing import Any

from workshop.sandbox.aws.errors import ApiError, not_emulated
from workshop.sandbox.cloudwatch.errors import invalid_parameter, missing_group
from workshop.sandbox.cloudwatch.groups import name_group
from workshop.sandbox.cloudwatch.insights import run_query, storage
from workshop.sandbox.cloudwatch.paging import read_token, write_token
from workshop.sandbox.store import Reader, Store

GROUPS_LIMIT = 50
PAGE = 10_000
QUERIES_PAGE = 1000
LANGUAGE = "CWLI"
# The last second of the year 9999; what is later was meant as milliseconds.
LATEST = 253_402_300_799
_GROUP_MEMBERS = ("logGroupName", "logGroupNames", "logGroupIdentifiers")


def start_query(store: Store, params: dict[str, Any]) -> dict[str, Any]:
    """Answer StartQuery.

    Raises:
        ApiError: the query, its log groups or its times are not valid.
    """
    _check_language(params)
    groups = _read_groups(params)
    start, end = params["startTime"], params["endTime"]
    if max(start, end) > LATEST:
        raise invalid_parameter("startTime and endTime are seconds since 1970, not milliseconds.")
    if end < start:
        raise invalid_parameter("endTime is before startTime.")
    began_ns = time.monotonic_ns()
    with store.reader() as reader:
        _check_exist(reader, groups)
        query = params["queryString"]
        result = run_query(reader, groups, query, start * 1000, end * 1000, params.get("limit"))
    duration_ms = (time.monotonic_ns() - began_ns) // 10**6
    return {"queryId": storage.store_query(store, query, groups, result, duration_ms)}


def get_query_results(store: Store, params: dict[str, Any]) -> dict[str, Any]:
    """Answer GetQueryResults: how far the query is, and a page of its rows once it is complete.

    Raises:
        ApiError: there is no such query, or the token is no answer's.
    """
    found = storage.look_at_query(store, params["queryId"])
    if found is None:
        raise _missing_query()
    answer: dict[str, Any] = {"queryLanguage": LANGUAGE, "status": found.status, "results": []}
    if found.status != storage.COMPLETE:
        return answer | {"statistics": _describe_scan(0, 0, 0, 0)}
    start = 0
    if "nextToken" in params:
        of_query, start = read_token(params["nextToken"], str, int)
        if of_query != found.id:
            raise invalid_parameter("The specified nextToken is invalid.")
    size = params.get("maxItems") or PAGE
    with store.reader() as reader:
        page = storage.read_rows(reader, found.id, start, size)
        count = storage.count_rows(reader, found.id)
    answer["results"] = [
        [{"field": name, "value": value} for name, value in fields.items()] for fields in page
    ]
    scan = (found.records_matched, found.records_scanned, found.bytes_scanned)
    answer["statistics"] = _describe_scan(*scan, len(found.groups)) | {"resultCount": float(count)}
    if start + len(page) < count:
        answer["nextToken"] = write_token(found.id, start + len(page))
    return answer


def stop_query(store: Store, params: dict[str, Any]) -> dict[str, Any]:
    """Answer StopQuery.

    Raises:
        ApiError: there is no such query, or it has ended.
    """
    found = storage.cancel_query(store, params["queryId"])
    if found is None:
        raise _missing_query()
    if found.status in (storage.COMPLETE, storage.CANCELLED):
        raise invalid_parameter("The specified query is not running.")
    return {"success": True}


def describe_queries(store: Store, params: dict[str, Any]) -> dict[str, Any]:
    """Answer DescribeQueries: the latest first; each with its log group if it has one alone.

    Raises:
        ApiError: there is no such log group, or the token is no answer's.
    """
    if params.get("queryLanguage", LANGUAGE) != LANGUAGE:
        return {"queries": []}
    (before,) = read_token(params["nextToken"], int) if "nextToken" in params else (2**63 - 1,)
    size = params.get("maxResults", QUERIES_PAGE)
    group = params.get("logGroupName")
    with store.reader() as reader:
        _check_exist(reader, [group] if group else [])
        found = storage.list_queries(
            reader, group=group, status=params.get("status"), before=before, limit=size + 1
        )
    answer: dict[str, Any] = {"queries": [_describe_query(each) for each in found[:size]]}
    if len(found) > size:
        answer["nextToken"] = write_token(found[size - 1].number)
    return answer


def _check_language(params: dict[str, Any]) -> None:
    language = params.get("queryLanguage", LANGUAGE)
    if language != LANGUAGE:
        raise not_emulated(f"The query language {language} of CloudWatch Logs Insights")


def _read_groups(params: dict[str, Any]) -> list[str]:
    given = [params[member] for member in _GROUP_MEMBERS if member in params]
    if len(given) != 1:
        raise invalid_parameter(f"Exactly one of {', '.join(_GROUP_MEMBERS)} has to be given.")
    names = [given[0]] if isinstance(given[0], str) else given[0]
    if not 1 <= len(names) <= GROUPS_LIMIT:
        raise invalid_parameter(f"A query has from 1 to {GROUPS_LIMIT} log groups.")
    return list(dict.fromkeys(map(name_group, names)))


def _check_exist(reader: Reader, groups: list[str]) -> None:
    (known,) = reader.execute(
        "SELECT count(*) FROM cloudwatch_log_groups WHERE name IN (SELECT value FROM json_each(?))",
        (json.dumps(groups),),
    ).fetchone()
    if known != len(groups):
        raise missing_group()


def _missing_query() -> ApiError:
    return ApiError("ResourceNotFoundException", "The specified query does not exist.")


def _describe_scan(matched: int, scanned: int, size: int, groups: int) -> dict[str, float]:
    return {
        "recordsMatched": float(matched),
        "recordsScanned": float(scanned),
        "estimatedRecordsSkipped": 0.0,
        "bytesScanned": float(size),
        "estimatedBytesSkipped": 0.0,
        "logGroupsScanned": float(groups),
    }


def _describe_query(query: storage.StoredQuery) -> dict[str, Any]:
    described = {
        "queryLanguage": LANGUAGE,
        "queryId": query.id,
        "queryString": query.query,
        "status": query.status,
        "createTime": query.created_ms,
        "queryDuration": query.duration_ms,
        "bytesScanned": float(query.bytes_scanned),
    }
    return described | ({"logGroupName": query.groups[0]} if len(query.groups) == 1 else {})


OPERATIONS: dict[str, Callable[[Store, dict[str, Any]], dict[str, Any]]] = {
    "StartQuery": start_query,
    "GetQueryResults": get_query_results,
    "StopQuery": stop_query,
    "DescribeQueries": describe_queries,
}
