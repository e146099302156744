"""Surveys an app: which of the values sent through each door come out of which sink, and where."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from workshop.checks.target import Target
from workshop.checks.traffic import Asked
from workshop.leaks.canaries import Canary, mask
from workshop.leaks.doors import DOORS, Door
from workshop.leaks.running import RunningBackend, running_backend, stop
from workshop.leaks.sinks import SINKS, Heard, Outcome, Sink
from workshop.sandbox.refusals import Refusal, read_refusals
from workshop.sandbox.server import Sandbox

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Leak:
    """One cell of the matrix that is not empty.

    Args:
        door: the way in.
        sink: the way out.
        places: where in the sink, each once, in the order of arrival; no canary is in them.
    """

    door: str
    sink: str
    places: tuple[str, ...]


@dataclass
class Survey:
    """What one run has shown.

    Args:
        doors: the names of the ways in, in order.
        sinks: the names of the ways out, in order.
        silent: those of them at which nothing at all arrived, so that nothing can be told.
        leaks: the cells that are not empty.
        refused: what the sandbox did not take, and could not look at.
        output: all that the app printed.
        asked: the requests that went through the doors, and what came of each.
    """

    doors: list[str]
    sinks: list[str]
    silent: list[str] = field(default_factory=list)
    leaks: list[Leak] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)
    output: str = ""
    asked: list[Asked] = field(default_factory=list)

    def at(self, door: str, sink: str) -> Leak | None:
        """Return a cell of the matrix, or None where it is empty."""
        return next((each for each in self.leaks if (each.door, each.sink) == (door, sink)), None)


class Act:
    """Something more to try in the same run; a check has some."""

    def prepare(self, sandbox: Sandbox) -> None:
        """Get the sandbox ready, before the app starts."""

    def play(self, running: RunningBackend) -> None:
        """Send requests, after those of the doors."""

    def look(self, outcome: Outcome) -> None:
        """See what came of them, once the app has ended."""


def survey(
    target: Target,
    doors: Sequence[Door] = DOORS,
    sinks: Sequence[Sink] = SINKS,
    acts: Sequence[Act] = (),
    progress: Progress = lambda _: None,
) -> Survey:
    """Run an app as in production, send a value through each door, and look for it at each sink.

    The learner's files are not touched; the app's database and output live in a temporary folder.

    Args:
        target: the app; its backend runs, and a recorder takes the place of what it calls.
        doors: the ways in.
        sinks: the ways out.
        acts: what else is tried in the same run.
        progress: called with a few words at each stage.

    Raises:
        WorkshopError: the app did not start, or its command cannot be run.
    """

    def prepare(sandbox: Sandbox) -> None:
        for act in acts:
            act.prepare(sandbox)

    progress("starting your app")
    with running_backend(target, prepare) as running:
        progress("sending through each door")
        sent = [(door, _send(running, door)) for door in doors]
        asked = list(running.asked)
        for act in acts:
            act.play(running)
        progress("stopping it")
        stop(running)
        with running.sandbox.reader() as reader:
            outcome = Outcome(reader, running.output(), running.recorder)
            heard = [(sink.name, list(sink.read(outcome))) for sink in sinks]
            found = Survey(
                doors=[door.name for door in doors],
                sinks=[sink.name for sink in sinks],
                silent=[name for name, texts in heard if not texts],
                leaks=[
                    leak
                    for name, texts in heard
                    for leak in find_leaks(name, texts, [(door.name, each) for door, each in sent])
                ],
                refused=read_refusals(reader),
                output=outcome.output,
                asked=asked,
            )
            for act in acts:
                act.look(outcome)
    return found


def _send(running: RunningBackend, door: Door) -> Canary:
    canary = door.make()
    door.plant(running.database, canary)
    for shot in door.shots(canary.value):
        running.send(shot)
    return canary


def find_leaks(
    sink: str, heard: Iterable[Heard], canaries: Sequence[tuple[str, Canary]]
) -> list[Leak]:
    """Return what came out of one sink, in the order of the doors.

    Args:
        sink: its name.
        heard: all that came out there.
        canaries: the name of each door with what was sent through it.
    """
    any_of_them = re.compile("|".join(canary.pattern.pattern for _, canary in canaries) or r"(?!)")
    places: dict[str, dict[str, None]] = {door: {} for door, _ in canaries}
    values = [canary for _, canary in canaries]
    clean: set[str] = set()
    for each in heard:
        # There are tens of thousands of texts, most of them alike; few hold any.
        if each.text in clean:
            continue
        if not any_of_them.search(each.text):
            clean.add(each.text)
            continue
        for door, canary in canaries:
            if canary.is_in(each.text):
                places[door][mask(each.where, values)] = None
    return [Leak(door, sink, tuple(found)) for door, found in places.items() if found]
