"""What all pages share: the frame around them, their headers, and who may write.

A page is asked for in two ways: whole, and as its live part alone, which the page's script fetches
again and again. Both come from one template, so that they cannot differ.
"""

import hashlib
import re
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, Response, abort, redirect, render_template, request, url_for
from markupsafe import Markup

NAME = "console"
FRAGMENT_HEADER = "X-Fragment"
BODY_LIMIT = 16 * 1024
"""The longest form that a page takes, in bytes."""
TEXT_LIMIT = 10_000
"""The longest filter or query that a page takes, in characters: as Insights' own limit."""

# Everything comes from the sandbox itself. Scripts and styles are files, so that text that was
# sent by an app cannot become one: https://www.w3.org/TR/CSP3/
SECURITY_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self';"
    " img-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none';"
    " frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}
# Keys of Honeycomb (ingest and configuration keys) and of AWS, and Honeycomb's older keys of 22
# letters and digits. Thirty-two hexadecimal digits may be a key as well, and are a trace's id far
# more often: they are shown.
KEYS = re.compile(
    r"\bhc[a-z]?[a-z]{2}_\w{8,}|\bA[KS]IA[0-9A-Z]{16}\b"
    r"|\b(?=[a-zA-Z]*\d)(?=\w*[a-z])(?=\w*[A-Z])[0-9a-zA-Z]{22}\b"
)
PLAIN = "text/plain; charset=utf-8"
MASK = "(a key, hidden)"


def guard(blueprint: Blueprint) -> None:
    """Let a blueprint's pages be written to by themselves only, and give them their headers."""

    @blueprint.before_request
    def check_origin() -> None:
        request.max_content_length = BODY_LIMIT
        if request.method not in ("GET", "HEAD", "OPTIONS") and not _is_own_origin():
            abort(Response("Only the console's own pages may do this.\n", 403, content_type=PLAIN))

    @blueprint.after_request
    def add_headers(response: Response) -> Response:
        response.headers.update(SECURITY_HEADERS)
        return response


def _is_own_origin() -> bool:
    """Tell whether a request comes from one of the console's own pages.

    Browsers say where a request comes from, in Sec-Fetch-Site or at least in Origin; what says
    neither is no browser with a page. https://www.w3.org/TR/fetch-metadata/
    """
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    return urlsplit(request.headers.get("Origin", "")).netloc == request.host


def show(template: str, page: str, status: int = 200, **values: Any) -> Response:
    """Return a page, or its live part alone where that is asked for.

    A live part has an ETag; where the asker has it already, 304 is the answer.

    Args:
        template: its file below `templates/console/`.
        page: the page of the navigation that it belongs to, such as `xray`.
        status: the HTTP status.
        values: what the template needs.
    """
    live = render_template(
        f"console/{template}", layout="console/fragment.html", page=page, **values
    )
    live = KEYS.sub(MASK, live)
    # An app's text may hold half of a surrogate pair, which is no UTF-8.
    digest = hashlib.blake2b(live.encode("utf-8", "replace"), digest_size=12).hexdigest()
    body = live
    if FRAGMENT_HEADER not in request.headers:
        body = render_template(
            f"console/{template}",
            layout="console/frame.html",
            page=page,
            live=Markup(live),  # noqa: S704 - a template has just escaped it
            etag=digest,
            **values,
        )
        body = KEYS.sub(MASK, body)
    response = Response(body.encode("utf-8", "replace"), status, mimetype="text/html")
    if FRAGMENT_HEADER in request.headers and status == 200:
        response.set_etag(digest)
        response.make_conditional(request)
    response.vary.add(FRAGMENT_HEADER)
    return response


def to(endpoint: str, **values: Any) -> str:
    """Return the relative address of a page of the console.

    Relative ones hold behind a proxy that serves the sandbox below a path of its own, as
    JupyterLab's does.

    Args:
        endpoint: the name of its function, such as `show_xray`.
        values: what its route and its query take; those that are None are left out.
    """
    depth = request.path.count("/") - 1
    # Half of a surrogate pair, which JSON can hold, has no place in an address.
    known: dict[str, Any] = {
        name: value.encode("utf-8", "replace").decode() if isinstance(value, str) else value
        for name, value in values.items()
    }
    path = url_for(f"{NAME}.{endpoint}", **known)
    return ("../" * depth or "./") + path.removeprefix("/")


def lead(endpoint: str, **values: Any) -> Response:
    """Return the answer that leads a browser to another page of the console.

    Args:
        endpoint: the name of its function.
        values: what its route and its query take.
    """
    answer = redirect(to(endpoint, **values), 303)
    return Response(answer.get_data(), answer.status, answer.headers)


def asked(name: str) -> str:
    """Return a text of the request's query, without spaces around it; empty where it has none.

    One that is too long is refused: a part of a filter is another filter.
    """
    text = request.args.get(name, "").strip()
    if len(text) > TEXT_LIMIT:
        reason = f"{name} is longer than {TEXT_LIMIT:,} characters.\n"
        abort(Response(reason, 414, content_type=PLAIN))
    return text
