"""All pages of the console, to be registered with the sandbox's web app."""

from collections.abc import Callable
from pathlib import Path

from flask import Blueprint, Response, abort, request

from workshop.errors import command
from workshop.sandbox.console import (
    cloudwatch_pages,
    frame,
    honeycomb_pages,
    overview_pages,
    rollbar_pages,
    spelling,
    xray_pages,
)
from workshop.sandbox.console.drawings import Drawings
from workshop.sandbox.faults.told import current_faults
from workshop.sandbox.store import Store

NAVIGATION = (
    ("honeycomb", "Honeycomb", "show_honeycomb"),
    ("xray", "X-Ray", "show_xray"),
    ("cloudwatch", "CloudWatch", "show_cloudwatch"),
    ("rollbar", "Rollbar", "show_rollbar"),
)
"""The name, the title and the page of each tool."""

FOLDER = Path(__file__).parent / "static"
STATIC = {"console.css": "text/css", "console.js": "text/javascript"}
"""The files beside the pages, and what each is."""


def create_blueprint(store: Store, tell_plainly: Callable[[], Response]) -> Blueprint:
    """Return the console's pages.

    Args:
        store: the sandbox's data.
        tell_plainly: answers who asks for the first page and wants no HTML, such as curl.
    """
    blueprint = Blueprint(frame.NAME, __name__, template_folder="templates")
    frame.guard(blueprint)
    drawings = Drawings()

    files = {name: (FOLDER / name).read_bytes() for name in STATIC}

    @blueprint.get("/console/<name>")
    def send_static(name: str) -> Response:
        if name not in files:
            abort(404)
        return Response(files[name], mimetype=STATIC[name])

    @blueprint.context_processor
    def give_helpers() -> dict[str, object]:
        return {
            "to": frame.to,
            "navigation": NAVIGATION,
            "titles": {name: title for name, title, _ in NAVIGATION},
            "milliseconds": spelling.milliseconds,
            "count": spelling.count,
            "format_time": spelling.format_time,
            "format_seconds": spelling.format_seconds,
            "format_value": spelling.format_value,
            "breakable": spelling.break_name,
            "flatten": spelling.flatten,
            "command": command,
            "faults": current_faults(),
            "sandbox_url": request.host_url.rstrip("/"),
        }

    overview_pages.add_routes(blueprint, store, tell_plainly)
    honeycomb_pages.add_routes(blueprint, store, drawings)
    xray_pages.add_routes(blueprint, store, drawings)
    cloudwatch_pages.add_routes(blueprint, store, drawings)
    rollbar_pages.add_routes(blueprint, store)
    return blueprint
