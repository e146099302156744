"""Names a span's segment: X-Ray's names are those of services, not of what they do."""

import re
from typing import Any
from urllib.parse import urlsplit

from opentelemetry.proto.trace.v1.trace_pb2 import Span

from workshop.sandbox.xray.validation import NAME_LIMIT

# What no segment's name may hold:
# https://docs.aws.amazon.com/xray/latest/devguide/xray-api-segmentdocuments.html
_FORBIDDEN = re.compile(r"[^\w\s.:/%&#=+\\\-@]")
DEFAULT_NAME = "span"
AWS_API = "aws-api"


def find_name(span: Span, attributes: dict[str, Any], resource: dict[str, Any]) -> str:
    """Return the name of a span's segment: the service that did the work, or that was called.

    Of the database conventions and the network ones, those of today are read like their
    predecessors: `db.namespace` as `db.name`, `server.address` of a call as `net.peer.name`.

    Args:
        span: the span.
        attributes: its attributes.
        resource: those of its resource.
    """
    is_server = span.kind == Span.SPAN_KIND_SERVER
    candidates = (
        attributes.get("peer.service"),
        attributes.get("aws.service"),
        _name_database(attributes),
        resource.get("service.name") if is_server else None,
        attributes.get("rpc.service"),
        attributes.get("http.host"),
        attributes.get("net.peer.name"),
        attributes.get("server.address") if span.kind == Span.SPAN_KIND_CLIENT else None,
        span.name,
    )
    found = (_clean(each) for each in candidates if isinstance(each, str))
    return next((name for name in found if name), DEFAULT_NAME)


def find_namespace(span: Span, attributes: dict[str, Any]) -> str:
    """Return `aws` or `remote` for a call to another service, and nothing for work of its own."""
    if attributes.get("rpc.system") == AWS_API or attributes.get("aws.service"):
        return "aws"
    return "remote" if span.kind == Span.SPAN_KIND_CLIENT else ""


def _name_database(attributes: dict[str, Any]) -> str | None:
    """Return a database's name and, where that is known, its host: `orders@db.example.com`."""
    name = attributes.get("db.name", attributes.get("db.namespace"))
    if not isinstance(name, str):
        return None
    address = str(attributes.get("db.connection_string", "")).removeprefix("jdbc:")
    try:
        host = urlsplit(address).hostname
    except ValueError:
        host = None
    return f"{name}@{host}" if host else name


def _clean(name: str) -> str:
    return _FORBIDDEN.sub("", name)[:NAME_LIMIT]
