"""Reads what the sandbox refused lately: often the reason why a page is empty."""

from workshop.sandbox.refusals import Refusal
from workshop.sandbox.store import Reader


def read_last(reader: Reader, limit: int, vendor: str | None = None) -> list[Refusal]:
    """Return the latest refusals, the newest first.

    Args:
        reader: from `open_reader`.
        limit: at most so many.
        vendor: only those of one vendor, such as `xray`.
    """
    rows = reader.execute(
        "SELECT time_ns, vendor, kind, status, reason, path, user_agent FROM refusals"
        " WHERE :vendor IS NULL OR vendor = :vendor ORDER BY time_ns DESC, id DESC LIMIT :limit",
        {"vendor": vendor, "limit": limit},
    )
    return [Refusal(*row) for row in rows]
