"""Watches an app while it starts: does it wait for a vendor, and where?"""

from concurrent.futures import Future, wait
from pathlib import Path

from workshop.failure import stacks
from workshop.failure.stacks import Place

# How often it is asked where it is, and how often in a row it has to be seen waiting: the shortest
# time-outs last longer than that.
LOOK_SECONDS = 0.3
LOOKS = 2


def watch(start: Future[float | None], mark: str, folder: Path, app: Path) -> Place:
    """Return where an app waits for a vendor while it starts, or an empty place.

    Args:
        start: is done once the app has answered, or has not in time.
        mark: the value of `process_tree.MARK` in the app's environment.
        folder: for the stacks, as `stacks.variables` was given it.
        app: the folder of the app's files.
    """
    seen: list[Place] = []
    while not wait([start], LOOK_SECONDS).done:
        place = stacks.find_starting(mark, folder, app)
        seen = [*seen, place] if place.vendor else []
        if len(seen) == LOOKS:
            return place
    return Place()
