"""Says what is wrong with a segment document, in X-Ray's words.

The rules are the required fields of
https://docs.aws.amazon.com/xray/latest/devguide/xray-api-segmentdocuments.html; what X-Ray calls
each error was seen in the logs of its daemon, such as
https://github.com/aws/aws-xray-daemon/issues/184. What else a document holds is not checked, and
real ones need it: the SDK sends members and values that the published schema does not know.
"""

import json
import math
import re
from dataclasses import dataclass
from typing import Any

SIZE_LIMIT = 64 * 1024
NAME_LIMIT = 200
# X-Ray's own is not known; deeper ones could not be written as JSON again.
DEPTH_LIMIT = 100
_ID = re.compile(r"[0-9a-fA-F]{16}")
_TRACE_ID = re.compile(r"1-[0-9a-fA-F]{8}-[0-9a-fA-F]{24}")
_SYMBOLS = "_.:/%&#=+\\-@"


@dataclass
class InvalidSegmentError(Exception):
    """A document that X-Ray does not take.

    Args:
        code: X-Ray's name of the error, such as `MissingName`.
        message: X-Ray's sentence.
        segment_id: the document's own id; empty where it could not be read.
    """

    code: str
    message: str
    segment_id: str = ""


def parse_document(text: str) -> dict[str, Any]:
    """Return what a valid document says.

    Args:
        text: a document as it was sent.

    Raises:
        InvalidSegmentError: X-Ray would not take it.
    """
    try:
        if len(text.encode("utf-8")) > SIZE_LIMIT:
            raise _invalid("segment", "SegmentTooLarge")
        document = json.loads(text, parse_constant=_refuse_constant, parse_float=_parse_float)
        if "\\ud" in text.lower():
            # Half a character, as an escape: no text that could be kept.
            json.dumps(document, ensure_ascii=False).encode("utf-8")
    except (ValueError, RecursionError):
        raise _invalid("segment", "ParseError") from None
    if not isinstance(document, dict):
        raise _invalid("segment", "MissingId")
    is_subsegment = document.get("type") == "subsegment"
    what = "subsegment" if is_subsegment else "segment"
    segment_id = _check_id(document, what, "")
    _check_fields(document, what, segment_id)
    _check_trace_id(document, what, segment_id)
    parent_id = document.get("parent_id")
    if parent_id is None and is_subsegment:
        raise _invalid(what, "MissingParentId", segment_id)
    if parent_id is not None and not _is_id(parent_id):
        raise _invalid(what, "InvalidParentId", segment_id)
    _check_subsegments(document, segment_id)
    return document


def _check_id(document: dict[str, Any], what: str, segment_id: str) -> str:
    own_id = document.get("id")
    if own_id is None:
        raise _invalid(what, "MissingId", segment_id)
    if not _is_id(own_id):
        raise _invalid(what, "InvalidId", segment_id)
    return str(own_id)


def _check_fields(document: dict[str, Any], what: str, segment_id: str) -> None:
    """Check what segments and subsegments both need."""
    name = document.get("name")
    if name is None or name == "":
        raise _invalid(what, "MissingName", segment_id)
    if not isinstance(name, str) or len(name) > NAME_LIMIT or not all(map(_is_allowed, name)):
        raise _invalid(what, "InvalidName", segment_id)
    if document.get("start_time") is None:
        raise _invalid(what, "MissingStartTime", segment_id)
    if not _is_time(document["start_time"]):
        raise _invalid(what, "InvalidStartTime", segment_id)
    end = document.get("end_time")
    if end is None and document.get("in_progress") is not True:
        raise _invalid(what, "MissingEndTime", segment_id)
    if end is not None and not _is_time(end):
        raise _invalid(what, "InvalidEndTime", segment_id)


def _check_trace_id(document: dict[str, Any], what: str, segment_id: str) -> None:
    trace_id = document.get("trace_id")
    if trace_id is None:
        raise _invalid(what, "MissingTraceId", segment_id)
    if not isinstance(trace_id, str) or _TRACE_ID.fullmatch(trace_id) is None:
        raise _invalid(what, "InvalidTraceId", segment_id)


def _check_subsegments(document: dict[str, Any], segment_id: str) -> None:
    """Check the subsegments at every depth; X-Ray refuses the whole document for one of them."""
    waiting = [(document, 0)]
    while waiting:
        here, depth = waiting.pop()
        inside = here.get("subsegments") or []
        is_list = isinstance(inside, list) and all(isinstance(each, dict) for each in inside)
        if not is_list or depth > DEPTH_LIMIT:
            raise _invalid("subsegment", "ParseError", segment_id)
        for part in inside:
            _check_id(part, "subsegment", segment_id)
            _check_fields(part, "subsegment", segment_id)
            waiting.append((part, depth + 1))


def _is_id(value: object) -> bool:
    return isinstance(value, str) and _ID.fullmatch(value) is not None


def _is_allowed(character: str) -> bool:
    # Letters, numbers and separators of any script, and a few symbols.
    return character.isalnum() or character.isspace() or character in _SYMBOLS


def _is_time(value: object) -> bool:
    # Nanoseconds of later times would not fit into 64 bits.
    return type(value) in (int, float) and 0 <= value < 9e9  # type: ignore[operator]


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def _parse_float(text: str) -> float:
    number = float(text)
    if math.isinf(number):
        raise ValueError(f"{text} is too large")
    return number


def _invalid(what: str, code: str, segment_id: str = "") -> InvalidSegmentError:
    cause = ", Cause: null" if what == "subsegment" else ""
    return InvalidSegmentError(code, f"Invalid {what}. ErrorCode: {code}{cause}", segment_id)
