"""The items and how often each occurred, as Rollbar would have them, for the journal."""

import re
from pathlib import Path

from workshop.journal.words import Seen, code, minute
from workshop.sandbox.store import open_reader
from workshop.views import bars, words

MOST = 10
_KIND = re.compile(r"([A-Za-z_][\w.]*)(?::|$)")


def choose(data: Path) -> list[str]:
    """Return the id of the last occurrence that has arrived.

    Args:
        data: the sandbox's folder.
    """
    with open_reader(data) as reader:
        found = reader.execute(
            "SELECT uuid FROM rollbar_occurrences ORDER BY id DESC LIMIT 1"
        ).fetchone()
    return list(found) if found else []


def show(data: Path, ids: list[str]) -> Seen | None:
    """Return the items up to an occurrence, in words and as bars; None where that is not there.

    Of an item's title only the kind of the exception is shown: the rest, and the variables, may be
    somebody's data.

    Args:
        data: the sandbox's folder.
        ids: the last occurrence's.
    """
    with open_reader(data) as reader:
        last = reader.execute(
            "SELECT id, timestamp FROM rollbar_occurrences WHERE uuid = ?", (ids[0],)
        ).fetchone()
        if last is None:
            return None
        items = reader.execute(
            "SELECT item.counter, item.title, count(*) FROM rollbar_items AS item"
            " JOIN rollbar_occurrences AS occurrence ON occurrence.item_id = item.id"
            " WHERE occurrence.id <= ? GROUP BY item.id ORDER BY item.counter",
            (last[0],),
        ).fetchall()
    total = sum(number for _, _, number in items)
    sizes = f"{words.count(len(items), 'item')}, {words.count(total, 'occurrence')}"
    shown = [(f"#{counter} {_kind(title)}", number) for counter, title, number in items[-MOST:]]
    left_out = len(items) - len(shown)
    lines = [
        f"**Seen** in the sandbox, {minute(last[1])}: {sizes}.",
        "",
        *(f"- {code(name)}: {words.count(number, 'occurrence')}" for name, number in shown),
        *([f"- {words.count(left_out, 'older item')}"] if left_out else []),
        f"- last occurrence: `{ids[0]}`",
    ]
    return Seen("\n".join(lines), bars.show(dict(shown), f"How often each occurred: {sizes}", "×"))


def _kind(title: str) -> str:
    """Return an exception's class from an item's title; of a message nothing but that it is one."""
    found = _KIND.match(title)
    return found[1] if found else "message"
