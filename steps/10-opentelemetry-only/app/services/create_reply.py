"""Publish a reply."""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from app import db, json_api
from app.db import Row
from app.services.create_activity import LONGEST_MESSAGE
from app.services.people import find_person
from app.services.show_activity import find_activity


def create(handle: str, activity_uuid: str, message: Any) -> Row:
    """Publish a reply to an activity, which expires when that does, and return it."""
    person = find_person(handle)
    activity = find_activity(activity_uuid)
    text = json_api.require_text(message, "message", LONGEST_MESSAGE)
    uuid = str(uuid4())
    db.change(
        """
        INSERT INTO activities
            (uuid, reply_to_activity_uuid, handle, message, created_at, expires_at)
        VALUES (?, ?, ?, ?, ?, ?)
        """,
        [
            uuid,
            activity["uuid"],
            person["handle"],
            text,
            datetime.now(UTC).isoformat(timespec="seconds"),
            activity["expires_at"],
        ],
    )
    return find_activity(uuid)
