"""The page of one person."""

from app import db
from app.db import Row
from app.services.authors import add_authors
from app.services.people import find_person

NEWEST = 20


def list_activities(handle: str) -> list[Row]:
    """Return the newest posts of this person, newest first."""
    person = find_person(handle)
    posts = db.select(
        """
        SELECT uuid, handle, message, created_at, expires_at, likes_count, replies_count
        FROM live_activities
        WHERE handle = ? AND reply_to_activity_uuid IS NULL
        ORDER BY id DESC
        LIMIT ?
        """,
        [person["handle"], NEWEST],
    )
    return add_authors(posts)
