"""Hands out a long list a page at a time."""

from collections.abc import Sequence
from typing import Any, TypeVar

from workshop.sandbox.aws.errors import invalid_request

Item = TypeVar("Item")

LONGEST_TOKEN = 9


def cut_page(
    items: Sequence[Item], params: dict[str, Any], size: int
) -> tuple[Sequence[Item], dict[str, str]]:
    """Return the page that a request asks for, and what leads to the next one.

    Args:
        items: the whole list, in an order that stays.
        params: the request's members; `NextToken` is one that an answer gave, or absent.
        size: how many items a page has.

    Returns:
        The page's items, and `NextToken` for the answer; no token after the last page.

    Raises:
        ApiError: no answer ever gave this token.
    """
    token = params.get("NextToken", "0")
    if not (token.isascii() and token.isdecimal() and len(token) <= LONGEST_TOKEN):
        raise invalid_request("Invalid NextToken")
    start = int(token)
    end = start + size
    return items[start:end], {"NextToken": str(end)} if end < len(items) else {}
