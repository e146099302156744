"""Splits a span's attributes into annotations, which are indexed, and metadata, which are not.

Source: https://docs.aws.amazon.com/xray/latest/devguide/xray-sdk-migration.html, and for what it
leaves open `makeXRayAttributes` in segment.go of the Collector's exporter for X-Ray.
"""

import json
import re
from typing import Any

ANNOTATIONS = "aws.xray.annotations"
METADATA_PREFIX = "aws.xray.metadata."
OF_RESOURCE = "otel.resource."
DEFAULT_NAMESPACE = "default"
_FORBIDDEN = re.compile(r"[^A-Za-z0-9_.]")


def split_attributes(attributes: dict[str, Any], resource: dict[str, Any]) -> dict[str, Any]:
    """Return a document's `annotations` and `metadata`.

    Args:
        attributes: the span's that nothing else in the document tells. The list
            `aws.xray.annotations` names those that become annotations.
        resource: those of its resource, for a segment; a subsegment does not repeat them.
    """
    wanted = attributes.pop(ANNOTATIONS, [])
    indexed = {each for each in wanted if isinstance(each, str)} if isinstance(wanted, list) else ()
    given = {**{OF_RESOURCE + key: value for key, value in resource.items()}, **attributes}
    annotations: dict[str, Any] = {}
    metadata: dict[str, dict[str, Any]] = {}
    for key, value in given.items():
        if key in indexed and isinstance(value, str | bool | int | float):
            annotations[_FORBIDDEN.sub("_", key)] = value
        else:
            namespace, told = _place(key, value)
            metadata.setdefault(namespace, {}).update(told)
    return {"annotations": annotations, "metadata": metadata}


def _place(key: str, value: Any) -> tuple[str, dict[str, Any]]:
    """Return the namespace of metadata that an attribute belongs into, and what it adds to it."""
    namespace = key.removeprefix(METADATA_PREFIX)
    if namespace != key and isinstance(value, str):
        told = _read_object(value)
        if told is not None:
            is_default = namespace.lower() == DEFAULT_NAMESPACE
            return DEFAULT_NAMESPACE if is_default else namespace, told
    return DEFAULT_NAMESPACE, {key: value}


def _read_object(text: str) -> dict[str, Any] | None:
    """Return the JSON object that a text holds, or None where it could not be written again."""
    try:
        told = json.loads(text)
        json.dumps(told, ensure_ascii=False, allow_nan=False).encode("utf-8")
    except (ValueError, RecursionError):
        return None
    return told if isinstance(told, dict) else None
