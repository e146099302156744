"""Reads the log lines that arrived, with what each of them says: its service, level and fields."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from workshop.checks.evidence import Evidence

# Only one of the course's services answers addresses that start like this.
PATHS = {"/api": "backend", "/profiles": "profiles"}
LEVELS = {
    "DEBUG": 10,
    "INFO": 20,
    "NOTICE": 25,
    "WARNING": 30,
    "WARN": 30,
    "ERROR": 40,
    "CRITICAL": 50,
    "FATAL": 50,
}
ERROR = LEVELS["ERROR"]
LEVEL_NAMES = {LEVELS[name]: name for name in reversed(LEVELS)}
STATUSES = "200 201 202 204 301 302 303 304 307 308 400 401 403 404 405 409 410 413 415 422 429"
STATUSES += " 500 501 502 503 504"
# In a sentence; a number of milliseconds is no status.
STATUS = re.compile(rf"(?<![\w.:/-])({'|'.join(STATUSES.split())})(?![\w:/%-]|\.\d| ?m?s\b)")
STATUS_FIELD = re.compile(r"status|code", re.IGNORECASE)
LEVEL = re.compile(rf"(?<!SERVER )\b({'|'.join(LEVELS)})\b")
# A sentence begins with its level, or with the time and its level.
LEVEL_WITHIN = 45
ACCESS = re.compile(r'"[^"]*[A-Z]+ \S+ HTTP/\d(?:\.\d)?"? ?[^"]*" ?\d{3}|HTTP/1\.[01]" \d{3}')
NOISE = re.compile(
    r"\b(?:aws_xray_sdk|botocore|urllib3)\b|Event (?:before|request|needs)-[\w.-]+: calling"
)
EXCEPTION = re.compile(r"Traceback \(most recent call last\)|^Exception on ", re.MULTILINE)


@dataclass(frozen=True)
class Line:
    """One log event.

    Args:
        group: its log group.
        stream: its log stream.
        raw: its text, as it arrived.
        service: which of the running services wrote it; empty where that cannot be told.
        ms: when it was written, in milliseconds since 1970.
    """

    group: str
    stream: str
    raw: str
    service: str
    ms: int = 0

    @cached_property
    def fields(self) -> dict[str, Any]:
        """Its fields, those of objects within it as `outer.inner`; none where it is no object."""
        return dict(_flatten(_as_object(self.raw), ""))

    @property
    def is_structured(self) -> bool:
        """Whether a filter pattern or a query can ask for a field of it."""
        return bool(self.fields)

    @cached_property
    def text(self) -> str:
        """All that it says, without JSON's quotes."""
        return "\n".join(map(str, self.fields.values())) if self.fields else self.raw

    @cached_property
    def status_fields(self) -> list[int]:
        """The HTTP statuses that its fields hold."""
        found = (
            re.match(r"([1-5]\d\d)\b", str(value))
            for name, value in self.fields.items()
            if STATUS_FIELD.search(name) and not isinstance(value, bool)
        )
        return [int(match[1]) for match in found if match]

    @property
    def statuses(self) -> list[int]:
        """The HTTP statuses that it may speak of."""
        return self.status_fields or [int(each) for each in STATUS.findall(self.text)]

    @cached_property
    def level(self) -> int | None:
        """Its level, as Python counts levels; None where it does not say."""
        if self.fields:
            named = (LEVELS.get(str(value).upper()) for value in self.fields.values())
            return next((each for each in named if each), None)
        found = LEVEL.search(self.raw[:LEVEL_WITHIN])
        return LEVELS[found[1]] if found else None

    @property
    def is_access(self) -> bool:
        """Whether a web server wrote it about a request."""
        return bool(ACCESS.search(self.text))

    @property
    def is_noise(self) -> bool:
        """Whether a library wrote it about sending something."""
        # Further on, such a line may quote any other.
        starts = [str(value).partition("\n")[0][:60] for value in self.fields.values()]
        return any(NOISE.search(start) for start in starts or [self.raw[:120]])

    @property
    def is_exception(self) -> bool:
        """Whether it is about an exception rather than about a request."""
        return bool(EXCEPTION.search(self.text))


def read_lines(evidence: Evidence) -> list[Line]:
    """Return all lines that arrived, oldest first within each group.

    Args:
        evidence: what one run left behind.
    """
    writers = _find_writers(evidence)
    return [
        Line(
            group,
            event.stream_name,
            event.message,
            _find_service(evidence, writers.get((group, event.stream_name), set()), event.message),
            event.timestamp_ms,
        )
        for group, events in evidence.log_events.items()
        for event in events
    ]


def writers_of(evidence: Evidence) -> dict[tuple[str, str], set[tuple[str, int]]]:
    """Return who wrote into each stream: its group and name → services with their processes.

    Args:
        evidence: what one run left behind.
    """
    found: dict[tuple[str, str], set[tuple[str, int]]] = {}
    for service in evidence.services:
        for note in evidence.notes("logs-call", service):
            if note["operation"] == "PutLogEvents":
                stream = (str(note["group"]), str(note["stream"]))
                found.setdefault(stream, set()).add((service, int(note["pid"])))
    return found


def _find_writers(evidence: Evidence) -> dict[tuple[str, str], set[str]]:
    return {
        stream: {service for service, _ in writers}
        for stream, writers in writers_of(evidence).items()
    }


def _find_service(evidence: Evidence, writers: set[str], text: str) -> str:
    """Return who wrote a line: who writes into its stream, or whose address it speaks of."""
    if not evidence.target.ours:
        return "backend"
    if len(writers) == 1:
        return next(iter(writers))
    named = [value for value in _as_object(text).values() if value in list(evidence.services)]
    if named:
        return str(named[0])
    found = {
        service
        for start, service in PATHS.items()
        if re.search(rf"(?<![a-zA-Z0-9/]){start}\b", text)
    }
    return next(iter(found)) if len(found) == 1 else ""


def _as_object(text: str) -> dict[str, Any]:
    try:
        value = json.loads(text)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def _flatten(value: dict[str, Any], before: str) -> Iterator[tuple[str, Any]]:
    for name, each in value.items():
        if isinstance(each, dict):
            yield from _flatten(each, f"{before}{name}.")
        else:
            yield f"{before}{name}", each
