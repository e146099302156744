"""The keywords of filter expressions: what each is called, what it can be compared with, and where.

Source: https://docs.aws.amazon.com/xray/latest/devguide/xray-console-filters.html
"""

import difflib
from dataclasses import dataclass, field
from typing import Literal

from workshop.sandbox.aws.errors import ApiError, invalid_request

Kind = Literal["boolean", "number", "string"]


@dataclass(frozen=True)
class Scope:
    """A part of an expression with keywords of its own: the whole, or what stands in braces.

    Args:
        title: how a message names it.
        columns: the column of each keyword.
        anywhere: the column of each keyword that any segment of the trace may have.
    """

    title: str
    columns: dict[str, str]
    anywhere: dict[str, str] = field(default_factory=dict)


_KINDS: dict[Kind, tuple[str, ...]] = {
    "boolean": (
        *("ok", "error", "throttle", "fault", "partial", "inferred"),
        *("first", "last", "remote", "root"),
    ),
    "number": ("responsetime", "duration", "http.status", "index", "coverage"),
    "string": (
        *("http.url", "http.method", "http.useragent", "http.clientip", "user", "name", "type"),
        *("message", "availabilityzone", "instance.id", "resource.arn"),
    ),
}
KINDS: dict[str, Kind] = {keyword: kind for kind, known in _KINDS.items() for keyword in known}
GROUP_KEYWORDS = ("group.name", "group.arn")
# Documented, and told apart from what nobody knows.
NOT_EMULATED = ("json", "rootcause.json")

ORDER = {"=": "=", "!=": "<>", "<": "<", "<=": "<=", ">": ">", ">=": ">="}
TEXT = ("contains", "beginswith", "endswith")
OPERATORS: dict[Kind, tuple[str, ...]] = {
    "boolean": ("=", "!="),
    "number": tuple(ORDER),
    "string": ("=", "!=", *TEXT),
}

_OUTCOME = {name: name for name in ("ok", "error", "throttle", "fault", "partial", "inferred")} | {
    "responsetime": "response_time",
    "duration": "duration",
    "http.status": "http_status",
    "http.url": "http_url",
    "http.method": "http_method",
    "http.useragent": "user_agent",
    "http.clientip": "client_ip",
}
_ANYWHERE = {
    "user": "user",
    "availabilityzone": "availability_zone",
    "instance.id": "instance_id",
    "resource.arn": "resource_arn",
}
TRACE = Scope("a trace", {key: f"trace.{column}" for key, column in _OUTCOME.items()}, _ANYWHERE)
SERVICE = Scope(
    "service(){…}",
    {
        key: f"segment.{column}"
        for key, column in (
            _OUTCOME | _ANYWHERE | {"root": "root", "name": "name", "type": "type"}
        ).items()
    },
)
EDGE = Scope("edge(){…}", {key: f"edge.{column}" for key, column in _OUTCOME.items()})
ROOT_CAUSES = {
    "service": Scope(
        "rootcause.….service{…}",
        {
            "first": "(cause.position = 0)",
            "last": "cause.is_last",
            "inferred": "cause.inferred",
            "index": "cause.position",
            "name": "cause.name",
            "type": "cause.type",
        },
    ),
    "entity": Scope(
        "rootcause.….entity{…}",
        {
            "first": "(cause.position = 0)",
            "last": "cause.is_last",
            "remote": "cause.remote",
            "index": "cause.position",
            "coverage": "cause.coverage",
            "name": "cause.name",
        },
    ),
    "exception": Scope(
        "rootcause.….exception{…}",
        {
            "first": "(cause.position = 0)",
            "last": "cause.is_last",
            "index": "cause.position",
            "name": "cause.name",
            "message": "cause.message",
        },
    ),
}
_SCOPES = (TRACE, SERVICE, EDGE, *ROOT_CAUSES.values())


def misplaced(keyword: str, scope: Scope) -> ApiError:
    """Return the refusal of a keyword that is unknown, or has no meaning where it stands."""
    if keyword in NOT_EMULATED:
        return invalid_request(
            f"'{keyword}' is not emulated by the workshop's sandbox; AWS X-Ray itself has it."
        )
    if keyword in KINDS:
        titles = [other.title for other in _SCOPES if keyword in other.columns | other.anywhere]
        return invalid_request(
            f"Invalid filter expression: '{keyword}' says nothing of {scope.title};"
            f" it belongs into {' or '.join(titles)}."
        )
    near = difflib.get_close_matches(keyword, [*KINDS, *GROUP_KEYWORDS, "annotation"], 1)
    hint = f" Did you mean '{near[0]}'?" if near else ""
    return invalid_request(f"Invalid filter expression: unknown keyword '{keyword}'.{hint}")
