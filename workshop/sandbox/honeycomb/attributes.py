"""Turns OTLP attributes into the fields of a Honeycomb event.

Source: `AddAttributesToMap` in https://github.com/honeycombio/husky/blob/main/otlp/common.go
"""

import base64
import json
import math
from collections.abc import Iterable
from typing import Any

from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue

Fields = dict[str, Any]

# How deep lists of keys and values are flattened; what lies deeper becomes JSON text.
DEPTH_LIMIT = 5
# The longest text that Honeycomb keeps in one field, in bytes.
FIELD_LIMIT = 65_535

_PLAIN = {"string_value", "bool_value", "int_value"}


def add_attributes(fields: Fields, attributes: Iterable[KeyValue]) -> None:
    """Add attributes to the fields of an event; one without a key or a value is left out.

    Args:
        fields: added to, in place; what is there already is overridden.
        attributes: of a resource, a scope, a span, a span event or a link.
    """
    for attribute in attributes:
        key = attribute.key
        if key:
            value = attribute.value
            which = value.WhichOneof("value")
            if which in _PLAIN:
                fields[key] = getattr(value, which)
            else:
                _add(fields, key, value, which, 0)


def _add(fields: Fields, key: str, value: AnyValue, which: str | None, depth: int) -> None:
    if which in _PLAIN:
        fields[key] = getattr(value, which)
    elif which == "double_value":
        fields[key] = _number(value.double_value)
    elif which in ("array_value", "bytes_value"):
        _add_json(fields, key, value)
    elif which == "kvlist_value":
        for entry in value.kvlist_value.values:
            name = f"{key}.{entry.key}"
            if depth < DEPTH_LIMIT:
                _add(fields, name, entry.value, entry.value.WhichOneof("value"), depth + 1)
            else:
                _add_json(fields, name, entry.value)


def _number(value: float) -> float | str:
    # JSON has no word for these; protobuf's JSON spells them so.
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    return value


def _add_json(fields: Fields, key: str, value: AnyValue) -> None:
    """Add a value as JSON text, in the form that Go's encoder gives it.

    That form ends with a line feed, sorts keys, and has no number that is not finite: a value
    that holds one is left out.
    """
    try:
        text = json.dumps(
            _plain(value),
            ensure_ascii=False,
            allow_nan=False,
            sort_keys=True,
            separators=(",", ":"),
        )
    except ValueError:
        return
    encoded = f"{text}\n".encode()
    fields[key] = encoded[:FIELD_LIMIT].decode("utf-8", errors="ignore")


def _plain(value: AnyValue) -> Any:
    which = value.WhichOneof("value")
    if which == "array_value":
        return [_plain(item) for item in value.array_value.values]
    if which == "kvlist_value":
        return {entry.key: _plain(entry.value) for entry in value.kvlist_value.values}
    if which == "bytes_value":
        return base64.b64encode(value.bytes_value).decode("ascii")
    if which == "double_value":
        number = value.double_value
        # Go writes 1.0 as 1.
        return int(number) if number.is_integer() and abs(number) < 1e21 else number
    return getattr(value, which) if which in _PLAIN else None
