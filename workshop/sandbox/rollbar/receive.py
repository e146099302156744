"""Rollbar's addresses below `/api/1/`: items in, and the read API."""

import os
from typing import Any

from flask import Blueprint, Response, jsonify, request

from workshop.errors import WorkshopError
from workshop.sandbox import refusals
from workshop.sandbox.rollbar import errors, queries
from workshop.sandbox.rollbar.errors import RollbarError
from workshop.sandbox.rollbar.items import Item, read_item, read_occurrence
from workshop.sandbox.rollbar.payload import CLIENT_PLATFORMS, parse_payload, read_json
from workshop.sandbox.rollbar.rate_limit import DEFAULT, RateLimit
from workshop.sandbox.rollbar.storage import save_occurrence, update_item
from workshop.sandbox.rollbar.tokens import (
    HEADER,
    PARAMETER,
    POST,
    POST_CLIENT,
    READ,
    WRITE,
    check_token,
)
from workshop.sandbox.store import Store

VENDOR = "rollbar"
PREFIX = "/api/1"
# How many items a minute a token may post; set it to see what an SDK does when Rollbar says 429.
LIMIT_VARIABLE = "WORKSHOP_ROLLBAR_RATE_LIMIT"

METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]
# Rollbar's other resources. Source: https://docs.rollbar.com/reference
MISSING = (
    "deploy",
    "deploys",
    "dsym",
    "environments",
    "instance",
    "invite",
    "invites",
    "item",
    "items",
    "metrics",
    "notifications",
    "people",
    "person",
    "project",
    "projects",
    "reports",
    "rql",
    "search",
    "service_links",
    "session",
    "sourcemap",
    "symbols",
    "team",
    "teams",
    "user",
    "users",
    "versions",
)


def _read_limit() -> int:
    """Return how many items a token may post in a minute, as the environment has it."""
    given = os.environ.get(LIMIT_VARIABLE) or str(DEFAULT)
    if not given.isdecimal() or not int(given):
        raise WorkshopError(
            f"{LIMIT_VARIABLE} is {given!r}, and not a number of items a minute.",
            f"Set it to one such as {DEFAULT}, or unset it.",
        )
    return int(given)


def create_blueprint(store: Store, most_a_minute: int | None = None) -> Blueprint:
    """Return Rollbar's addresses, to be registered with the sandbox's web app.

    Args:
        store: where items, occurrences and refusals are kept.
        most_a_minute: how many items a token may post; None for what the environment says.
    """
    blueprint = Blueprint(VENDOR, __name__)
    limit = RateLimit(most_a_minute or _read_limit())

    @blueprint.post(f"{PREFIX}/item", strict_slashes=False)
    def receive_item() -> Response:
        # A token may also be in the body, which then has to be read first.
        given = _given_token()
        document = None if given else _read_document()
        token = check_token(given or _as_text((document or {}).get(PARAMETER)), POST)
        told = limit.take(token)
        data = parse_payload(_read_document() if document is None else document)
        if data.get("platform") in CLIENT_PLATFORMS:
            raise errors.insufficient_scope(POST_CLIENT, POST)
        saved = save_occurrence(store, data, request.remote_addr or "")
        answer = jsonify(err=0, result={"id": None, "uuid": saved})
        answer.headers.update(told)
        return answer

    @blueprint.get(f"{PREFIX}/item", strict_slashes=False)
    def find_item() -> Response:
        check_token(_given_token(), READ)
        if "counter" not in request.args:
            raise errors.unprocessable("counter is missing and it is required.")
        return _tell(queries.describe_item(_read_by_counter(request.args["counter"])))

    @blueprint.get(f"{PREFIX}/item_by_counter/<counter>", strict_slashes=False)
    def redirect_to_item(counter: str) -> Response:
        check_token(_given_token(), READ)
        item_id = _read_by_counter(counter).id
        path = f"{PREFIX}/item/{item_id}"
        answer = _tell({"itemId": item_id, "path": path, "uri": path})
        answer.status_code = 301
        answer.headers["Location"] = path
        return answer

    @blueprint.get(f"{PREFIX}/items", strict_slashes=False)
    def list_items() -> Response:
        check_token(_given_token(), READ)
        with store.reader() as reader:
            return _tell(queries.list_items(reader, request.args))

    @blueprint.get(f"{PREFIX}/item/<int:item_id>", strict_slashes=False)
    def tell_item(item_id: int) -> Response:
        check_token(_given_token(), READ)
        return _tell(queries.describe_item(_read_by_id(item_id)))

    @blueprint.patch(f"{PREFIX}/item/<int:item_id>", strict_slashes=False)
    def change_item(item_id: int) -> Response:
        check_token(_given_token(), WRITE)
        changes = {name: value for name, value in _read_document().items() if name != PARAMETER}
        update_item(store, _as_key(item_id), changes)
        return _tell(queries.describe_item(_read_by_id(item_id)))

    @blueprint.get(f"{PREFIX}/item/<int:item_id>/instances", strict_slashes=False)
    def list_occurrences_of_item(item_id: int) -> Response:
        check_token(_given_token(), READ)
        with store.reader() as reader:
            return _tell(queries.list_occurrences(reader, request.args, _as_key(item_id)))

    @blueprint.get(f"{PREFIX}/instances", strict_slashes=False)
    def list_occurrences() -> Response:
        check_token(_given_token(), READ)
        with store.reader() as reader:
            return _tell(queries.list_occurrences(reader, request.args))

    @blueprint.get(f"{PREFIX}/instance/<int:occurrence_id>", strict_slashes=False)
    def tell_occurrence(occurrence_id: int) -> Response:
        check_token(_given_token(), READ)
        with store.reader() as reader:
            found = read_occurrence(reader, _as_key(occurrence_id))
        if found is None:
            raise errors.not_found("Occurrence")
        return _tell(queries.describe_occurrence(found))

    @blueprint.get(f"{PREFIX}/reports/top_active_items", strict_slashes=False)
    def list_top_items() -> Response:
        check_token(_given_token(), READ)
        with store.reader() as reader:
            return _tell(queries.list_top_items(reader, request.args))

    @blueprint.get(f"{PREFIX}/status/ping", strict_slashes=False)
    def ping() -> Response:
        return Response("pong", content_type="text/plain; charset=utf-8")

    @blueprint.route("/api/<path:rest>", methods=METHODS)
    def refuse_rest(rest: str) -> Response:
        version, _, resource = rest.partition("/")
        name = resource.partition("/")[0]
        if version == "1" and name in MISSING:
            # The rest of the path came from outside, and may hold a token.
            raise errors.not_emulated(f"This use of {request.method} {PREFIX}/{name}")
        raise errors.not_found("The resource")

    @blueprint.errorhandler(RollbarError)
    def refuse(error: RollbarError) -> Response:
        refusals.record_refusal(
            store,
            vendor=VENDOR,
            kind=error.kind,
            status=error.status,
            reason=error.message,
            path=request.path,
            user_agent=request.headers.get("User-Agent", ""),
        )
        answer = jsonify(err=1, message=error.message)
        answer.status_code = error.status
        answer.headers.update(error.headers)
        return answer

    def _read_by_id(item_id: int) -> Item:
        with store.reader() as reader:
            item = read_item(reader, _as_key(item_id))
        if item is None:
            raise errors.not_found("Item")
        return item

    def _read_by_counter(counter: str) -> Item:
        with store.reader() as reader:
            found = queries.find_by_counter(reader, counter)
        if found is None:
            raise errors.not_found("Item")
        return found

    return blueprint


def _given_token() -> str | None:
    """Return the token in the header, or else in the query; None where there is none."""
    return request.headers.get(HEADER) or request.args.get(PARAMETER) or None


def _read_document() -> dict[str, Any]:
    return read_json(
        request.stream, request.content_length, request.headers.get("Content-Type", "")
    )


def _as_text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _as_key(number: int) -> int:
    """Return a number that SQLite can look up; larger ones are nobody's."""
    return min(number, 2**62)


def _tell(result: Any) -> Response:
    return jsonify(err=0, result=result)
