"""A link that stands below a picture, in a form that can be saved and compared."""

from __future__ import annotations

import re
from dataclasses import dataclass

from markupsafe import escape

SANDBOX = "http://127.0.0.1:4318/"
"""Where the sandbox's pages are if nothing else has its port: what a saved link says."""

_HREF = re.compile(r'(?<=<a class="page" href=")[^"]*(?=")')
_PORT = re.compile(r"^http://127\.0\.0\.1:\d+/")
# A trace's id, in a path or a query.
_ID = re.compile(r"/trace/[0-9a-f-]+|\?id=[0-9a-f-]+")


@dataclass(frozen=True)
class Link:
    """A page that shows more of what a picture shows.

    Args:
        words: what to call it.
        href: its address.
    """

    words: str
    href: str

    def __repr__(self) -> str:
        return self.words

    def _repr_html_(self) -> str:
        href, words = escape(self.href), escape(self.words)
        return f'<a class="page" href="{href}" target="_blank">{words}</a>'


def settle(html: str) -> str:
    """Return saved HTML with its links as every run would have them: no run's port, no trace's id.

    What is left leads to the page that lists the traces, on the port that the sandbox has if it
    can.

    Args:
        html: an output of a notebook's cell.
    """

    def settle_href(found: re.Match[str]) -> str:
        return _ID.sub("", _PORT.sub(SANDBOX, found[0]))

    return _HREF.sub(settle_href, html)
