"""Turns OTLP's attributes and values into Python's."""

import base64
import math
from collections.abc import Iterable
from typing import Any

from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue


def read_attributes(attributes: Iterable[KeyValue]) -> dict[str, Any]:
    """Return attributes as a dictionary; one without a key or a value is left out."""
    return {each.key: to_python(each.value) for each in attributes if each.key and _is_set(each)}


def to_python(value: AnyValue) -> Any:
    """Return a value as JSON could hold it.

    Bytes become base64, and a number that is not finite the word that protobuf's JSON has for it.
    """
    which = value.WhichOneof("value")
    if which == "array_value":
        return [to_python(each) for each in value.array_value.values]
    if which == "kvlist_value":
        return {each.key: to_python(each.value) for each in value.kvlist_value.values}
    if which == "bytes_value":
        return base64.b64encode(value.bytes_value).decode("ascii")
    if which == "double_value" and not math.isfinite(value.double_value):
        return str(value.double_value).replace("inf", "Infinity").replace("nan", "NaN")
    return getattr(value, which) if which else None


def _is_set(attribute: KeyValue) -> bool:
    return attribute.value.WhichOneof("value") is not None
