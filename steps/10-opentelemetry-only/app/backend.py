"""The backend service: which address calls which function."""

from flask import Blueprint, Flask, request

from app import db, json_api, logs, session
from app.db import Row
from app.services import (
    create_activity,
    create_reply,
    home_activities,
    messages,
    notifications,
    search_activities,
    show_activity,
    user_activities,
)
from app.telemetry import boundary, cloudwatch, correlation, lifecycle, rollbar, tracing

routes = Blueprint("api", __name__, url_prefix="/api")


def create_app() -> Flask:
    """Build the backend service."""
    # Under the reloader this is built twice, and only one of the two serves.
    if lifecycle.is_only_watching():
        return Flask(__name__)
    logs.configure("backend")
    app = Flask(__name__)
    db.init_app(app)
    json_api.init_app(app)
    app.register_blueprint(routes)
    tracing.start(app, service_name="backend")
    correlation.start(app)
    cloudwatch.log_requests(app)
    rollbar.start(app, service_name="backend")
    boundary.protect(app)
    lifecycle.watch_for_the_end()
    return app


@routes.get("/activities/home")
def get_home() -> list[Row]:
    return home_activities.build_feed()


@routes.get("/activities/notifications")
def get_notifications() -> list[Row]:
    return notifications.list_notifications(session.current_handle())


@routes.get("/activities/@<handle>")
def get_user_activities(handle: str) -> list[Row]:
    return user_activities.list_activities(handle)


@routes.get("/activities/search")
def get_search() -> list[Row]:
    return search_activities.search(request.args.get("term", ""))


@routes.get("/activities/<uuid>")
def get_activity(uuid: str) -> Row:
    return show_activity.show(uuid)


@routes.post("/activities")
def post_activity() -> tuple[Row, int]:
    body = json_api.read_body()
    activity = create_activity.create(
        session.current_handle(), body.get("message"), body.get("ttl")
    )
    return activity, 201


@routes.post("/activities/<uuid>/reply")
def post_reply(uuid: str) -> tuple[Row, int]:
    body = json_api.read_body()
    reply = create_reply.create(session.current_handle(), uuid, body.get("message"))
    return reply, 201


@routes.get("/message_groups")
def get_message_groups() -> list[Row]:
    return messages.list_groups(session.current_handle())


@routes.get("/messages/@<handle>")
def get_messages(handle: str) -> list[Row]:
    return messages.list_messages(session.current_handle(), handle)


@routes.post("/messages")
def post_message() -> tuple[Row, int]:
    body = json_api.read_body()
    message = messages.send(
        session.current_handle(), body.get("user_receiver_handle"), body.get("message")
    )
    return message, 201


@routes.get("/health-check")
def get_health_check() -> dict[str, bool]:
    return {"success": True}
