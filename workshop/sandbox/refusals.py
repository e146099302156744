"""Remembers what the sandbox refused, so that a check can tell why nothing arrived."""

import re
import time
from dataclasses import dataclass

from workshop.sandbox.store import Reader, Store

# Keys of Honeycomb and AWS, in each of their forms: a path or a user agent must not bring one in.
KEY_PATTERN = re.compile(
    r"hc[a-z]?[a-z]{2}_\w+|[0-9a-fA-F]{32,}|\b[0-9a-zA-Z]{22}\b|\bA[KS]IA[0-9A-Z]{16}\b"
)
TEXT_LIMIT = 200

UNKNOWN_KEY = "unknown-key"
MISSING_KEY = "missing-key"
MISSING_DATASET = "missing-dataset"
SIGNATURE = "signature"
CONTENT_TYPE = "content-type"
BODY = "body"
SEGMENT = "segment"
NOT_SEARCHING = "not-searching"
UNKNOWN_PATH = "unknown-path"
METHOD = "method"
NOT_EMULATED = "not-emulated"
HOST = "host"


@dataclass(frozen=True)
class Refusal:
    """One request that was refused. Its key and its body are not kept.

    Args:
        time_ns: when, in nanoseconds since 1970.
        vendor: whose part refused it, such as `honeycomb`; empty where no vendor is meant.
        kind: why, as one of this module's constants, such as `unknown-key`.
        status: the HTTP status that was answered.
        reason: the sentence that was answered.
        path: what was asked for, without a query.
        user_agent: who asked.
    """

    time_ns: int
    vendor: str
    kind: str
    status: int
    reason: str
    path: str
    user_agent: str

    @property
    def is_for_good(self) -> bool:
        """Whether the same request, sent again, would be refused again."""
        return 400 <= self.status < 500 and self.status not in (408, 429)


def record_refusal(
    store: Store, *, vendor: str, kind: str, status: int, reason: str, path: str, user_agent: str
) -> None:
    """Remember that a request was refused now; the arguments are those of `Refusal`."""
    row = (time.time_ns(), vendor, kind, status, reason, mask_keys(path), mask_keys(user_agent))
    with store.transaction() as connection:
        connection.execute(
            "INSERT INTO refusals (time_ns, vendor, kind, status, reason, path, user_agent)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            row,
        )


def read_refusals(reader: Reader, since_ns: int = 0) -> list[Refusal]:
    """Return what was refused, oldest first.

    Args:
        reader: from `open_reader`.
        since_ns: leave out what was refused before, in nanoseconds since 1970.
    """
    rows = reader.execute(
        "SELECT time_ns, vendor, kind, status, reason, path, user_agent FROM refusals"
        " WHERE time_ns >= ? ORDER BY time_ns, id",
        (since_ns,),
    )
    return [Refusal(*row) for row in rows]


def mask_keys(text: str) -> str:
    """Return a text that came from outside, short and without anything that looks like a key."""
    return KEY_PATTERN.sub("…", text)[:TEXT_LIMIT]
