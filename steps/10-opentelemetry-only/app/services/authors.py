"""Puts names and faces to handles."""

from app.db import Row
from app.services.profiles_client import fetch_profiles


def add_authors(rows: list[Row]) -> list[Row]:
    """Return the rows with the display_name and avatar_url of their handle added to each."""
    handles = list(dict.fromkeys(row["handle"] for row in rows))
    profiles = fetch_profiles(handles)
    for row in rows:
        profile = profiles.get(row["handle"], {})
        row["display_name"] = profile.get("display_name", row["handle"])
        row["avatar_url"] = profile.get("avatar_url")
    return rows
