"""Reads what an SDK posts: JSON with one occurrence below `data`, and the rules that it must keep.

Source: https://docs.rollbar.com/reference/create-item
"""

import json
from typing import Any
from urllib.parse import parse_qs

from workshop.sandbox.rollbar import errors

BODY_LIMIT = 1024 * 1024
"""Bytes. Rollbar publishes no number at present; its SDK for Java sends up to this many."""

DEEPEST = 200
"""Levels of objects and lists within each other; SDKs send a dozen."""

LEVELS = ("critical", "error", "warning", "info", "debug")
"""From the worst to the least."""
KINDS = ("trace", "trace_chain", "message", "crash_report")
"""What an occurrence may be; it is exactly one of these."""
CLIENT_PLATFORMS = ("browser", "android", "ios", "flash", "client")
"""Platforms whose occurrences need a token of another scope."""
LATEST = 2**40
"""Seconds since 1970 that are certainly milliseconds, or nonsense."""

_TEXTS = {
    "environment": 255,
    "title": 255,
    "uuid": 36,
    "fingerprint": None,
    "platform": None,
    "language": None,
    "framework": None,
    "code_version": None,
}
"""Members that are texts, and the most characters of each, where there is such a limit."""

Json = dict[str, Any]


def read_json(stream: Any, content_length: int | None, content_type: str) -> Json:
    """Read a request's body as a JSON object.

    Args:
        stream: the body as it came, with a `read(size)`.
        content_length: how long it says it is, in bytes.
        content_type: the header's value. A form may hold the JSON in its parameter `payload`.

    Raises:
        RollbarError: it is too long, or no such object.
    """
    if content_length is not None and content_length > BODY_LIMIT:
        raise errors.too_large()
    raw: bytes = stream.read(BODY_LIMIT + 1)
    if len(raw) > BODY_LIMIT:
        raise errors.too_large()
    if content_type.startswith("application/x-www-form-urlencoded") and raw.startswith(b"payload="):
        form = parse_qs(raw.decode("utf-8", "replace"), keep_blank_values=True)
        raw = form["payload"][0].encode("utf-8", "replace")
    if not raw:
        raise errors.bad_request("no JSON payload was found")
    try:
        # JSON has no word for these numbers, and Python's own writer uses them all the same.
        document = json.loads(raw, parse_constant=str)
    except (ValueError, RecursionError):
        raise errors.bad_request("the JSON payload could not be decoded") from None
    if not isinstance(document, dict):
        raise errors.unprocessable("The payload is not an object.")
    if _is_deep(document):
        raise errors.unprocessable(f"The payload is nested more than {DEEPEST} levels deep.")
    return document


def parse_payload(document: Json) -> Json:
    """Return what is to be kept of a post: its `data`, which keeps the rules.

    Args:
        document: as `read_json` returns it.

    Raises:
        RollbarError: the first rule that it breaks.
    """
    data: Json = _require(document, "data", dict, "")
    _require(data, "environment", str, "data.")
    for name, limit in _TEXTS.items():
        value = data.get(name)
        if value is None:
            continue
        if not isinstance(value, str):
            raise errors.unprocessable(f"data.{name} is not a string.")
        if limit is not None and len(value) > limit:
            raise errors.unprocessable(f"data.{name} is longer than {limit} characters.")
    level = data.get("level")
    if level is not None and level not in LEVELS:
        raise errors.unprocessable(f"data.level is not one of {', '.join(LEVELS)}.")
    _check_timestamp(data.get("timestamp"))
    for name in ("person", "request", "server", "custom"):
        if not isinstance(data.get(name) or {}, dict):
            raise errors.unprocessable(f"data.{name} is not an object.")
    _check_body(_require(data, "body", dict, "data."))
    return data


def _is_deep(document: Json) -> bool:
    """Tell whether a document is nested so deeply that it could be read, but not written again."""
    level: list[Any] = [document]
    for _ in range(DEEPEST):
        level = [
            inner
            for outer in level
            for inner in (outer.values() if isinstance(outer, dict) else outer)
            if isinstance(inner, dict | list)
        ]
        if not level:
            return False
    return True


def _check_body(body: Json) -> None:
    given = [kind for kind in KINDS if body.get(kind) is not None]
    if len(given) != 1:
        found = " and ".join(given) or "none"
        raise errors.unprocessable(
            f"data.body needs exactly one of {', '.join(KINDS)}; it has {found}."
        )
    kind = given[0]
    if kind == "message":
        message = _require(body, "message", dict, "data.body.")
        _require(message, "body", str, "data.body.message.")
    elif kind == "crash_report":
        report = _require(body, "crash_report", dict, "data.body.")
        _require(report, "raw", str, "data.body.crash_report.")
    elif kind == "trace":
        _check_trace(_require(body, "trace", dict, "data.body."), "data.body.trace.")
    else:
        chain = _require(body, "trace_chain", list, "data.body.")
        if not chain:
            raise errors.unprocessable("data.body.trace_chain is empty.")
        for index, trace in enumerate(chain):
            if not isinstance(trace, dict):
                raise errors.unprocessable(f"data.body.trace_chain[{index}] is not an object.")
            _check_trace(trace, f"data.body.trace_chain[{index}].")


def _check_trace(trace: Json, where: str) -> None:
    for index, frame in enumerate(_require(trace, "frames", list, where)):
        if not isinstance(frame, dict):
            raise errors.unprocessable(f"{where}frames[{index}] is not an object.")
        _require(frame, "filename", str, f"{where}frames[{index}].")
    exception = _require(trace, "exception", dict, where)
    _require(exception, "class", str, f"{where}exception.")


def _check_timestamp(value: object) -> None:
    if value is None:
        return
    # A bool is an int to Python.
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise errors.unprocessable("data.timestamp is not a number.")
    if not 0 <= value < LATEST:
        raise errors.unprocessable("data.timestamp is not in seconds since 1970.")


_NAMES: dict[type, str] = {dict: "an object", list: "a list", str: "a string"}


def _require(holder: Json, name: str, kind: type, where: str) -> Any:
    value = holder.get(name)
    if value is None or value == "":
        raise errors.unprocessable(f"{where}{name} is missing and it is required.")
    if not isinstance(value, kind):
        raise errors.unprocessable(f"{where}{name} is not {_NAMES[kind]}.")
    return value
