"""What one run of the learner's app left behind, for every step's check to judge."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from workshop.checks.notes import Note
from workshop.checks.target import Target
from workshop.checks.traffic import Asked
from workshop.sandbox.cloudwatch.logs import Event, Group
from workshop.sandbox.honeycomb import receive as honeycomb
from workshop.sandbox.honeycomb.traces import Trace
from workshop.sandbox.refusals import Refusal
from workshop.sandbox.rollbar.items import Item, Occurrence
from workshop.sandbox.xray.trace import XrayTrace

if TYPE_CHECKING:
    from workshop.checks.spending.production import Production


@dataclass
class Ran:
    """How one service fared.

    Args:
        name: the service.
        failure: `ended` before it answered, `silent`, `flooded`, `died` after it had answered, or
            empty where it started and stayed.
        stuck_at: the line of theirs that it did not leave, where it went silent.
        exit_code: what it ended with; negative for a signal's number.
        output: what it printed; of very much, the end.
        willing: it ended by itself when asked to.
        left_behind: how many processes outlived it.
        notes: what the probe saw it do with its SDKs.
    """

    name: str
    failure: str = ""
    stuck_at: str = ""
    exit_code: int = 0
    output: str = ""
    willing: bool = True
    left_behind: int = 0
    notes: list[Note] = field(default_factory=list)


@dataclass
class Evidence:
    """All that a check may rest on.

    Args:
        target: the app.
        sandbox_url: where the check's sandbox listened.
        services: how each service fared, by name.
        asked: the known traffic and what came of it.
        last: the request right before the app was stopped, where there was one.
        last_arrived: its trace arrived.
        unrecorded: a request before that one which asked not to be recorded at X-Ray. Nothing that
            arrived of it is anywhere else in here.
        unrecorded_id: its trace's id, as it arrived at Honeycomb; empty where none did.
        later_ids: the ids of the traces of that request and of the last, at either.
        traces: what arrived at Honeycomb.
        segments: the traces that arrived at X-Ray.
        last_chosen: the sampling rules alone had the last request recorded by X-Ray.
        log_groups: the log groups that are in CloudWatch Logs after the run.
        log_events: the events of each log group, oldest first, by the group's name.
        items: the items that are in Rollbar after the run.
        occurrences: the occurrences that arrived at Rollbar, oldest first.
        repeated: how many spans arrived more than once.
        refused: what the sandbox refused.
        trials: what came of docker-compose.yml's settings, by service.
        in_production: what another run left behind, as in production, where there has been one.
        seconds: how long it all took.
    """

    target: Target
    sandbox_url: str
    services: dict[str, Ran] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    last: Asked | None = None
    last_arrived: bool = False
    unrecorded: Asked | None = None
    unrecorded_id: str = ""
    later_ids: frozenset[str] = frozenset()
    traces: list[Trace] = field(default_factory=list)
    segments: list[XrayTrace] = field(default_factory=list)
    last_chosen: bool = False
    log_groups: list[Group] = field(default_factory=list)
    log_events: dict[str, list[Event]] = field(default_factory=dict)
    items: list[Item] = field(default_factory=list)
    occurrences: list[Occurrence] = field(default_factory=list)
    repeated: int = 0
    refused: list[Refusal] = field(default_factory=list)
    trials: dict[str, Note] = field(default_factory=dict)
    in_production: "Production | None" = None
    seconds: float = 0.0

    @property
    def backend(self) -> Ran:
        """How the service that learners call fared."""
        return self.services["backend"]

    @property
    def folder(self) -> Path:
        """The folder that `file:line` places are relative to."""
        return self.target.folder

    def notes(self, what: str, service: str = "") -> Iterator[Note]:
        """Yield the probe's notes of one kind, of one service or of all."""
        for ran in self.services.values():
            if not service or ran.name == service:
                yield from (note for note in ran.notes if note["what"] == what)

    def where(self, what: str, service: str = "") -> str:
        """Return where in the learner's files something was first done, or nothing."""
        return next((note["where"] for note in self.notes(what, service) if note["where"]), "")

    def route(self, path: str, service: str = "backend") -> str:
        """Return where the function stands that does a page's work, or nothing."""
        routes = self.notes("route", service)
        return next((str(note["where"]) for note in routes if path.endswith(note["rule"])), "")

    def is_probed(self, service: str) -> bool:
        """Tell whether the probe could look into a service: its notes are silent otherwise."""
        kinds = {note["what"] for note in self.services[service].notes}
        return "probe" in kinds and "no-probe" not in kinds

    @property
    def refused_traces(self) -> list[Refusal]:
        """What was refused of what may have been meant for Honeycomb."""
        return [each for each in self.refused if each.vendor in ("", honeycomb.VENDOR)]

    @property
    def output(self) -> str:
        """What all services printed."""
        return "\n".join(ran.output for ran in self.services.values())
