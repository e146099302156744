"""A micro-blog's back end: `flask --app app run --port 4567`."""

from app.backend import create_app

__all__ = ["create_app"]
