"""The sinks of an app: each place where something that came in may come out."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from workshop.leaks.recorder import Recorder
from workshop.sandbox.cloudwatch.logs import read_events as read_log_events
from workshop.sandbox.cloudwatch.logs import read_groups
from workshop.sandbox.honeycomb.traces import read_events
from workshop.sandbox.rollbar.items import read_items, read_occurrences
from workshop.sandbox.store import Reader

MOST_LOG_EVENTS = 100_000
# A line of Python's logging, whatever its format: a level, and the logger's name not far from it.
LOGGED = re.compile(r"\b(?:DEBUG|INFO|WARNING|ERROR|CRITICAL)\b[\s:\]]+(?P<logger>[\w.]+)")


@dataclass(frozen=True)
class Heard:
    """One text that came out.

    Args:
        where: the place, for a reader: `span attribute url.query of POST /api/activities`.
        text: what is there.
    """

    where: str
    text: str


@dataclass(frozen=True)
class Outcome:
    """All that came out of an app in one run.

    Args:
        reader: what the sandbox has kept.
        output: what the app printed.
        recorder: what the service that it calls was told.
    """

    reader: Reader
    output: str
    recorder: Recorder


@dataclass(frozen=True)
class Sink:
    """A way out.

    Args:
        name: what the matrix calls it.
        read: yields all that came out there.
    """

    name: str
    read: Callable[[Outcome], Iterator[Heard]]


def walk(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Yield the path and the text of each value in a JSON document, and of each key.

    Args:
        value: the document, parsed.
        path: what stands before it.
    """
    if isinstance(value, dict):
        for key, each in value.items():
            inside = f"{path}.{key}" if path else str(key)
            yield inside, str(key)
            yield from walk(each, inside)
    elif isinstance(value, list):
        for index, each in enumerate(value):
            yield from walk(each, f"{path}[{index}]")
    elif value is not None:
        yield path, str(value)


def _read_honeycomb(outcome: Outcome) -> Iterator[Heard]:
    for event in read_events(outcome.reader):
        name = event.get("name", "")
        kind = str(event.get("meta.annotation_type", "span")).replace("_", " ")
        for path, text in walk(dict(event)):
            yield Heard(f"{kind} attribute {path} of {name}", text)


def _read_xray(outcome: Outcome) -> Iterator[Heard]:
    rows = outcome.reader.execute("SELECT document FROM xray_segment_documents ORDER BY row_id")
    for (document,) in rows:
        yield from _walk_segment(json.loads(document), "segment")


def _walk_segment(segment: dict[str, Any], kind: str) -> Iterator[Heard]:
    own = {key: value for key, value in segment.items() if key != "subsegments"}
    for path, text in walk(own):
        yield Heard(f"{path} of {kind} {segment.get('name', '')}", text)
    for each in segment.get("subsegments") or []:
        if isinstance(each, dict):
            yield from _walk_segment(each, "subsegment")


def _read_cloudwatch(outcome: Outcome) -> Iterator[Heard]:
    for group in read_groups(outcome.reader):
        for event in read_log_events(outcome.reader, group.name, limit=MOST_LOG_EVENTS):
            yield Heard("name of a log group", group.name)
            yield Heard("name of a log stream", event.stream_name)
            try:
                fields = json.loads(event.message)
            except ValueError:
                fields = None
            if not isinstance(fields, dict):
                yield Heard("a log line that is not JSON", event.message)
                continue
            for path, text in walk(fields):
                yield Heard(f"log field {path}, logger {fields.get('logger', '?')}", text)


def _read_rollbar(outcome: Outcome) -> Iterator[Heard]:
    for item in read_items(outcome.reader):
        yield Heard("title of an item", item.title)
    for occurrence in read_occurrences(outcome.reader):
        for path, text in walk(occurrence.data):
            yield Heard(path, text)


def _read_output(outcome: Outcome) -> Iterator[Heard]:
    for line in outcome.output.splitlines():
        logged = LOGGED.search(line)
        yield Heard(f"a line of {logged['logger']}" if logged else "a line of output", line)


def _read_called(outcome: Outcome) -> Iterator[Heard]:
    for told in outcome.recorder.told:
        for name, text in told.parts.items():
            yield Heard(f"{name} of {told.line}", text)


SINKS = [
    Sink("Honeycomb", _read_honeycomb),
    Sink("X-Ray", _read_xray),
    Sink("CloudWatch", _read_cloudwatch),
    Sink("Rollbar", _read_rollbar),
    Sink("output", _read_output),
    Sink("passed on", _read_called),
]
"""Each way out that is looked at; `passed on` is what the service that the app calls is told."""
