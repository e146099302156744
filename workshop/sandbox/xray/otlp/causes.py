"""Says of a span whether it failed, through whom, and with which exceptions.

Source: cause.go of the Collector's exporter for X-Ray.
"""

import hashlib
import re
from typing import Any

from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

from workshop.sandbox.otlp.values import read_attributes
from workshop.sandbox.xray.otlp.http import find_status

# `  File "/srv/app/db.py", line 12, in select`
_FRAME = re.compile(r'  File "(?P<path>.*)", line (?P<line>\d+), in (?P<label>.*)')
_DURING = "During handling of the above exception, another exception occurred:"
_BECAUSE = "The above exception was the direct cause of the following exception:"
_CHAINED = re.compile(rf"\n+(?:{re.escape(_DURING)}|{re.escape(_BECAUSE)})\n+")


def judge(span: Span, attributes: dict[str, Any]) -> dict[str, bool]:
    """Return which of X-Ray's three flags a span gets: `error`, `throttle`, `fault`.

    An HTTP status from 400 on decides; without one, a span whose status is an error is a fault.

    Args:
        span: the span.
        attributes: its attributes.
    """
    status = find_status(attributes)
    if status is None or not 400 <= status < 600:
        return {"fault": span.status.code == Status.STATUS_CODE_ERROR}
    return {"error": status < 500, "throttle": status == 429, "fault": status >= 500}


def make_cause(span: Span, resource: dict[str, Any]) -> dict[str, Any]:
    """Return a span's `cause` block: the exceptions that its events tell, or else its status.

    Args:
        span: the span.
        resource: the attributes of its resource, which tell the language of the stacks.
    """
    events = [read_attributes(each.attributes) for each in span.events if each.name == "exception"]
    is_remote = span.kind in (Span.SPAN_KIND_CLIENT, Span.SPAN_KIND_PRODUCER)
    language = resource.get("telemetry.sdk.language")
    exceptions: list[dict[str, Any]] = []
    for event in events:
        exceptions += _describe(event, is_remote, language)
    if not events and span.status.code == Status.STATUS_CODE_ERROR and span.status.message:
        exceptions = [{"message": span.status.message}]
    for number, exception in enumerate(exceptions):
        exception["id"] = _make_id(span, number)
        if exception.pop("follows", False):
            exceptions[number - 1]["cause"] = exception["id"]
    return {"exceptions": exceptions} if exceptions else {}


def _describe(event: dict[str, Any], is_remote: bool, language: Any) -> list[dict[str, Any]]:
    """Return the exception of one event, and in Python those that it arose from, newest first."""
    named = {"type": "exception.type", "message": "exception.message"}
    told = {member: str(event[name]) for member, name in named.items() if event.get(name)}
    first: dict[str, Any] = {**told, "remote": is_remote}
    stack = event.get("exception.stacktrace")
    if language != "python" or not isinstance(stack, str):
        return [first]
    *earlier, last = _CHAINED.split(stack)
    first["stack"] = _read_frames(last)
    return [first, *(_read_earlier(each, is_remote) for each in reversed(earlier))]


def _read_earlier(traceback: str, is_remote: bool) -> dict[str, Any]:
    """Return the exception that a whole traceback ends with."""
    lines = traceback.rstrip("\n").split("\n")
    frames = [number for number, line in enumerate(lines) if _FRAME.fullmatch(line)]
    # What is said comes after the last frame's own lines, which are indented further.
    after = lines[max(frames, default=-1) + 1 :]
    while after and after[0].startswith("    "):
        after.pop(0)
    kind, _, message = "\n".join(after).partition(": ")
    told = {"type": kind, "message": message}
    return {
        **{name: text for name, text in told.items() if text},
        "remote": is_remote,
        "stack": _read_frames(traceback),
        "follows": True,
    }


def _read_frames(traceback: str) -> list[dict[str, Any]]:
    """Return a traceback's frames as X-Ray has them: the one that raised first."""
    matches = [_FRAME.fullmatch(line) for line in traceback.split("\n")]
    frames = [
        {"path": match["path"], "line": int(match["line"]), "label": match["label"]}
        for match in matches
        if match
    ]
    return frames[::-1]


def _make_id(span: Span, number: int) -> str:
    """Return an exception's id; the Collector draws it, here one span always gets the same."""
    seed = span.trace_id + span.span_id + number.to_bytes(4, "big")
    return hashlib.blake2b(seed, digest_size=8).hexdigest()
