"""The profiles service, the second of the two: `flask --app app.profiles run --port 4568`."""

from flask import Blueprint, Flask, abort, request

from app import avatars, db, json_api, logs
from app.db import Row
from app.telemetry import cloudwatch, correlation, lifecycle, rollbar, tracing

routes = Blueprint("profiles", __name__)


def create_app() -> Flask:
    """Build the profiles service."""
    # Under the reloader this is built twice, and only one of the two serves.
    if lifecycle.is_only_watching():
        return Flask(__name__)
    logs.configure("profiles")
    app = Flask(__name__)
    db.init_app(app)
    json_api.init_app(app)
    app.register_blueprint(routes)
    tracing.start(app, service_name="profiles")
    correlation.start(app)
    cloudwatch.log_requests(app)
    rollbar.start(app, service_name="profiles")
    lifecycle.watch_for_the_end()
    return app


@routes.get("/profiles/<handle>")
def get_profile(handle: str) -> Row:
    found = find_profiles([handle])
    if not found:
        abort(404, f"Nobody here is called {handle!r}.")
    return found[0]


@routes.get("/profiles")
def get_profiles() -> dict[str, list[Row]]:
    handles = [handle for handle in request.args.get("handles", "").split(",") if handle]
    if not handles:
        abort(400, "Say whose profiles: /profiles?handles=noor,tilda")
    return {"profiles": find_profiles(handles)}


@routes.get("/health-check")
def get_health_check() -> dict[str, bool]:
    return {"success": True}


def find_profiles(handles: list[str]) -> list[Row]:
    """Return the profiles of those handles that exist, with addresses for their avatars."""
    marks = ", ".join("?" for _ in handles)
    people = db.select(
        f"SELECT handle, display_name, avatar FROM people WHERE handle IN ({marks})", handles
    )
    key = avatars.derive_key()
    return [
        {
            "handle": person["handle"],
            "display_name": person["display_name"],
            "avatar_url": avatars.sign_url(person["avatar"], key),
        }
        for person in people
    ]
