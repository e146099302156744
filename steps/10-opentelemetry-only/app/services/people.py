"""Looks people up in the database."""

from flask import abort

from app import db
from app.db import Row


def find_person(handle: str) -> Row:
    """Return the handle and e-mail address of a person, or answer 404."""
    people = db.select("SELECT handle, email FROM people WHERE handle = ?", [handle])
    if not people:
        abort(404, f"Nobody here is called {handle!r}.")
    return people[0]
