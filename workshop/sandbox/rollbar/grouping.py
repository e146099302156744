"""Tells which occurrences belong together, and what their item is called.

Rollbar groups common kinds of errors by patterns that it has learned and does not publish. This is
its basic algorithm, which it uses for the rest: https://docs.rollbar.com/docs/grouping-algorithm.
"""

import hashlib
import re
from typing import Any

from workshop.sandbox.rollbar.payload import Json

FINGERPRINT_LIMIT = 40
TITLE_LIMIT = 255
ROOT = "<root>"

_DATE_OR_SHA = re.compile(r"\b(?:\d{4}-?\d{2}-?\d{2}(?:-?\d{6})?|\d{14}|[0-9a-f]{40})\b")
_NUMBER = re.compile(r"\d{2,}")
# What looks like data in a message: times, broken numbers, hexadecimals, whole numbers.
_DATA = re.compile(
    r"\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?"
    r"|\d{1,2}:\d{2}(?::\d{2})?"
    r"|\d+\.\d+"
    r"|\b0x[0-9a-fA-F]+\b"
    r"|\b(?=[0-9a-fA-F]*\d)[0-9a-fA-F]{4,}\b"
    r"|\d{2,}"
)


def find_fingerprint(data: Json) -> str:
    """Return what all occurrences of an item have in common.

    An exception's is made of the files and functions of all its frames and of its class. Line
    numbers and messages do not count. A message's is made of its words, without what looks like
    data. The payload may bring its own.

    Args:
        data: as `parse_payload` returns it.
    """
    given = data.get("fingerprint")
    if given:
        return given if len(given) <= FINGERPRINT_LIMIT else _hash(given)
    body = data["body"]
    if message := body.get("message"):
        return _hash(_DATA.sub("", message["body"]))
    if report := body.get("crash_report"):
        return _hash(_DATA.sub("", report["raw"]))
    root = str((data.get("server") or {}).get("root") or "")
    parts = []
    for trace in list_traces(data):
        for frame in trace["frames"]:
            parts.append(_strip_file(frame["filename"], root))
            parts.append(_NUMBER.sub("", str(frame.get("method") or "")))
        parts.append(trace["exception"]["class"])
    return _hash("\n".join(parts))


def find_title(data: Json) -> str:
    """Return an item's title, such as `ZeroDivisionError: division by zero`.

    Args:
        data: as `parse_payload` returns it.
    """
    body = data["body"]
    if given := data.get("title"):
        title = given
    elif message := body.get("message"):
        title = message["body"]
    elif report := body.get("crash_report"):
        title = report["raw"]
    else:
        exception = list_traces(data)[0]["exception"]
        message = exception.get("message")
        title = f"{exception['class']}: {message}" if message else exception["class"]
    return next(iter(str(title).strip().splitlines()), "")[:TITLE_LIMIT]


def list_traces(data: Json) -> list[dict[str, Any]]:
    """Return an occurrence's exceptions: the one that was reported, then what led to it.

    Args:
        data: as `parse_payload` returns it.
    """
    body = data["body"]
    trace = body.get("trace")
    return [trace] if trace else list(body.get("trace_chain") or ())


def _strip_file(name: str, root: str) -> str:
    if root and name.startswith(root):
        name = ROOT + name[len(root) :]
    return _DATE_OR_SHA.sub("", name)


def _hash(text: str) -> str:
    return hashlib.sha1(text.encode("utf-8", "replace"), usedforsecurity=False).hexdigest()
