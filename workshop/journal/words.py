"""How an evidence block says things: safe in Markdown, with times to the minute."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime

from workshop.views.picture import Picture
from workshop.views.words import clean

_ID = re.compile(r"`([\w-]+)`")


@dataclass(frozen=True)
class Seen:
    """What a block shows of a run.

    Args:
        text: its lines; the last has the ids, if there are any.
        picture: what the text links to as its picture, if anything.
    """

    text: str
    picture: Picture | None = None


def minute(seconds: float) -> str:
    """Return a time in seconds since 1970 as `2026-11-22 09:41 UTC`."""
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d %H:%M} UTC"


def code(text: str) -> str:
    """Return text from an app as code, on one line, so that nothing in it can mean anything."""
    # A comment that begins in a name could be taken for a marker.
    plain = clean(text).replace("`", "'").replace("<!--", "<! --")
    return f"`{plain}`"


def link(picture: Picture, target: str) -> str:
    """Return a picture's link, with what it shows in words.

    Args:
        picture: the picture.
        target: the file, as seen from the journal.
    """
    alt = re.sub(r"([\\\[\]<>`*_])", r"\\\1", clean(picture.alt.splitlines()[0]))
    return f"![{alt}]({target})"


def read_ids(content: str) -> list[str]:
    """Return the ids that a block's last line names; none where it is no item of a list."""
    last = content.rpartition("\n")[2]
    return _ID.findall(last) if last.startswith("- ") else []
