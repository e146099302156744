"""Reads a request's body within the limits of Honeycomb's own OTLP library."""

from typing import Any

from workshop.sandbox.honeycomb.errors import unreadable_body
from workshop.sandbox.otlp.decode import UnreadableBodyError, too_long, unfold

# husky's default, https://github.com/honeycombio/husky/blob/main/otlp/common.go. It counts the
# bytes on the wire; here what they unfold to is held to the same limit, so that a small body
# cannot fill the memory.
BODY_LIMIT = 20 * 1024 * 1024


def read_body(stream: Any, content_length: int | None, content_encoding: str) -> bytes:
    """Read a request's body and undo its compression.

    Args:
        stream: the body as it came, with a `read(size)`.
        content_length: how long it says it is, in bytes.
        content_encoding: the header's value; empty for a body as it is.

    Raises:
        OtlpError: it is too long, cut off, or compressed in another way.
    """
    if content_encoding == "zstd":
        raise unreadable_body("the sandbox does not read zstd, which Honeycomb does; use gzip")
    try:
        if content_length is not None and content_length > BODY_LIMIT:
            raise too_long(BODY_LIMIT)
        return unfold(stream.read(BODY_LIMIT + 1), content_encoding, BODY_LIMIT)
    except UnreadableBodyError as error:
        raise unreadable_body(str(error)) from None
