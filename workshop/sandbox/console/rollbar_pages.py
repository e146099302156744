"""The Rollbar pages: items, and one item with its stack and its occurrences."""

import itertools
from dataclasses import dataclass

from flask import Blueprint, Response, request

from workshop.sandbox.console import frame
from workshop.sandbox.console.matching_records import path_of
from workshop.sandbox.console.refused import read_last
from workshop.sandbox.rollbar.items import Item, select_items, select_occurrences
from workshop.sandbox.rollbar.occurrence import Frame
from workshop.sandbox.rollbar.payload import LEVELS
from workshop.sandbox.rollbar.stack import ELSEWHERE, find_library
from workshop.sandbox.rollbar.storage import STATUSES, update_item
from workshop.sandbox.store import Reader, Store

PAGE = "rollbar"
ROWS = 100
"""Items in the list, and occurrences of one."""
BINS = 30
"""Bars of occurrences over time."""


@dataclass(frozen=True)
class Bins:
    """How many occurrences there were, in equal parts of a time.

    Args:
        counts: of each part, the earliest first.
        start: when the first part begins, in seconds since 1970.
        end: when the last part ends, likewise.
    """

    counts: list[int]
    start: int
    end: int

    @property
    def most(self) -> int:
        """The highest count."""
        return max([1, *self.counts])


@dataclass(frozen=True)
class FrameRun:
    """Frames that follow each other, of the app or of libraries.

    Args:
        is_own: whether they are the app's.
        frames: the most recent call first.
    """

    is_own: bool
    frames: list[Frame]


def add_routes(blueprint: Blueprint, store: Store) -> None:
    """Add the pages to the console.

    Args:
        blueprint: the console's.
        store: the sandbox's data.
    """

    @blueprint.get("/rollbar")
    def show_rollbar() -> Response:
        status, level = frame.asked("status") or "active", frame.asked("level")
        conditions = ["1"]
        if status in STATUSES:
            conditions.append("item.status = :status")
        if level in LEVELS:
            conditions.append("item.level = :level")
        wanted = {"status": status, "level": level, "limit": ROWS}
        with store.reader() as reader:
            (total,) = reader.execute("SELECT count(*) FROM rollbar_items").fetchone()
            items = select_items(
                reader, f"WHERE {' AND '.join(conditions)}", wanted, "LIMIT :limit"
            )
            return frame.show(
                "rollbar.html",
                PAGE,
                items=items,
                total=total,
                wanted_status=status,
                wanted_level=level,
                statuses=(*STATUSES, "all"),
                levels=LEVELS,
                bins=_count_over_time(reader, items),
                refusals=read_last(reader, 1, PAGE),
            )

    @blueprint.get("/rollbar/item/<int(max=999999999):counter>")
    def show_item(counter: int) -> Response:
        with store.reader() as reader:
            item = _find(reader, counter)
            if item is None:
                return frame.show("absent.html", PAGE, 404, what="item", name=str(counter))
            occurrences = select_occurrences(
                reader,
                "WHERE item_id = :item_id ORDER BY id DESC LIMIT :limit",
                {"item_id": item.id, "limit": ROWS},
            )
            bins = _count_over_time(reader, [item])
        wanted = request.args.get("occurrence", "")
        shown = next((each for each in occurrences if str(each.id) == wanted), occurrences[0])
        return frame.show(
            "item.html",
            PAGE,
            item=item,
            occurrences=occurrences,
            shown=shown,
            stacks=[(each, _fold(each.frames)) for each in shown.exceptions],
            path=path_of(shown),
            paths={each.id: path_of(each) for each in occurrences},
            bins=bins[item.id],
            statuses=STATUSES,
        )

    @blueprint.post("/rollbar/item/<int(max=999999999):counter>")
    def change_item(counter: int) -> Response:
        status = request.form.get("status", "")
        with store.reader() as reader:
            item = _find(reader, counter)
        if item is None or status not in STATUSES:
            return frame.show("absent.html", PAGE, 404, what="item", name=str(counter))
        update_item(store, item.id, {"status": status})
        return frame.lead("show_item", counter=counter)


def _find(reader: Reader, counter: int) -> Item | None:
    found = select_items(reader, "WHERE item.counter = :counter", {"counter": counter})
    return next(iter(found), None)


def _count_over_time(reader: Reader, items: list[Item]) -> dict[int, Bins]:
    """Return each item's occurrences over the time from the first to the last of them all."""
    if not items:
        return {}
    start = min(item.first_timestamp for item in items)
    end = max(item.last_timestamp for item in items) + 1
    # Whole seconds, so that the same data gives the same bars.
    width = max(1, -(-(end - start) // BINS))
    counts = {item.id: [0] * BINS for item in items}
    for item_id, place, number in reader.execute(
        "SELECT item_id, (timestamp - :start) / :width AS place, count(*)"
        " FROM rollbar_occurrences WHERE timestamp >= :start GROUP BY item_id, place",
        {"start": start, "width": width},
    ):
        if item_id in counts:
            counts[item_id][min(place, BINS - 1)] += number
    return {item_id: Bins(each, start, start + BINS * width) for item_id, each in counts.items()}


def _fold(frames: tuple[Frame, ...]) -> list[FrameRun]:
    """Return a stack's frames, the most recent call first, in runs of the app's and libraries'."""
    runs = itertools.groupby(reversed(frames), key=_is_own)
    return [FrameRun(is_own, list(run)) for is_own, run in runs]


def _is_own(each: Frame) -> bool:
    # Not by the name of a folder, as the notebooks do: another app's may have any.
    return find_library(each) == ELSEWHERE
