"""The rows that a query works on: log events with the fields that are discovered in them.

Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_AnalyzeLogData-discoverable-fields.html
"""

import base64
import json
import time
from collections.abc import Iterator, Sequence
from typing import Any

from workshop.sandbox.aws import ACCOUNT
from workshop.sandbox.cloudwatch.insights.periods import DAY_MS
from workshop.sandbox.cloudwatch.insights.values import Time, Value
from workshop.sandbox.store import Reader

# "A maximum of 200 log event fields from a JSON log".
FIELDS_LIMIT = 200
SYSTEM_FIELDS = ("@timestamp", "@message", "@logStream", "@log", "@ingestionTime", "@ptr")


class Row:
    """A log event, or a row of what `stats` made of some.

    Args:
        values: the value of each field that is known so far.
        message: what to discover more fields in; empty for nothing.
        order: the time and the number of arrival of an event, which order events.
    """

    __slots__ = ("_discovered", "_message", "order", "values")

    def __init__(
        self, values: dict[str, Value], message: str = "", order: tuple[int, int] = (0, 0)
    ) -> None:
        self.values = values
        self.order = order
        self._message = message
        self._discovered: dict[str, Value] | None = None

    def get(self, name: str) -> Value:
        """Return the value of a field; None if the row does not have it."""
        if name in self.values:
            return self.values[name]
        if self._discovered is None:
            self._discovered = discover_fields(self._message) if self._message else {}
        return self._discovered.get(name)


def read_events(reader: Reader, groups: Sequence[str], start_ms: int, end_ms: int) -> Iterator[Row]:
    """Yield the events of some log groups that have not expired, latest first.

    Fields are discovered in groups of the class STANDARD only.

    Args:
        reader: from `open_reader`.
        groups: names of log groups.
        start_ms: the earliest time, in milliseconds since 1970.
        end_ms: the latest time, included.
    """
    found = reader.execute(
        "SELECT event.id, group_name, stream_name, timestamp_ms, ingestion_ms, message,"
        " log_group_class = 'STANDARD'"
        " FROM cloudwatch_log_events AS event"
        " JOIN cloudwatch_log_groups AS log_group ON log_group.name = group_name"
        " WHERE group_name IN (SELECT value FROM json_each(?))"
        " AND timestamp_ms BETWEEN ? AND ?"
        " AND (retention_days IS NULL OR timestamp_ms >= ? - retention_days * ?)"
        " ORDER BY timestamp_ms DESC, event.id DESC",
        (json.dumps(list(groups)), start_ms, end_ms, time.time_ns() // 10**6, DAY_MS),
    )
    for number, group, stream, timestamp_ms, ingestion_ms, message, is_standard in found:
        values: dict[str, Value] = {
            "@timestamp": Time(timestamp_ms),
            "@message": message,
            "@logStream": stream,
            "@log": f"{ACCOUNT}:{group}",
            "@ingestionTime": Time(ingestion_ms),
            "@ptr": base64.b64encode(f"{group} {number}".encode()).decode("ascii"),
        }
        yield Row(values, message if is_standard else "", (timestamp_ms, number))


def discover_fields(message: str) -> dict[str, Value]:
    """Return the fields of a message that is a JSON object, by their paths.

    A path joins keys and places in arrays by dots, as in `items.0.id`. A key that starts with '@'
    gets one more. A field that is null is left out; true and false are kept as such.

    Args:
        message: of a log event; one that is no JSON object has no fields.
    """
    if not message.lstrip().startswith("{"):
        return {}
    try:
        document = _decode(message)
    except (ValueError, RecursionError):
        return {}
    fields: dict[str, Value] = {}
    waiting: list[tuple[str, Any]] = [("", document)]
    while waiting and len(fields) < FIELDS_LIMIT:
        path, value = waiting.pop()
        if isinstance(value, dict | list):
            pairs = value.items() if isinstance(value, dict) else enumerate(value)
            inside = [(_join(path, str(key)), each) for key, each in pairs]
            waiting += reversed(inside)
        elif value is not None:
            fields[path] = value
    return fields


def _join(path: str, key: str) -> str:
    if path:
        return f"{path}.{key}"
    return f"@{key}" if key.startswith("@") else key


def _read_float(text: str) -> Value:
    # A number that no float can hold stays as it is written.
    number = float(text)
    return text if number in (float("inf"), float("-inf")) else number


def _refuse(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


_decode = json.JSONDecoder(parse_float=_read_float, parse_constant=_refuse).decode
