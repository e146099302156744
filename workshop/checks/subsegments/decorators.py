"""Finds views on which X-Ray's decorator stands above Flask's, where Flask never calls it."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from workshop.checks import presence

CAPTURE = ("capture", "in_subsegment")
ROUTE = ("route", "get", "post", "put", "patch", "delete")


@dataclass(frozen=True)
class Above:
    """A capture above a route.

    Args:
        name: the subsegment that it would open.
        function: the view, as `name()`.
        where: `file:line` of the decorator.
    """

    name: str
    function: str
    where: str


def captures_above_routes(folder: Path) -> Iterator[Above]:
    """Yield each view whose route was registered before it was captured.

    Decorators are applied from the bottom up, so that `@app.route` takes the function as it is.

    Args:
        folder: the app's folder.
    """
    for file in presence.python_files(folder):
        for node in ast.walk(presence.parse(file)):
            if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                continue
            names = [_called(each) for each in node.decorator_list]
            routes = [at for at, name in enumerate(names) if name in ROUTE]
            for at, name in enumerate(names):
                if name in CAPTURE and routes and at < routes[-1]:
                    decorator = node.decorator_list[at]
                    where = f"{file.relative_to(folder)}:{decorator.lineno}"
                    yield Above(_subsegment(decorator) or node.name, f"{node.name}()", where)


def _called(decorator: ast.expr) -> str:
    return str(getattr(getattr(decorator, "func", None), "attr", ""))


def _subsegment(decorator: ast.expr) -> str:
    """Return the name that a capture gives, where it stands in the code as it is."""
    if not isinstance(decorator, ast.Call):
        return ""
    given = [*decorator.args, *(each.value for each in decorator.keywords if each.arg == "name")]
    return str(given[0].value) if given and isinstance(given[0], ast.Constant) else ""
