"""What all measurements share: medians with their spread, ratios, and turns."""

import contextlib
import statistics
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from rich.progress import Progress, TextColumn, TimeElapsedColumn

Measured = dict[str, float]


@dataclass(frozen=True)
class Spread:
    """Several measurements of one thing.

    Args:
        median: the middle one.
        low: a quarter of them are below it.
        high: a quarter of them are above it.
    """

    median: float
    low: float
    high: float


def summarize(values: list[float]) -> Spread:
    """Return what several measurements say together.

    Args:
        values: one or more.
    """
    if len(values) < 2:
        return Spread(values[0], values[0], values[0])
    low, middle, high = statistics.quantiles(values, n=4, method="inclusive")
    return Spread(middle, low, high)


def ratios(values: list[float], against: list[float]) -> Spread:
    """Return how many times as much one thing is as another, turn by turn.

    Two measurements of one turn were made within seconds, so that what else the machine did in
    these seconds weighs on both.
    """
    return summarize([one / other for one, other in zip(values, against, strict=False) if other])


def take_turns(
    rounds: int, measure: dict[str, Callable[[], Measured]], title: str, *, shown: bool = True
) -> Iterator[tuple[str, Measured]]:
    """Measure several things in turns, and show how far it is; Ctrl-C keeps the whole rounds.

    Args:
        rounds: how often each is measured.
        measure: what measures each, by its name.
        title: what is shown.
        shown: whether anything is.

    Yields:
        The name of what was measured, and what came of it.
    """
    columns = (TextColumn("{task.description}"), TextColumn("{task.percentage:.0f} %"))
    names = list(measure)
    with (
        contextlib.suppress(KeyboardInterrupt),
        Progress(*columns, TimeElapsedColumn(), disable=not shown) as bar,
    ):
        task = bar.add_task(title, total=rounds * len(names))
        for turn in range(rounds):
            measured = []
            # Each round begins with another one, so that none always runs after the same.
            for name in names[turn % len(names) :] + names[: turn % len(names)]:
                bar.update(task, description=f"{title}: {name}")
                measured.append((name, measure[name]()))
                bar.advance(task)
            yield from measured
