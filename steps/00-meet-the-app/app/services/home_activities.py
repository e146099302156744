"""The home feed: what the people who posted last have to say."""

from app import db
from app.db import Row
from app.services.authors import add_authors

AUTHORS = 6


def build_feed() -> list[Row]:
    """Return the newest post of each of the people who posted last, newest first."""
    posts = db.select(
        """
        SELECT uuid, handle, message, created_at, expires_at, likes_count, replies_count
        FROM live_activities
        WHERE id IN (
            SELECT max(id) FROM live_activities
            WHERE reply_to_activity_uuid IS NULL
            GROUP BY handle
        )
        ORDER BY id DESC
        LIMIT ?
        """,
        [AUTHORS],
    )
    return add_authors(posts)
