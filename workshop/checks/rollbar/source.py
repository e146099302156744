"""Reads in an app's files where Rollbar is set up: with which words, and under which conditions.

A set-up that never ran has left no note of the probe. The files tell why.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from workshop.checks import presence

# What each function calls its arguments, in order.
# Source: https://github.com/rollbar/pyrollbar, `init` in each of the two modules
SIGNATURES = {
    "rollbar.init": ("access_token", "environment"),
    "rollbar.contrib.flask.init": ("app", "access_token", "environment"),
}
Scope = ast.FunctionDef | ast.AsyncFunctionDef | ast.Module


@dataclass(frozen=True)
class Condition:
    """What has to hold before a line is reached.

    Args:
        where: `file:line`.
        text: as Python has it, such as `if app.debug`.
    """

    where: str
    text: str


@dataclass(frozen=True)
class Call:
    """A call that stands in an app's files.

    Args:
        where: `file:line`.
        function: the name of the function that it stands in; empty at the top of a module.
        stem: the name of its module, without the packages before it.
        conditions: what has to hold before it is reached, the outermost first.
        arguments: the expressions that it is given, by name.
    """

    where: str
    function: str
    stem: str
    conditions: tuple[Condition, ...]
    arguments: dict[str, ast.expr] = field(default_factory=dict)


def find_inits(folder: Path) -> list[Call]:
    """Return the calls that set Rollbar up, in the order of the files.

    Args:
        folder: the app's folder.
    """
    found = []
    for file in presence.files_with(folder, "rollbar"):
        tree = presence.parse(file)
        names = _imported_names(tree)
        for scope, node in _calls(tree):
            called = _resolve(node.func, names)
            if called in SIGNATURES:
                given = dict(zip(SIGNATURES[called], node.args, strict=False))
                given |= {each.arg: each.value for each in node.keywords if each.arg}
                values = {name: _follow(value, scope, tree) for name, value in given.items()}
                found.append(_describe(folder, file, scope, node, values))
    return found


def find_callers(folder: Path, init: Call) -> list[Call]:
    """Return the calls of the function that a set-up stands in.

    Args:
        folder: the app's folder.
        init: the set-up.
    """
    found = []
    for file in presence.python_files(folder):
        tree = presence.parse(file)
        names = _imported_names(tree)
        for scope, node in _calls(tree):
            *modules, last = _resolve(node.func, names).split(".")
            home = modules[-1] if modules else file.stem
            if last == init.function and home == init.stem:
                found.append(_describe(folder, file, scope, node, {}))
    return found


def find_variables(folder: Path) -> Iterator[tuple[str, str, str]]:
    """Yield the environment variables that an app's files read: name, `file:line` and default.

    Args:
        folder: the app's folder.
    """
    for file in presence.files_with(folder, "environ", "getenv"):
        for node in ast.walk(presence.parse(file)):
            name: ast.expr | None = None
            default = ""
            if isinstance(node, ast.Call) and node.args:
                called = ast.unparse(node.func)
                name = node.args[0] if called.endswith(("environ.get", "getenv")) else None
                default = str(getattr(node.args[-1], "value", "")) if len(node.args) > 1 else ""
            elif isinstance(node, ast.Subscript) and ast.unparse(node.value).endswith("environ"):
                name = node.slice
            if isinstance(name, ast.Constant) and isinstance(name.value, str):
                yield name.value, f"{file.relative_to(folder)}:{name.lineno}", default


def _imported_names(tree: ast.Module) -> dict[str, str]:
    """Return what each imported name of a file stands for, in full."""
    names: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {each.asname: each.name for each in node.names if each.asname}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {each.asname or each.name: f"{node.module}.{each.name}" for each in node.names}
    return names


def _resolve(node: ast.expr, names: dict[str, str]) -> str:
    """Return a function's name in full, as far as the file's imports tell."""
    first, dot, rest = ast.unparse(node).partition(".")
    return names.get(first, first) + dot + rest


def _calls(tree: ast.Module) -> Iterator[tuple[Scope, ast.Call]]:
    """Yield each call of a file, with the function that it stands in, or else the module."""
    scopes = _scopes(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield scopes[node], node


def _scopes(tree: ast.Module) -> dict[ast.AST, Scope]:
    found: dict[ast.AST, Scope] = {}
    waiting: list[tuple[ast.AST, Scope]] = [(tree, tree)]
    while waiting:
        node, scope = waiting.pop()
        found[node] = scope
        inner = node if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) else scope
        waiting += [(child, inner) for child in ast.iter_child_nodes(node)]
    return found


def _describe(
    folder: Path, file: Path, scope: Scope, node: ast.Call, arguments: dict[str, ast.expr]
) -> Call:
    place = file.relative_to(folder)
    conditions = tuple(
        Condition(f"{place}:{each.lineno}", f"if {ast.unparse(each.test)}{ends}")
        for each, ends in _conditions(scope, node)
    )
    function = "" if isinstance(scope, ast.Module) else scope.name
    return Call(f"{place}:{node.lineno}", function, file.stem, conditions, arguments)


def _conditions(scope: Scope, node: ast.Call) -> Iterator[tuple[ast.If, str]]:
    """Yield each `if` around a call, and each one before it that may have left the function."""
    for each in ast.walk(scope):
        if not isinstance(each, ast.If):
            continue
        if any(node is inside for inside in ast.walk(each)):
            yield each, ""
        elif each.lineno < node.lineno and isinstance(each.body[-1], ast.Return):
            yield each, ": return"


def _follow(value: ast.expr, scope: Scope, tree: ast.Module) -> ast.expr:
    """Return what a plain name was given in its function or module, or else the value itself."""
    if not isinstance(value, ast.Name):
        return value
    for place in (scope, tree):
        for node in place.body:
            if isinstance(node, ast.Assign):
                names = [each.id for each in node.targets if isinstance(each, ast.Name)]
                if value.id in names:
                    return node.value
    return value


def is_text(value: ast.expr | None) -> bool:
    """Tell whether an expression is a text that stands in the code, and not an empty one."""
    return isinstance(value, ast.Constant) and isinstance(value.value, str) and bool(value.value)


def find_comment(folder: Path, words: tuple[str, ...]) -> str:
    """Return the first comment with one of some words, as `file:line`, or nothing.

    A call of several lines, behind a #, is no code line by line.

    Args:
        folder: the app's folder.
        words: what to look for.
    """
    for file in presence.python_files(folder):
        lines = file.read_text("utf-8", errors="replace").splitlines()
        for number, line in enumerate(lines, start=1):
            if line.lstrip().startswith("#") and any(word in line for word in words):
                return f"{file.relative_to(folder)}:{number}"
    return ""


def find_function(folder: Path, name: str) -> str:
    """Return where an app's files define a function or a class, as `file:line`, or nothing.

    Args:
        folder: the app's folder.
        name: its name.
    """
    for file in presence.files_with(folder, name):
        for node in ast.walk(presence.parse(file)):
            if getattr(node, "name", "") == name and isinstance(node, ast.stmt):
                return f"{file.relative_to(folder)}:{node.lineno}"
    return ""


def find_word(folder: Path, word: str) -> str:
    """Return the first line of an app's files with a text of this word, as `file:line`, or nothing.

    Args:
        folder: the app's folder.
        word: the whole of the text.
    """
    for file in presence.python_files(folder):
        for node in ast.walk(presence.parse(file)):
            if isinstance(node, ast.Constant) and node.value == word:
                return f"{file.relative_to(folder)}:{node.lineno}"
    return ""
