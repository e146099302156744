"""What an item and an occurrence are made of, for whoever reads them."""

import re
from dataclasses import dataclass
from typing import Any

# A trace's id as the other tools write it: W3C's 32 digits, in `traceparent` with more around
# them, and X-Ray's, which begin with a 1 (https://www.w3.org/TR/trace-context/#traceparent-header).
_XRAY_ID = re.compile(r"\b1-[0-9a-f]{8}-[0-9a-f]{24}\b")
_W3C_ID = re.compile(r"(?<![0-9a-f])[0-9a-f]{32}(?![0-9a-f])")
_TRACE_HEADERS = ("traceparent", "x-amzn-trace-id")


@dataclass(frozen=True)
class Item:
    """All occurrences of one fingerprint in one environment. Times are seconds since 1970.

    Args:
        id: in the API.
        counter: in the addresses of Rollbar's pages, from 1.
        title: such as `ZeroDivisionError: division by zero`.
        level: of its first occurrence, or as it was set since.
        status: `active`, `resolved` or `muted`.
        environment: such as `production`.
        framework: such as `flask`; this and the next two are `unknown` where they were not sent.
        platform: such as `browser`.
        language: such as `python 3.11.9`.
        fingerprint: what its occurrences have in common.
        total_occurrences: all of them.
        unique_occurrences: how many persons met it, or addresses where the person is not known.
        first_occurrence_id: the first that arrived.
        first_timestamp: of the earliest.
        last_occurrence_id: the last that arrived.
        last_timestamp: of the latest.
        activating_occurrence_id: which opened it, or made it active again.
        last_activated: when it became active.
        last_resolved: when it was resolved; None where it never was.
    """

    id: int
    counter: int
    title: str
    level: str
    status: str
    environment: str
    framework: str
    platform: str
    language: str
    fingerprint: str
    total_occurrences: int
    unique_occurrences: int
    first_occurrence_id: int
    first_timestamp: int
    last_occurrence_id: int
    last_timestamp: int
    activating_occurrence_id: int
    last_activated: int
    last_resolved: int | None

    @property
    def is_reactivated(self) -> bool:
        """Whether it was resolved, and happened again."""
        return self.status == "active" and self.activating_occurrence_id > self.first_occurrence_id


@dataclass(frozen=True)
class Frame:
    """One call of a stack.

    Args:
        file: its path, as it was sent.
        line: its number, or None.
        function: its name, or an empty text.
        code: the line itself, or an empty text.
        locals: the variables at that moment, by name; SDKs send few of the frames with them.
    """

    file: str
    line: int | None
    function: str
    code: str
    locals: dict[str, Any]


@dataclass(frozen=True)
class RaisedException:
    """An exception and where it came from.

    Args:
        class_name: such as `ZeroDivisionError`.
        message: its text, or an empty one.
        frames: the most recent call last.
    """

    class_name: str
    message: str
    frames: tuple[Frame, ...]


@dataclass(frozen=True)
class Person:
    """Who met an error.

    Args:
        id: in the app, or None.
        username: or None, unless the app lets the SDK send it.
        email: likewise.
    """

    id: str | None
    username: str | None
    email: str | None


@dataclass(frozen=True)
class Request:
    """The request that was being answered.

    Args:
        url: the whole of it, or an empty text.
        method: such as `GET`, or an empty text.
        headers: by name, as they were sent.
        user_ip: or None.
    """

    url: str
    method: str
    headers: dict[str, str]
    user_ip: str | None


@dataclass(frozen=True)
class Occurrence:
    """One event: an exception, a message or a crash report.

    Args:
        id: in the API.
        item_id: the item that it belongs to.
        uuid: as the SDK made it.
        received_ns: when it arrived, in nanoseconds since 1970.
        timestamp: when it happened, in seconds since 1970.
        level: from `debug` to `critical`.
        environment: such as `production`.
        exceptions: the one that was reported, then those that led to it; empty for a message.
        message: of the exception, or the message itself.
        person: or None.
        request: or None.
        custom: what the app added.
        context: such as Flask's rule of the request; or an empty text.
        framework: such as `flask`, else `unknown`.
        code_version: or None.
        host: the server's name, or an empty text.
        data: all that was sent.
    """

    id: int
    item_id: int
    uuid: str
    received_ns: int
    timestamp: int
    level: str
    environment: str
    exceptions: tuple[RaisedException, ...]
    message: str
    person: Person | None
    request: Request | None
    custom: dict[str, Any]
    context: str
    framework: str
    code_version: str | None
    host: str
    data: dict[str, Any]

    @property
    def exception_class(self) -> str:
        """The class of the exception that was reported; empty where there is none."""
        return self.exceptions[0].class_name if self.exceptions else ""

    @property
    def frames(self) -> tuple[Frame, ...]:
        """The stack of the exception that was reported, the most recent call last."""
        return self.exceptions[0].frames if self.exceptions else ()

    @property
    def trace_ids(self) -> dict[str, str]:
        """The ids of traces that it tells, by the name of the field or header.

        They are as the other tools write them: 32 hexadecimal digits, or X-Ray's with hyphens.
        """
        told = {name: str(value) for name, value in self.custom.items() if _is_scalar(value)}
        found = {name: value for name, value in told.items() if "trace" in name.lower()}
        if self.request:
            headers = self.request.headers.items()
            found |= {name: value for name, value in headers if name.lower() in _TRACE_HEADERS}
        # An X-Ray id is told by its form alone, whatever its field is called.
        found |= {name: value for name, value in told.items() if _XRAY_ID.search(value)}
        ids = {name: _find_trace_id(value) for name, value in found.items()}
        return {name: trace_id for name, trace_id in ids.items() if trace_id}


def _is_scalar(value: object) -> bool:
    return isinstance(value, str | int)


def _find_trace_id(text: str) -> str | None:
    found = _XRAY_ID.search(text) or _W3C_ID.search(text)
    return found.group() if found else None
