"""Answers GetTraceSummaries: which traces there are in a time, and which of them a filter takes."""

import base64
import hashlib
import json
import re
from typing import Any

from workshop.sandbox.aws.errors import invalid_request
from workshop.sandbox.store import Reader, Store
from workshop.sandbox.xray.filters import Condition, compile_filter
from workshop.sandbox.xray.filters.compile import EVERY
from workshop.sandbox.xray.groups import find_group
from workshop.sandbox.xray.trace import as_ns
from workshop.sandbox.xray.unindexed import count_waiting, index_latest

PAGE = 500
# Whose time counts, by TimeRangeType: the request's own, its last document's, its last end.
_TIMES = {"TraceId": "time_ns", "Event": "updated_ns", "Service": "ended_ns"}
_CHOOSING = {"FilterExpression", "GroupName", "GroupARN"}
_TOKEN = re.compile(r"(\d{1,19}) (1-[0-9a-fA-F]{8}-[0-9a-fA-F]{24}) ([0-9a-f]{16})")


def get_trace_summaries(store: Store, params: dict[str, Any]) -> dict[str, Any]:
    """Answer GetTraceSummaries: a page of summaries, the most recent first.

    While Transaction Search is on, only the share of traces that is indexed gets one.

    Raises:
        ApiError: the times, the filter expression or the token are not valid.
    """
    start_ns, end_ns = read_time_range(params)
    column = _TIMES[params.get("TimeRangeType", "TraceId")]
    sampled = _find_sampling(params)
    before = _read_token(params)
    takes_all = column == "time_ns" and sampled is EVERY and not _CHOOSING & params.keys()
    if takes_all:
        # Of a great many that have just arrived, the latest do not wait for all the others.
        opened = store.reader_of_some(
            lambda connection: index_latest(connection, start_ns, end_ns, before, PAGE + 1)
        )
    else:
        opened = store.reader()
    with opened as reader:
        wanted = find_condition(reader, params)
        within = f"FROM xray_traces AS trace WHERE indexed AND {column} >= ? AND {column} < ?"
        (processed,) = reader.execute(
            f"SELECT count(*) {within}",
            (start_ns, end_ns),
        ).fetchone()
        if takes_all:
            processed += count_waiting(reader, start_ns, end_ns)
        rows = reader.execute(
            f"SELECT {column}, trace_id, summary {within} AND {sampled.sql}"
            f" AND ({column}, trace_id) < (?, ?) AND {wanted.sql}"
            f" ORDER BY {column} DESC, trace_id DESC LIMIT {PAGE + 1}",
            (start_ns, end_ns, *sampled.params, *before, *wanted.params),
        ).fetchall()
    page = rows[:PAGE]
    answer: dict[str, Any] = {
        "TraceSummaries": [json.loads(summary) for _, _, summary in page],
        "ApproximateTime": page[-1][0] // 10**9 if page else start_ns // 10**9,
        "TracesProcessedCount": processed,
    }
    if len(rows) > PAGE:
        answer["NextToken"] = _make_token(params, page[-1][0], page[-1][1])
    return answer


def read_time_range(params: dict[str, Any]) -> tuple[int, int]:
    """Return a request's `StartTime` and `EndTime` in nanoseconds since 1970.

    Raises:
        ApiError: the end is not after the start, or one is no time that can be.
    """
    start, end = float(params["StartTime"]), float(params["EndTime"])
    if not (0 <= start < 9e9 and 0 <= end < 9e9):
        raise invalid_request("StartTime and EndTime have to be seconds since 1970.")
    if end <= start:
        raise invalid_request("EndTime has to be after StartTime.")
    return as_ns(start), as_ns(end)


def find_condition(reader: Reader, params: dict[str, Any]) -> Condition:
    """Return what traces a request's `FilterExpression` or group takes.

    Raises:
        ApiError: it is not a filter expression, or there is no such group.
    """
    if "GroupName" in params or "GroupARN" in params:
        expression = find_group(reader, params).filter_expression
        return EVERY if expression is None else compile_filter(expression)
    if "FilterExpression" not in params:
        return EVERY
    names = {"group.name": "GroupName", "group.arn": "GroupARN"}
    return compile_filter(
        params["FilterExpression"],
        lambda keyword, value: find_group(reader, {names[keyword]: value}).filter_expression,
    )


def _find_sampling(params: dict[str, Any]) -> Condition:
    """Return which traces a request's sampling leaves; a partial scan leaves all of them here."""
    strategy = params.get("SamplingStrategy", {})
    if not params.get("Sampling") or strategy.get("Name") != "FixedRate":
        return EVERY
    rate = strategy.get("Value", 1.0)
    if not 0 <= rate <= 1:
        raise invalid_request("A FixedRate SamplingStrategy needs a Value from 0 to 1.")
    return Condition("draw < ?", (rate,))


def _make_token(params: dict[str, Any], time_ns: int, trace_id: str) -> str:
    text = f"{time_ns} {trace_id} {_digest(params)}"
    return base64.urlsafe_b64encode(text.encode("ascii")).decode("ascii")


def _read_token(params: dict[str, Any]) -> tuple[int, str]:
    """Return the time and id of the last trace on the page before; what is before all, at first."""
    if "NextToken" not in params:
        return 2**63 - 1, ""
    try:
        text = base64.urlsafe_b64decode(params["NextToken"].encode("ascii")).decode("ascii")
    except ValueError:
        text = ""
    match = _TOKEN.fullmatch(text)
    if match is None or match[3] != _digest(params):
        raise invalid_request("NextToken is not one that an answer to this request gave.")
    return min(int(match[1]), 2**63 - 1), match[2]


def _digest(params: dict[str, Any]) -> str:
    """Return what tells one request from another, so that a token fits only its own."""
    asked = {key: value for key, value in params.items() if key != "NextToken"}
    text = json.dumps(asked, sort_keys=True)
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()
