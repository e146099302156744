"""Search in what people have written."""

import logging
from difflib import SequenceMatcher

from opentelemetry import trace

from app import db, json_api
from app.db import Row
from app.telemetry.xray import INDEXED

logger = logging.getLogger(__name__)
tracer = trace.get_tracer(__name__)

LONGEST_TERM = 100
RECENT = 50
HITS = 10


def search(term: str | None) -> list[Row]:
    """Return the newest activities that contain this term, the most relevant first."""
    term = json_api.require_text(term, "term", LONGEST_TERM)
    with tracer.start_as_current_span("search.find") as span:
        hits = db.select(
            """
            SELECT uuid, handle, message, created_at, expires_at, likes_count, replies_count
            FROM live_activities
            WHERE message LIKE ? ESCAPE '!'
            ORDER BY id DESC
            LIMIT ?
            """,
            [make_pattern(term), HITS],
        )
        recent = db.select("SELECT message FROM live_activities ORDER BY id DESC LIMIT ?", [RECENT])
        span.set_attribute("app.search.hits", len(hits))
    logger.info("search for %s: %d hits", term, len(hits))
    with tracer.start_as_current_span("search.rank") as span:
        span.set_attributes({"hits": len(hits), "app.search.term": term, INDEXED: ["hits"]})
        return rank(hits, [row["message"] for row in recent])


def make_pattern(term: str) -> str:
    """Return the pattern for LIKE that finds this term as it is, % and _ included."""
    for sign in "!%_":
        term = term.replace(sign, "!" + sign)
    return f"%{term}%"


def rank(hits: list[Row], messages: list[str]) -> list[Row]:
    """Return the hits, those first that are most like what everybody writes about lately."""

    def relevance(hit: Row) -> float:
        return sum(SequenceMatcher(None, hit["message"], other).ratio() for other in messages)

    return sorted(hits, key=relevance, reverse=True)
