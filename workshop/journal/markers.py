"""Finds a journal's evidence blocks by their markers, and puts text between them.

A journal is handled as bytes: what stands outside the markers stays as it is, whatever its line
ends or its encoding.
"""

import re
from dataclasses import dataclass

from workshop.errors import WorkshopError

_MARKER = re.compile(rb"<!--[ \t]*evidence[ \t]+([\w-]+)[ \t]*:[ \t]*(begin|end)\b([^\r\n]*?)-->")
_DIGEST = re.compile(r"(text|picture)=([0-9a-f]+)")
_LINE_END = re.compile(rb"\r\n|\n|\r")
_FENCE = re.compile(rb" {0,3}(`{3,}|~{3,})")


@dataclass(frozen=True)
class Block:
    """What stands between two markers.

    Args:
        slug: the step's, such as `01-honeycomb`.
        line: of its first marker, from 1.
        start: where its content begins, in bytes from the journal's start.
        end: where its content ends.
        after: where the second marker ends.
        content: what stands between them, with line feeds at its line ends, no blank ones around.
        digests: what the second marker says of the content: `text` and `picture`.
    """

    slug: str
    line: int
    start: int
    end: int
    after: int
    content: str
    digests: dict[str, str]


def find(journal: bytes, name: str) -> dict[str, Block]:
    """Return a journal's blocks by slug.

    Args:
        journal: its bytes.
        name: what messages call it.

    Raises:
        WorkshopError: a marker lacks its partner, or a block is there twice; the message has the
            line. It could not be said which words are the learner's.
    """
    blocks: dict[str, Block] = {}
    opened: re.Match[bytes] | None = None
    for marker in _MARKER.finditer(journal):
        slug, what = marker[1].decode(), marker[2]
        if what == b"begin":
            if opened is not None:
                raise _unclosed(journal, name, opened)
            opened = marker
            continue
        if opened is None:
            raise _broken(journal, name, marker, "has no begin before it")
        if opened[1] != marker[1]:
            raise _unclosed(journal, name, opened)
        if slug in blocks:
            raise _broken(journal, name, opened, f"is there twice: line {blocks[slug].line}, too")
        blocks[slug] = _read(journal, opened, marker)
        opened = None
    if opened is not None:
        raise _unclosed(journal, name, opened)
    return blocks


def put(journal: bytes, block: Block, content: str, digests: dict[str, str]) -> bytes:
    """Return the journal with another content in one block.

    Args:
        journal: its bytes.
        block: which, as `find` returned it for these bytes.
        content: lines, without blank ones around them.
        digests: what the second marker is to say of it.
    """
    said = "".join(f" {what}={digest}" for what, digest in digests.items())
    inner = f"\n{content.strip()}\n<!-- evidence {block.slug}: end{said} -->"
    ends = _line_end(journal)
    return b"".join(
        (
            journal[: block.start],
            inner.replace("\n", ends.decode()).encode(),
            journal[block.after :],
        )
    )


def add(journal: bytes, slug: str, title: str) -> bytes:
    """Return the journal with an empty block for a step: below its heading, or at the end.

    Args:
        journal: its bytes, without a block of this step.
        slug: the step's, such as `01-honeycomb`.
        title: the step's, for a heading where there is none.
    """
    ends = _line_end(journal)
    number = slug.partition("-")[0]
    markers = f"<!-- evidence {slug}: begin -->\n<!-- evidence {slug}: end -->\n"
    at = _after_heading(journal, number)
    if at is None:
        blank = "\n" if journal.strip() else ""
        if journal and not journal.endswith((b"\n", b"\r")):
            blank = "\n\n"
        at, markers = len(journal), f"{blank}## {number} · {title}\n\n{markers}"
    else:
        needs_end = not journal[:at].endswith((b"\n", b"\r"))
        markers = ("\n" if needs_end else "") + f"\n{markers}"
    return journal[:at] + markers.encode().replace(b"\n", ends) + journal[at:]


def line_of(journal: bytes, offset: int) -> int:
    """Return the number of the line at an offset, from 1."""
    return len(_LINE_END.findall(journal, 0, offset)) + 1


def _read(journal: bytes, first: re.Match[bytes], second: re.Match[bytes]) -> Block:
    inner = journal[first.end() : second.start()].decode("utf-8", errors="replace")
    return Block(
        slug=first[1].decode(),
        line=line_of(journal, first.start()),
        start=first.end(),
        end=second.start(),
        after=second.end(),
        content=re.sub(r"\r\n?", "\n", inner).strip(),
        digests=dict(_DIGEST.findall(second[3].decode("utf-8", errors="replace"))),
    )


def _line_end(journal: bytes) -> bytes:
    """Return the line end that the journal has: that of its first line."""
    found = _LINE_END.search(journal)
    return found[0] if found else b"\n"


def _after_heading(journal: bytes, number: str) -> int | None:
    """Return where the line after a step's heading begins; None where there is no such heading.

    Args:
        journal: its bytes.
        number: the step's, of two digits.
    """
    heading = re.compile(rb" {0,3}#{1,6}[ \t]+" + number.encode() + rb"(?![\w.])")
    fence, at = b"", 0
    for line in journal.splitlines(keepends=True):
        at += len(line)
        mark = _FENCE.match(line)
        if mark and not fence:
            fence = mark[1]
        elif mark and mark[1].startswith(fence):
            fence = b""
        elif not fence and heading.match(line):
            return at
    return None


def _unclosed(journal: bytes, name: str, marker: re.Match[bytes]) -> WorkshopError:
    end = f"<!-- evidence {marker[1].decode()}: end -->"
    return _broken(journal, name, marker, f"has no end: {end} has to follow it")


def _broken(journal: bytes, name: str, marker: re.Match[bytes], what: str) -> WorkshopError:
    line = line_of(journal, marker.start())
    said = f"{marker[1].decode()}: {marker[2].decode()}"
    return WorkshopError(
        f"{name}, line {line}: the marker 'evidence {said}' {what}. Nothing was written.",
        "Mend the markers there, or delete them: they are put back below the step's heading. "
        "Then run the same again.",
    )
