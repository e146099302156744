"""Private messages between two people."""

import logging
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from flask import abort

from app import db, json_api
from app.db import Row
from app.services.authors import add_authors
from app.services.people import find_person

logger = logging.getLogger(__name__)

LONGEST_HANDLE = 50
LONGEST_MESSAGE = 1024


def list_groups(handle: str) -> list[Row]:
    """Return the last message that this person exchanged with each other one, newest first."""
    person = find_person(handle)
    groups = db.select(
        """
        SELECT uuid, other AS handle, message, created_at
        FROM mailboxes
        WHERE owner = ? AND id IN (SELECT max(id) FROM mailboxes WHERE owner = ? GROUP BY other)
        ORDER BY id DESC
        """,
        [person["handle"], person["handle"]],
    )
    return add_authors(groups)


def list_messages(handle: str, other_handle: str) -> list[Row]:
    """Return all messages between two people, from first to last."""
    person = find_person(handle)
    other = find_person(other_handle)
    found = db.select(
        """
        SELECT uuid, sender_handle AS handle, message, created_at
        FROM mailboxes
        WHERE owner = ? AND other = ?
        ORDER BY id
        """,
        [person["handle"], other["handle"]],
    )
    return add_authors(found)


def send(handle: str, receiver_handle: Any, message: Any) -> Row:
    """Send a message from one person to another, and return it."""
    sender = find_person(handle)
    wanted = json_api.require_text(receiver_handle, "user_receiver_handle", LONGEST_HANDLE)
    text = json_api.require_text(message, "message", LONGEST_MESSAGE)
    receiver = find_person(wanted)
    if receiver["handle"] == sender["handle"]:
        abort(422, "user_receiver_handle is your own.")
    sent = {
        "uuid": str(uuid4()),
        "sender_handle": sender["handle"],
        "receiver_handle": receiver["handle"],
        "message": text,
        "created_at": datetime.now(UTC).isoformat(timespec="seconds"),
    }
    db.change(
        """
        INSERT INTO messages (uuid, sender_handle, receiver_handle, message, created_at)
        VALUES (?, ?, ?, ?, ?)
        """,
        list(sent.values()),
    )
    logger.info("message from %s to %s", sender["handle"], receiver["handle"])
    return sent
