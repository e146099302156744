"""Makes a segment's `http` block of a span's attributes, of old and new conventions.

Source: http.go of the Collector's exporter for X-Ray, and
https://opentelemetry.io/docs/specs/semconv/http/http-spans/
"""

import ipaddress
from typing import Any

from opentelemetry.proto.trace.v1.trace_pb2 import Span

# What tells that a span is about HTTP; by its name in the new conventions, and in the old ones.
_METHOD = ("http.request.method", "http.method")
_STATUS = ("http.response.status_code", "http.status_code")
_AGENT = ("user_agent.original", "http.user_agent")
_URL = ("url.full", "http.url")
_SCHEME = ("url.scheme", "http.scheme")
_PATH = ("url.path", "url.query", "http.target")
_CLIENT = ("client.address", "http.client_ip")
_PEER = ("network.peer.address", "net.peer.ip")
_SERVER = ("http.host", "http.server_name", "net.host.name", "host.name", "server.address")
_SERVER_PORT = ("net.host.port", "server.port")
_CALLED = ("http.host", "net.peer.name", "net.peer.ip", "server.address")
_CALLED_PORT = ("net.peer.port", "server.port")
_TELLS_HTTP = (*_METHOD, *_STATUS, *_AGENT, *_URL, *_SCHEME, *_PATH, "http.host")
_TAKEN = {*_TELLS_HTTP, *_CLIENT, *_PEER, *_SERVER, *_SERVER_PORT, *_CALLED, *_CALLED_PORT}
_USUAL_PORTS = {"http": "80", "https": "443"}


def take_http(span: Span, attributes: dict[str, Any]) -> dict[str, Any]:
    """Return a span's `http` block, and take what it says out of the attributes.

    Args:
        span: the span.
        attributes: its attributes; those that the block tells are removed.

    Returns:
        The block; empty where the span is not about HTTP.
    """
    if not any(name in attributes for name in _TELLS_HTTP):
        return {}
    given = {name: attributes.pop(name) for name in _TAKEN if name in attributes}
    client, is_forwarded = _find_client(given)
    request = {
        "method": _first(given, _METHOD),
        "url": _build_url(given, span.kind == Span.SPAN_KIND_SERVER),
        "user_agent": _first(given, _AGENT),
        "client_ip": client,
        "x_forwarded_for": is_forwarded,
    }
    status = _first(given, _STATUS)
    told = {"request": {name: value for name, value in request.items() if value}}
    if isinstance(status, int):
        told["response"] = {"status": status}
    return {name: block for name, block in told.items() if block}


def find_status(attributes: dict[str, Any]) -> int | None:
    """Return the HTTP status that a span tells, or None."""
    status = _first(attributes, _STATUS)
    return status if isinstance(status, int) else None


def _find_client(given: dict[str, Any]) -> tuple[str, bool]:
    """Return who asked, and whether another party said so.

    That is taken for granted where nothing is known of the connection itself.
    """
    told = next((given[name] for name in _CLIENT if _is_address(given.get(name))), "")
    peer = next((given[name] for name in _PEER if _is_address(given.get(name))), "")
    return told or peer, bool(told and not peer)


def _is_address(value: Any) -> bool:
    try:
        ipaddress.ip_address(value)
    except ValueError:
        return False
    return isinstance(value, str)


def _build_url(given: dict[str, Any], is_server: bool) -> str:
    """Return the address that was asked for, put together from its parts where it is not told.

    The Collector adds the port to an address that holds it already, as that of Python's servers
    does; here it is added once.
    """
    whole = _first(given, _URL)
    if whole:
        return str(whole)
    hosts, ports = (_SERVER, _SERVER_PORT) if is_server else (_CALLED, _CALLED_PORT)
    host = _first(given, hosts)
    if not host:
        return ""
    scheme = _first(given, _SCHEME) or "http"
    port = str(_first(given, ports) or "")
    is_told = "http.host" in given or str(host).endswith(f":{port}")
    suffix = "" if is_told or port in ("", _USUAL_PORTS.get(str(scheme))) else f":{port}"
    return f"{scheme}://{host}{suffix}{_build_path(given)}"


def _build_path(given: dict[str, Any]) -> str:
    if "http.target" in given:
        return str(given["http.target"])
    query = str(given.get("url.query", ""))
    return f"{given.get('url.path', '/')}{'?' if query else ''}{query.removeprefix('?')}"


def _first(given: dict[str, Any], names: tuple[str, ...]) -> Any:
    return next((given[name] for name in names if name in given), None)
