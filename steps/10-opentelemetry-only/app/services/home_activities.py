"""The home feed: what the people who posted last have to say."""

from opentelemetry import trace

from app import db
from app.db import Row
from app.services.authors import add_authors

AUTHORS = 6

tracer = trace.get_tracer(__name__)


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
    with tracer.start_as_current_span("home-feed.add-authors") as span:
        span.set_attribute("app.posts.count", len(posts))
        return add_authors(posts)
