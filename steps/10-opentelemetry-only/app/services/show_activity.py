"""One activity, with what others replied."""

from flask import abort

from app import db
from app.db import Row
from app.services.authors import add_authors


def show(uuid: str) -> Row:
    """Return the activity with this uuid, and its replies from first to last."""
    activity = find_activity(uuid)
    replies = db.select(
        """
        SELECT uuid, reply_to_activity_uuid, handle, message, created_at, expires_at,
            likes_count, replies_count
        FROM live_activities
        WHERE reply_to_activity_uuid = ?
        ORDER BY id
        """,
        [uuid],
    )
    add_authors([activity, *replies])
    return {**activity, "replies": replies}


def find_activity(uuid: str) -> Row:
    """Return the activity with this uuid alone, or answer 404."""
    activities = db.select(
        """
        SELECT uuid, reply_to_activity_uuid, handle, message, created_at, expires_at,
            likes_count, replies_count
        FROM live_activities
        WHERE uuid = ?
        """,
        [uuid],
    )
    if not activities:
        abort(404, f"There is no activity {uuid!r}.")
    return activities[0]
