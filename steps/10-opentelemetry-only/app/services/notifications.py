"""What others have replied to you."""

from app import db
from app.db import Row
from app.services.authors import add_authors
from app.services.people import find_person

NEWEST = 10


def list_notifications(handle: str) -> list[Row]:
    """Return the newest replies of other people to this person's activities, newest first."""
    person = find_person(handle)
    replies = db.select(
        """
        SELECT uuid, reply_to_activity_uuid, handle, message, created_at, expires_at,
            likes_count, replies_count
        FROM live_activities
        WHERE handle != ?
            AND reply_to_activity_uuid IN (SELECT uuid FROM activities WHERE handle = ?)
        ORDER BY id DESC
        LIMIT ?
        """,
        [person["handle"], person["handle"], NEWEST],
    )
    return add_authors(replies)
