"""Reads and replaces the journal and its pictures, whole or not at all."""

import os
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import NamedTemporaryFile

from workshop import place
from workshop.course import Step
from workshop.errors import WorkshopError

NAME = "journal/week-2.md"


def path() -> Path:
    """Return where the journal is; behind a link, the file that it leads to."""
    return (place.root() / NAME).resolve()


def picture_link(step: Step) -> str:
    """Return a step's picture as the journal names it."""
    return f"assets/{step.slug}.png"


def picture_path(step: Step) -> Path:
    """Return where a step's picture is."""
    return (place.root() / NAME).parent / picture_link(step)


def read() -> bytes:
    """Return the journal's bytes; none where there is no journal.

    Raises:
        WorkshopError: it is not kept as UTF-8 or another encoding of ASCII's kind.
    """
    try:
        journal = path().read_bytes()
    except FileNotFoundError:
        return b""
    except OSError as error:
        raise WorkshopError(
            f"{NAME} cannot be read: {error.strerror}.", "Mend that, then run the same again."
        ) from None
    if b"\0" in journal:
        raise WorkshopError(
            f"{NAME} is not plain text in UTF-8; an editor may have saved it as UTF-16.",
            "Save it as UTF-8, then run the same again.",
        )
    return journal


def replace(before: bytes, after: bytes, pictures: Mapping[Path, bytes | None]) -> None:
    """Replace the journal, and write or remove pictures.

    All drafts are complete before the first takes its place. Ctrl-C before that changes nothing.

    Args:
        before: what was read; anything else there now is somebody's newer work.
        after: what is to be there.
        pictures: by path; None removes it.

    Raises:
        WorkshopError: the journal has been changed since it was read, or cannot be written.
    """
    try:
        with ExitStack() as drafts:
            written = {
                target: drafts.enter_context(_draft(target, png))
                for target, png in pictures.items()
                if png is not None
            }
            journal = drafts.enter_context(_draft(path(), after)) if after != before else None
            if read() != before:
                raise WorkshopError(
                    f"{NAME} was changed by someone else just now. Nothing was written.",
                    "Save it in your editor, then run the same again.",
                )
            for target, draft in written.items():
                draft.replace(target)
            if journal is not None:
                journal.replace(path())
            for target, png in pictures.items():
                if png is None:
                    target.unlink(missing_ok=True)
    except OSError as error:
        raise WorkshopError(
            f"{NAME} cannot be written: {error.strerror}.", "Mend that, then run the same again."
        ) from None


@contextmanager
def _draft(target: Path, content: bytes) -> Iterator[Path]:
    """Lend a file beside the target with its content and its permissions; gone afterwards."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=target.parent, prefix=f".{target.name}.", delete=False) as file:
        draft = Path(file.name)
        try:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
            draft.chmod(target.stat().st_mode & 0o777 if target.exists() else 0o644)
            yield draft
        finally:
            draft.unlink(missing_ok=True)
