"""Reads back what arrived: items, and the occurrences that they are made of."""

import json
from collections.abc import Mapping
from typing import Any

from workshop.sandbox.rollbar.occurrence import Item, Occurrence
from workshop.sandbox.rollbar.unpack import make_occurrence
from workshop.sandbox.store import Reader

__all__ = [
    "Item",
    "Occurrence",
    "read_item",
    "read_items",
    "read_occurrence",
    "read_occurrences",
]

# Occurrences of which neither a person nor an address is known count as one.
ITEMS = """
SELECT item.id, item.counter, item.title, item.level, item.status, item.environment,
       item.framework, item.platform, item.language, item.fingerprint,
       count(*) AS total_occurrences,
       count(DISTINCT CASE WHEN person_id IS NOT NULL THEN 'person ' || person_id
                           WHEN user_ip IS NOT NULL THEN 'ip ' || user_ip
                           ELSE '' END) AS unique_occurrences,
       min(occurrence.id) AS first_occurrence_id,
       min(occurrence.timestamp) AS first_timestamp,
       max(occurrence.id) AS last_occurrence_id,
       max(occurrence.timestamp) AS last_timestamp,
       item.activating_occurrence_id, item.last_activated, item.last_resolved
FROM rollbar_items AS item JOIN rollbar_occurrences AS occurrence ON occurrence.item_id = item.id
"""

OCCURRENCES = "SELECT id, item_id, uuid, received_ns, timestamp, data FROM rollbar_occurrences"


def read_items(reader: Reader) -> list[Item]:
    """Return all items, the one that happened last first.

    Args:
        reader: from `open_reader`.
    """
    return select_items(reader, "", {})


def read_item(reader: Reader, item_id: int) -> Item | None:
    """Return one item, or None where there is none of this id.

    Args:
        reader: from `open_reader`.
        item_id: its id, which is not its counter.
    """
    return next(iter(select_items(reader, "WHERE item.id = :id", {"id": item_id})), None)


def select_items(
    reader: Reader, where: str, values: Mapping[str, Any], page: str = ""
) -> list[Item]:
    """Return the items that a condition selects, the one that happened last first.

    Args:
        reader: from `open_reader`.
        where: SQL from this package, never from outside; empty for all.
        values: of the names in it.
        page: SQL's LIMIT and OFFSET; empty for all.
    """
    # The texts of these statements come from this package only.
    rows = reader.execute(
        f"{ITEMS} {where} GROUP BY item.id ORDER BY last_occurrence_id DESC {page}", values
    )
    return [Item(*row) for row in rows]


def read_occurrences(
    reader: Reader, item_id: int | None = None, since_ns: int = 0
) -> list[Occurrence]:
    """Return occurrences, oldest first.

    Args:
        reader: from `open_reader`.
        item_id: only those of one item.
        since_ns: leave out what arrived before, in nanoseconds since 1970.
    """
    where = "WHERE received_ns >= :since_ns"
    if item_id is not None:
        where += " AND item_id = :item_id"
    values = {"item_id": item_id, "since_ns": since_ns}
    return select_occurrences(reader, f"{where} ORDER BY id", values)


def read_occurrence(reader: Reader, occurrence_id: int) -> Occurrence | None:
    """Return one occurrence, or None where there is none of this id.

    Args:
        reader: from `open_reader`.
        occurrence_id: its id.
    """
    return next(iter(select_occurrences(reader, "WHERE id = :id", {"id": occurrence_id})), None)


def select_occurrences(reader: Reader, where: str, values: Mapping[str, Any]) -> list[Occurrence]:
    """Return the occurrences that a condition selects.

    Args:
        reader: from `open_reader`.
        where: SQL from this package, never from outside: condition, order and limit.
        values: of the names in it.
    """
    rows = reader.execute(f"{OCCURRENCES} {where}", values)
    return [
        make_occurrence(occurrence_id, item_id, uuid, received_ns, timestamp, json.loads(text))
        for occurrence_id, item_id, uuid, received_ns, timestamp, text in rows
    ]
