"""Answers Rollbar's read API from the store: items, occurrences, and the report of top items.

Sources: the pages on items, occurrences and reports below https://docs.rollbar.com/reference, and
the vendor's own client, https://github.com/rollbar/rollbar-mcp-server.
"""

import re
import time
from typing import Any

from werkzeug.datastructures import MultiDict

from workshop.sandbox.rollbar import errors
from workshop.sandbox.rollbar.items import (
    Item,
    Occurrence,
    read_item,
    select_items,
    select_occurrences,
)
from workshop.sandbox.rollbar.payload import LEVELS
from workshop.sandbox.rollbar.storage import ARCHIVED, STATUSES
from workshop.sandbox.store import Reader

Query = MultiDict[str, str]
Result = dict[str, Any]

PROJECT_ID = 1
ITEMS_A_PAGE = 100
OCCURRENCES_A_PAGE = 20
MOST_A_PAGE = 100
TOP_ITEMS = 10
MOST_HOURS = 168
HOUR = 3600

# What the search box of Rollbar's pages takes beside plain words, such as `status:active`.
_SEARCH_TERM = re.compile(r"\b[a-z_.]+:\S")
_ITEM_FILTERS = {"status": STATUSES, "level": LEVELS, "environment": None, "framework": None}


def list_items(reader: Reader, query: Query) -> Result:
    """Answer `GET /api/1/items`.

    Args:
        reader: from `open_reader`.
        query: `status`, `level`, `environment`, `framework` (each of them more than once, if
            need be), `query` or `q`, `ids`, `page` and `limit`.

    Raises:
        RollbarError: a value is not allowed, or a name is not emulated.
    """
    _refuse_others(query, {*_ITEM_FILTERS, "query", "q", "ids", "page", "limit"}, "items")
    conditions, values = ["1"], dict[str, Any]()
    for name, allowed in _ITEM_FILTERS.items():
        wanted = [value for value in query.getlist(name) if value]
        if name == "status" and ARCHIVED in wanted:
            raise errors.not_emulated("The status 'archived'")
        for value in wanted:
            if allowed and value not in allowed:
                raise errors.unprocessable(f"{name} is not one of {', '.join(allowed)}.")
        if wanted:
            names = {f"{name}{index}": value for index, value in enumerate(wanted)}
            conditions.append(f"item.{name} IN ({', '.join(f':{each}' for each in names)})")
            values |= names
    words = query.get("query") or query.get("q") or ""
    if _SEARCH_TERM.search(words):
        raise errors.not_emulated("A search by anything but words of the title")
    for index, word in enumerate(words.split()):
        conditions.append(f"instr(lower(item.title), lower(:word{index})) > 0")
        values[f"word{index}"] = word
    if query.get("ids"):
        ids = {f"id{index}": _as_id(each) for index, each in enumerate(query["ids"].split(","))}
        conditions.append(f"item.id IN ({', '.join(f':{each}' for each in ids)})")
        values |= ids
    where = "WHERE " + " AND ".join(conditions)
    page, limit = _read_page(query, ITEMS_A_PAGE)
    (total,) = reader.execute(
        f"SELECT count(*) FROM rollbar_items AS item {where}",  # noqa: S608
        values,
    ).fetchone()
    values |= {"limit": limit, "offset": (page - 1) * limit}
    found = select_items(reader, where, values, "LIMIT :limit OFFSET :offset")
    return {"page": page, "total_count": total, "items": [describe_item(item) for item in found]}


def find_by_counter(reader: Reader, counter: str) -> Item | None:
    """Return the item of a counter, or None.

    Args:
        reader: from `open_reader`.
        counter: digits, as they were sent.

    Raises:
        RollbarError: it is no number.
    """
    wanted = {"counter": _as_id(counter)}
    return next(iter(select_items(reader, "WHERE item.counter = :counter", wanted)), None)


def list_occurrences(reader: Reader, query: Query, item_id: int | None = None) -> Result:
    """Answer `GET /api/1/instances` and `GET /api/1/item/ID/instances`, the latest first.

    Args:
        reader: from `open_reader`.
        query: `page`, `limit`, and `last_id`, the last one of the page before.
        item_id: only those of one item.

    Raises:
        RollbarError: there is no such item, a value is not allowed, or a name is not emulated.
    """
    _refuse_others(query, {"page", "limit", "last_id"}, "occurrences")
    page, limit = _read_page(query, OCCURRENCES_A_PAGE)
    if item_id is not None and read_item(reader, item_id) is None:
        raise errors.not_found("Item")
    conditions, values = ["1"], {"limit": limit, "offset": (page - 1) * limit}
    if item_id is not None:
        conditions.append("item_id = :item_id")
        values["item_id"] = item_id
    if query.get("last_id"):
        conditions.append("id < :last_id")
        values |= {"last_id": _as_id(query["last_id"]), "offset": 0}
    where = f"WHERE {' AND '.join(conditions)} ORDER BY id DESC LIMIT :limit OFFSET :offset"
    found = select_occurrences(reader, where, values)
    return {"page": page, "instances": [describe_occurrence(each) for each in found]}


def list_top_items(reader: Reader, query: Query) -> list[Result]:
    """Answer `GET /api/1/reports/top_active_items`: active items with their counts by the hour.

    Args:
        reader: from `open_reader`.
        query: `hours`, `environments` (with commas between them), and `sort`, which may be
            `occurrences`; else the worst level comes first.

    Raises:
        RollbarError: a value is not allowed, or a name is not emulated.
    """
    _refuse_others(query, {"hours", "environments", "sort"}, "top active items")
    hours = _as_number(query, "hours", 24, MOST_HOURS)
    if query.get("sort") not in (None, "", "occurrences"):
        raise errors.not_emulated("Another order of the top items")
    environments = [each for each in query.get("environments", "").split(",") if each]
    now = int(time.time())
    start = now - hours * HOUR
    counts: dict[int, list[int]] = {}
    # The last hour ends now: an occurrence of this very second is in it.
    for item_id, hour, number in reader.execute(
        "SELECT item_id, (timestamp - :start - 1) / :hour AS bucket, count(*)"
        " FROM rollbar_occurrences WHERE timestamp > :start AND timestamp <= :now"
        " GROUP BY item_id, bucket",
        {"start": start, "now": now, "hour": HOUR},
    ):
        counts.setdefault(item_id, [0] * hours)[hour] += number
    active = [
        item
        for item in select_items(reader, "WHERE item.status = 'active'", {})
        if item.id in counts and (not environments or item.environment in environments)
    ]
    by_count = query.get("sort") == "occurrences"
    active.sort(
        key=lambda item: (0 if by_count else LEVELS.index(item.level), -sum(counts[item.id]))
    )
    return [
        {
            "item": {**describe_item(item), "occurrences": sum(counts[item.id])},
            "counts": counts[item.id],
        }
        for item in active[:TOP_ITEMS]
    ]


def describe_item(item: Item) -> Result:
    """Return an item as the API tells it."""
    return {
        "id": item.id,
        "public_item_id": item.id,
        "project_id": PROJECT_ID,
        "counter": item.counter,
        "title": item.title,
        "level": item.level,
        "status": item.status,
        "environment": item.environment,
        "framework": item.framework,
        "platform": item.platform,
        "language": item.language,
        "hash": item.fingerprint,
        "group_item_id": None,
        "group_status": 1,
        "assigned_user_id": None,
        "resolved_in_version": None,
        "total_occurrences": item.total_occurrences,
        "unique_occurrences": item.unique_occurrences,
        "first_occurrence_id": item.first_occurrence_id,
        "first_occurrence_timestamp": item.first_timestamp,
        "last_occurrence_id": item.last_occurrence_id,
        "last_occurrence_timestamp": item.last_timestamp,
        "activating_occurrence_id": item.activating_occurrence_id,
        "last_activated_timestamp": item.last_activated,
        "last_resolved_timestamp": item.last_resolved,
    }


def describe_occurrence(occurrence: Occurrence) -> Result:
    """Return an occurrence as the API tells it."""
    return {
        "id": occurrence.id,
        "project_id": PROJECT_ID,
        "item_id": occurrence.item_id,
        "timestamp": occurrence.timestamp,
        "version": 1,
        "billable": 1,
        "data": occurrence.data,
    }


def _read_page(query: Query, usual: int) -> tuple[int, int]:
    return _as_number(query, "page", 1, 2**31), _as_number(query, "limit", usual, MOST_A_PAGE)


def _as_number(query: Query, name: str, usual: int, most: int) -> int:
    text = query.get(name) or str(usual)
    if not text.isascii() or not text.isdecimal() or not 1 <= int(text[:12]) <= most:
        raise errors.unprocessable(f"{name} is not a number from 1 to {most}.")
    return int(text)


def _as_id(text: str) -> int:
    if not text.isascii() or not text.isdecimal() or len(text) > 18:
        raise errors.unprocessable("An id is not a number.")
    return int(text)


def _refuse_others(query: Query, known: set[str], what: str) -> None:
    """Refuse what would otherwise be left out of account, and so give an answer that is wrong."""
    for name in query:
        if name not in known and name != "access_token":
            raise errors.not_emulated(f"Listing {what} by `{name[:40]}`")
