"""Publish a post."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import rollbar
from flask import abort
from opentelemetry import trace

from app import db, json_api
from app.db import Row
from app.services.people import find_person
from app.services.show_activity import find_activity

tracer = trace.get_tracer(__name__)

LONGEST_MESSAGE = 280
TTLS = ["30-days", "7-days", "3-days", "1-day", "12-hours", "3-hours", "1-hour"]


def create(handle: str, message: Any, ttl: Any) -> Row:
    """Publish a message that expires after its time to live, and return it."""
    person = find_person(handle)
    text = json_api.require_text(message, "message", LONGEST_MESSAGE)
    if ttl not in TTLS:
        rollbar.report_message("a time to live that is not on the list", "info")
        abort(422, f"ttl must be one of {', '.join(TTLS)}.")
    now = datetime.now(UTC)
    uuid = str(uuid4())
    db.change(
        """
        INSERT INTO activities (uuid, handle, message, created_at, expires_at)
        VALUES (?, ?, ?, ?, ?)
        """,
        [
            uuid,
            person["handle"],
            text,
            now.isoformat(timespec="seconds"),
            (now + parse_ttl(ttl)).isoformat(timespec="seconds"),
        ],
    )
    return find_activity(uuid)


@tracer.start_as_current_span("parse-ttl")
def parse_ttl(ttl: str) -> timedelta:
    """Return the time that a value such as 3-hours stands for."""
    trace.get_current_span().set_attribute("app.ttl", ttl)
    amount, unit = ttl.split("-")
    return timedelta(**{unit: int(amount)})
