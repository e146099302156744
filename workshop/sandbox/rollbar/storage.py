"""Writes occurrences into the store, and what happens to their items."""

import json
import sqlite3
import time
import uuid
from typing import Any

from workshop.sandbox.rollbar import errors
from workshop.sandbox.rollbar.grouping import find_fingerprint, find_title
from workshop.sandbox.rollbar.payload import LEVELS, Json
from workshop.sandbox.store import Store

ACTIVE, RESOLVED, MUTED = "active", "resolved", "muted"
STATUSES = (ACTIVE, RESOLVED, MUTED)
ARCHIVED = "archived"
"""A status that Rollbar has besides, and the sandbox has not."""
UNKNOWN = "unknown"

# Ids and counters are apart, as at Rollbar, so that who mixes them up finds nothing.
FIRST_ITEM_ID = 1_000_000
FIRST_OCCURRENCE_ID = 500_000_000_000

_encode = json.JSONEncoder(separators=(",", ":")).encode


def save_occurrence(store: Store, data: Json, remote_ip: str) -> str:
    """Keep an occurrence, and return its UUID; when this returns it survives the process.

    It opens an item, or joins the one of its fingerprint and environment. One that was resolved is
    active again; one that is muted stays so. An occurrence whose UUID is known is not kept again.

    Args:
        store: where to keep it.
        data: as `parse_payload` returns it.
        remote_ip: where the post came from.

    Source: https://docs.rollbar.com/docs/status-active-resolved-muted
    """
    known_as = _text(data.get("uuid")) or uuid.uuid4().hex
    received_ns = time.time_ns()
    timestamp = int(data.get("timestamp") or received_ns // 1_000_000_000)
    with store.transaction() as connection:
        if connection.execute(
            "SELECT 1 FROM rollbar_occurrences WHERE uuid = ?", (known_as,)
        ).fetchone():
            return known_as
        (occurrence_id,) = connection.execute(
            "SELECT coalesce(max(id), ?) + 1 FROM rollbar_occurrences", (FIRST_OCCURRENCE_ID,)
        ).fetchone()
        item_id = _join_item(connection, data, occurrence_id, timestamp)
        connection.execute(
            "INSERT INTO rollbar_occurrences"
            " (id, item_id, uuid, received_ns, timestamp, person_id, user_ip, data)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                occurrence_id,
                item_id,
                known_as,
                received_ns,
                timestamp,
                _text((data.get("person") or {}).get("id")),
                _find_ip(data, remote_ip),
                _encode(data),
            ),
        )
    return known_as


def update_item(store: Store, item_id: int, changes: Json) -> None:
    """Change an item's status, level or title.

    Args:
        store: where it is kept.
        item_id: which.
        changes: a name and its new value each.

    Raises:
        RollbarError: there is no such item, or it cannot be changed so.

    Source: https://docs.rollbar.com/reference/update-an-item
    """
    allowed = {"status": STATUSES, "level": LEVELS, "title": None}
    for name, value in changes.items():
        if name not in allowed:
            raise errors.not_emulated(f"Changing an item's {name[:40]}")
        if value == ARCHIVED and name == "status":
            raise errors.not_emulated("The status 'archived'")
        values = allowed[name]
        if values is not None and value not in values:
            raise errors.unprocessable(f"{name} is not one of {', '.join(values)}.")
        if values is None and not (isinstance(value, str) and 1 <= len(value) <= 255):
            raise errors.unprocessable(f"{name} is not a string of 1 to 255 characters.")
    if not changes:
        raise errors.unprocessable("There is nothing to change.")
    now = int(time.time())
    with store.transaction() as connection:
        found = connection.execute(
            "SELECT status FROM rollbar_items WHERE id = ?", (item_id,)
        ).fetchone()
        if found is None:
            raise errors.not_found("Item")
        status = changes.get("status", found[0])
        connection.execute(
            "UPDATE rollbar_items SET status = :status, level = coalesce(:level, level),"
            " title = coalesce(:title, title),"
            " last_resolved = CASE WHEN :status = 'resolved' AND status != 'resolved'"
            " THEN :now ELSE last_resolved END,"
            " last_activated = CASE WHEN :status = 'active' AND status != 'active'"
            " THEN :now ELSE last_activated END"
            " WHERE id = :id",
            {
                "status": status,
                "level": changes.get("level"),
                "title": _text(changes.get("title")),
                "now": now,
                "id": item_id,
            },
        )


def _join_item(
    connection: sqlite3.Connection, data: Json, occurrence_id: int, timestamp: int
) -> int:
    """Return the id of an occurrence's item, which is opened or activated where it has to be."""
    environment, fingerprint = _text(data["environment"]), _text(find_fingerprint(data))
    found = connection.execute(
        "SELECT id, status FROM rollbar_items WHERE environment = ? AND fingerprint = ?",
        (environment, fingerprint),
    ).fetchone()
    if found is not None:
        item_id, status = found
        if status == RESOLVED:
            connection.execute(
                "UPDATE rollbar_items SET status = ?, activating_occurrence_id = ?,"
                " last_activated = ? WHERE id = ?",
                (ACTIVE, occurrence_id, timestamp, item_id),
            )
        return int(item_id)
    (counter,) = connection.execute(
        "SELECT coalesce(max(counter), 0) + 1 FROM rollbar_items"
    ).fetchone()
    connection.execute(
        "INSERT INTO rollbar_items (id, counter, environment, fingerprint, title, level, status,"
        " framework, platform, language, activating_occurrence_id, last_activated)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            FIRST_ITEM_ID + counter,
            counter,
            environment,
            fingerprint,
            _text(find_title(data)),
            find_level(data),
            ACTIVE,
            *(_text(data.get(name)) or UNKNOWN for name in ("framework", "platform", "language")),
            occurrence_id,
            timestamp,
        ),
    )
    return FIRST_ITEM_ID + int(counter)


def find_level(data: Json) -> str:
    """Return an occurrence's level: `info` for a message that tells none, `error` for the rest.

    Args:
        data: as `parse_payload` returns it.
    """
    return data.get("level") or ("info" if data["body"].get("message") else "error")


def _find_ip(data: Json, remote_ip: str) -> str | None:
    given = (data.get("request") or {}).get("user_ip")
    return remote_ip if given == "$remote_ip" else _text(given)


def _text(value: Any) -> str | None:
    """Return a value as SQLite can hold it: JSON may have half of a surrogate pair."""
    if value is None:
        return None
    return str(value).encode("utf-8", "replace").decode("utf-8")
