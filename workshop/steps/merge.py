"""A step's change on top of a learner's own work: a three-way merge of whole apps, file by file."""

from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import Enum
from pathlib import Path
from tempfile import TemporaryDirectory

from workshop.errors import WorkshopError
from workshop.steps import git
from workshop.steps.tree import File, Tree

# git's conflict marks, wider than any row of signs in a source file.
MARK_WIDTH = 61
OURS, MIDDLE, THEIRS = (sign * MARK_WIDTH for sign in (b"<", b"=", b">"))


class Kind(Enum):
    """Why a file of the learner's and a step's change to it do not go together."""

    EDITED = "both changed the same lines"
    BINARY = "both changed a file that is not text"
    DELETED = "the learner deleted it, the step changes it"
    REMOVED = "the step removes it, the learner changed it"
    ADDED = "both added it, with different content"


@dataclass(frozen=True)
class Place:
    """A few lines that both changed.

    Args:
        line: the first of them in the learner's file, from 1; where they are gone, the line that
            now stands there.
        ours: the learner's lines.
        theirs: the step's.
    """

    line: int
    ours: tuple[str, ...]
    theirs: tuple[str, ...]


@dataclass(frozen=True)
class Conflict:
    """A file that cannot be merged.

    Args:
        path: the file.
        kind: why.
        places: where, if both are text.
    """

    path: str
    kind: Kind
    places: tuple[Place, ...] = ()


def merge_apps(base: Tree, ours: Tree, theirs: Tree) -> tuple[dict[str, File], list[Conflict]]:
    """Bring the change from one checkpoint to the next into a learner's app.

    Line ends do not count, and the learner's are kept.

    Args:
        base: the checkpoint before the step.
        ours: the learner's app.
        theirs: the step's checkpoint.

    Returns:
        The learner's app with the change in it, and the files where that is not possible, which
        are left out of the app.
    """
    merged: dict[str, File] = {}
    conflicts = []
    for path in sorted({*base, *ours, *theirs}):
        result = _merge_file(path, base.get(path), ours.get(path), theirs.get(path))
        if isinstance(result, Conflict):
            conflicts.append(result)
        elif result is not None:
            merged[path] = result
    return merged, conflicts


def _merge_file(
    path: str, base: File | None, ours: File | None, theirs: File | None
) -> File | Conflict | None:
    if base == theirs:
        return ours
    if _same_content(ours, theirs) or _same_content(base, theirs):
        content = ours.content if ours else None
    elif _same_content(base, ours):
        content = _with_line_ends(theirs.normal, ours) if theirs else None
    elif theirs is None:
        return Conflict(path, Kind.REMOVED)
    elif ours is None:
        return Conflict(path, Kind.DELETED)
    else:
        merged = _merge_content(path, base, ours, theirs)
        if isinstance(merged, Conflict):
            return merged
        content = _with_line_ends(merged, ours)
    if content is None:
        return None
    # A mode that the step does not change stays as the learner's disk has it.
    is_changed = theirs is not None and (base is None or base.executable != theirs.executable)
    mode_of = theirs if is_changed else ours or theirs
    return File(content, mode_of is not None and mode_of.executable)


def _same_content(one: File | None, other: File | None) -> bool:
    return (one and one.normal) == (other and other.normal)


def _with_line_ends(content: bytes, like: File | None) -> bytes:
    return content.replace(b"\n", b"\r\n") if like and like.has_crlf else content


def _merge_content(path: str, base: File | None, ours: File, theirs: File) -> bytes | Conflict:
    """Merge three files whose contents all differ; `base` is None if both others are new."""
    if not all(file.is_text for file in (base, ours, theirs) if file):
        return Conflict(path, Kind.BINARY if base else Kind.ADDED)
    with TemporaryDirectory(prefix="workshop-") as scratch:
        folder = Path(scratch)
        (folder / "base").write_bytes(base.normal if base else b"")
        (folder / "ours").write_bytes(ours.normal)
        (folder / "theirs").write_bytes(theirs.normal)
        clean, marked = _merge_with_git(folder)
        if clean:
            return marked
        _, resolved = _merge_with_git(folder, "--ours")
    kind = Kind.EDITED if base else Kind.ADDED
    return Conflict(path, kind, tuple(_find_places(marked, resolved, ours.normal)))


def _merge_with_git(folder: Path, *options: str) -> tuple[bool, bytes]:
    """Run `git merge-file`, and return whether it was clean, and the result.

    Its exit status is the number of conflicts, at most 127, and above that a failure.
    Source: https://git-scm.com/docs/git-merge-file
    """
    words = ["merge-file", "-p", f"--marker-size={MARK_WIDTH}", *options, "ours", "base", "theirs"]
    result = git.run(words, folder)
    if result.returncode not in range(128):
        raise WorkshopError("`git merge-file` failed.", git.said(result))
    return result.returncode == 0, result.stdout


def _find_places(marked: bytes, resolved: bytes, ours: bytes) -> list[Place]:
    """Read the conflicts out of a merge.

    Args:
        marked: the merge with git's conflict marks.
        resolved: the same merge with the learner's side of each conflict.
        ours: the learner's file, in which the places are to be named.
    """
    places = []
    mine: list[bytes] = []
    step: list[bytes] = []
    common: list[bytes] = []
    side = common
    count = 0  # lines of `resolved` so far
    for line in marked.split(b"\n"):
        if line.startswith(OURS):
            mine, step = [], []
            side = mine
        elif line == MIDDLE:
            side = step
        elif line.startswith(THEIRS):
            first = _find_line(count - len(mine), resolved, ours)
            places.append(Place(first, _as_text(mine), _as_text(step)))
            side = common
        else:
            side.append(line)
            count += side is not step
    return places


def _find_line(index: int, resolved: bytes, ours: bytes) -> int:
    """Return the line number in `ours` of the line with this index in `resolved`."""
    matcher = SequenceMatcher(None, resolved.split(b"\n"), ours.split(b"\n"), autojunk=False)
    for _, start, end, there, there_end in matcher.get_opcodes():
        if start <= index < end:
            return min(there + index - start, there_end) + 1
    return len(ours.split(b"\n")) + 1


def _as_text(lines: list[bytes]) -> tuple[str, ...]:
    return tuple(line.decode("utf-8", "replace") for line in lines)
