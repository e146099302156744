"""Takes what was sent apart, into the objects that are read."""

from workshop.sandbox.rollbar.grouping import list_traces
from workshop.sandbox.rollbar.occurrence import (
    Frame,
    Occurrence,
    Person,
    RaisedException,
    Request,
)
from workshop.sandbox.rollbar.payload import Json
from workshop.sandbox.rollbar.storage import UNKNOWN, find_level


def make_occurrence(
    occurrence_id: int, item_id: int, uuid: str, received_ns: int, timestamp: int, data: Json
) -> Occurrence:
    """Return an occurrence as it is kept, taken apart.

    Args:
        occurrence_id: in the API.
        item_id: the item that it belongs to.
        uuid: its own.
        received_ns: when it arrived, in nanoseconds since 1970.
        timestamp: when it happened, in seconds since 1970.
        data: all that was sent.
    """
    exceptions = tuple(_make_exception(trace) for trace in list_traces(data))
    message = data["body"].get("message") or {}
    return Occurrence(
        id=occurrence_id,
        item_id=item_id,
        uuid=uuid,
        received_ns=received_ns,
        timestamp=timestamp,
        level=find_level(data),
        environment=data["environment"],
        exceptions=exceptions,
        message=exceptions[0].message if exceptions else str(message.get("body", "")),
        person=_make_person(data.get("person")),
        request=_make_request(data.get("request")),
        custom=dict(data.get("custom") or {}),
        context=str(data.get("context") or ""),
        framework=data.get("framework") or UNKNOWN,
        code_version=data.get("code_version"),
        host=str((data.get("server") or {}).get("host") or ""),
        data=data,
    )


def _make_exception(trace: Json) -> RaisedException:
    exception = trace["exception"]
    frames = tuple(
        Frame(
            file=frame["filename"],
            line=frame["lineno"] if isinstance(frame.get("lineno"), int) else None,
            function=str(frame.get("method") or ""),
            code=str(frame.get("code") or ""),
            locals=dict(frame["locals"]) if isinstance(frame.get("locals"), dict) else {},
        )
        for frame in trace["frames"]
    )
    return RaisedException(exception["class"], str(exception.get("message") or ""), frames)


def _make_person(sent: Json | None) -> Person | None:
    if not sent:
        return None
    told = {name: sent.get(name) for name in ("id", "username", "email")}
    return Person(**{name: None if value is None else str(value) for name, value in told.items()})


def _make_request(sent: Json | None) -> Request | None:
    if not sent:
        return None
    headers = sent.get("headers")
    return Request(
        url=str(sent.get("url") or ""),
        method=str(sent.get("method") or ""),
        headers={str(name): str(value) for name, value in headers.items()}
        if isinstance(headers, dict)
        else {},
        user_ip=None if sent.get("user_ip") is None else str(sent["user_ip"]),
    )
