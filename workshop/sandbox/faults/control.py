"""The sandbox's own addresses by which a back end is broken and mended: `/faults`."""

from flask import Blueprint, Response, jsonify, request

from workshop.errors import WorkshopError
from workshop.sandbox.console import frame
from workshop.sandbox.faults.doors import Doors

PATH = "/faults"


def create_blueprint(doors: Doors) -> Blueprint:
    """Return the addresses, to be registered with the sandbox's web app.

    Args:
        doors: what they act on.
    """
    blueprint = Blueprint("faults", __name__)
    # A web page from elsewhere shall not break anything here.
    frame.guard(blueprint)

    @blueprint.get(PATH)
    def tell() -> Response:
        return jsonify({fault.vendor: fault.mode for fault in doors.faults})

    @blueprint.put(f"{PATH}/<vendor>")
    def break_vendor(vendor: str) -> Response:
        doors.break_vendor(vendor, str(request.get_json().get("mode", "")))
        return tell()

    @blueprint.delete(f"{PATH}/<vendor>")
    def mend(vendor: str) -> Response:
        doors.mend(vendor)
        return tell()

    @blueprint.errorhandler(WorkshopError)
    def refuse(error: WorkshopError) -> Response:
        answer = jsonify(what=error.what, next_step=error.next_step)
        answer.status_code = 409
        return answer

    return blueprint
