"""Tells a tool that is absent from one that is broken: is it imported, or only commented out?"""

import ast
import functools
import threading
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_PARSING = threading.Lock()
# Of which the syntax is remembered: a verdict asks for each of an app's again and again.
MOST_FILES = 128
LEFT_OUT = {".venv", "venv", "node_modules", "site-packages", "__pycache__"}


def is_imported(folder: Path, package: str) -> bool:
    """Tell whether any file of an app imports a package.

    Args:
        folder: the app's folder.
        package: the top-level package, such as `opentelemetry`.
    """
    return any(module.split(".")[0] == package for module, _ in imported_modules(folder))


@dataclass(frozen=True)
class Written:
    """A call that stands in an app's files, whether or not it is ever reached.

    Args:
        where: `file:line`.
        function: the function that it stands in, as `name()`; empty at the top of a module.
    """

    where: str
    function: str


def find_call(folder: Path, name: str) -> Written | None:
    """Return where an app's files call something, or None.

    Args:
        folder: the app's folder.
        name: what is called, without the modules before it, such as `TracerProvider`.
    """
    for file in files_with(folder, name):
        tree = parse(file)
        inside = {
            id(node): f"{function.name}()"
            for function in ast.walk(tree)
            if isinstance(function, ast.FunctionDef)
            for node in ast.walk(function)
        }
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                called = getattr(node.func, "id", getattr(node.func, "attr", ""))
                if called == name:
                    where = f"{file.relative_to(folder)}:{node.lineno}"
                    return Written(where, inside.get(id(node), ""))
    return None


def commented_out(folder: Path, words: tuple[str, ...]) -> str:
    """Return where code with one of some words stands in a comment, as `file:line`, or nothing.

    Args:
        folder: the app's folder.
        words: what tells the tool's code from prose, such as `TracerProvider`; the best first.
    """
    found = [
        (f"{file.relative_to(folder)}:{line}", text)
        for file in python_files(folder)
        for line, text in _comments(file)
        if any(word in text for word in words) and _is_code(text)
    ]
    return next((where for word in words for where, text in found if word in text), "")


def python_files(folder: Path) -> list[Path]:
    """Return the files of an app, without those of an environment beside it."""
    inside = folder / "app" if (folder / "app").is_dir() else folder
    files = sorted(inside.rglob("*.py"))
    return [file for file in files if not LEFT_OUT & set(file.relative_to(folder).parts)]


def files_with(folder: Path, *words: str) -> Iterator[Path]:
    """Yield the files of an app in which any of some words stands, wherever.

    To look through a file's syntax tree takes a hundred times as long.

    Args:
        folder: the app's folder.
        words: such as the name of a function.
    """
    for file in python_files(folder):
        text = file.read_text("utf-8", errors="replace")
        if any(word in text for word in words):
            yield file


def imported_modules(folder: Path) -> Iterator[tuple[str, str]]:
    """Yield each module that an app's files import, with where, as `file:line`.

    Of `from a import b`, only `a` is sure to be a module, so `a` it is.

    Args:
        folder: the app's folder.
    """
    for file in python_files(folder):
        path = file.relative_to(folder)
        for node in ast.walk(parse(file)):
            if isinstance(node, ast.Import):
                yield from ((alias.name, f"{path}:{node.lineno}") for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                yield node.module, f"{path}:{node.lineno}"


def parse(file: Path) -> ast.Module:
    """Return a file's syntax tree, for reading only; an empty one where Python cannot read it."""
    try:
        return _read_syntax(file.read_text("utf-8", errors="replace"))
    except (SyntaxError, ValueError):
        return ast.Module(body=[], type_ignores=[])


@functools.lru_cache(MOST_FILES)
def _read_syntax(text: str) -> ast.Module:
    # Python 3.11 counts the depth for all threads together, and fails where two of them parse:
    # https://github.com/python/cpython/issues/106905
    with _PARSING:
        return ast.parse(text)


def _comments(file: Path) -> Iterator[tuple[int, str]]:
    """Yield the line and the text of each comment, as far as the file can be read."""
    try:
        with file.open("rb") as source:
            for token in tokenize.tokenize(source.readline):
                if token.type == tokenize.COMMENT:
                    yield token.start[0], token.string.lstrip("# ")
    except (tokenize.TokenError, SyntaxError, UnicodeDecodeError):
        return


def _is_code(text: str) -> bool:
    """Tell whether a line is Python; of a block or a function it may be the first line alone."""
    for rest in ("", " pass", "\ndef decorated(): pass"):
        try:
            return bool(_read_syntax(text + rest).body)
        except SyntaxError:
            continue
    return False
