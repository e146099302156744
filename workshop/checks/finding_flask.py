"""Finds the Flask app in somebody's folder: a module, a package or a factory."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from workshop.checks.presence import LEFT_OUT
from workshop.errors import WorkshopError

# `flask run` itself looks for wsgi.py and app.py; the others are what people call theirs. wsgi.py
# comes first: where a factory wants arguments, it is the file that gives them.
USUAL_NAMES = ("wsgi", "app", "application", "main", "server", "run", "backend")
FACTORIES = ("create_app", "make_app")


@dataclass(frozen=True)
class FlaskApp:
    """Where a Flask app is.

    Args:
        folder: the folder to run it from.
        name: what `flask --app` is given.
    """

    folder: Path
    name: str


def find(folder: Path) -> FlaskApp:
    """Return the Flask app in a folder, or in one of the folders right below it.

    Args:
        folder: where to look.

    Raises:
        WorkshopError: there is none.
    """
    below = sorted(each for each in folder.iterdir() if each.is_dir())
    for place in (folder, *(each for each in below if _is_theirs(each, folder))):
        found = _find_in(place)
        if found:
            return found
    raise WorkshopError(
        f"No Flask app was found in {folder}.",
        "Name its command: --run 'flask --app NAME run --port {port}'",
    )


def _find_in(folder: Path) -> FlaskApp | None:
    as_package = _read(folder / "__init__.py")
    if as_package and as_package.makes_app and folder.name.isidentifier():
        return FlaskApp(folder.parent, folder.name + as_package.call)
    for name, file in _candidates(folder):
        read = _read(file)
        if read and read.makes_app:
            return FlaskApp(folder, name + read.call)
    return None


def _candidates(folder: Path) -> Iterator[tuple[str, Path]]:
    """Yield modules and packages of a folder, the likeliest first, as name and file."""
    usual = [folder / f"{name}.py" for name in USUAL_NAMES]
    yield from ((file.stem, file) for file in usual)
    for file in sorted(folder.glob("*/__init__.py")):
        if _is_theirs(file, folder) and file.parent.name.isidentifier():
            yield file.parent.name, file
    for file in sorted(folder.glob("*.py")):
        if file not in usual and file.stem.isidentifier():
            yield file.stem, file


def _is_theirs(path: Path, folder: Path) -> bool:
    parts = path.relative_to(folder).parts
    return not LEFT_OUT & set(parts) and not any(part.startswith(".") for part in parts)


@dataclass(frozen=True)
class _Module:
    makes_app: bool
    call: str = ""


def _read(file: Path) -> _Module | None:
    """Tell whether a file makes a Flask app, and how its factory wants to be called."""
    if not file.is_file():
        return None
    text = file.read_text("utf-8", errors="replace")
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError):
        # It will not start, and that is the finding.
        return _Module("Flask(" in text)
    if any(_is_app_variable(node) for node in tree.body):
        return _Module(True)
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and node.name in FACTORIES:
            return _Module(True, _call(node))
    return _Module(any(_makes_or_imports(node) for node in ast.walk(tree)))


def _is_app_variable(node: ast.stmt) -> bool:
    """Tell whether a statement at the top of a module binds `app` or `application`."""
    targets = node.targets if isinstance(node, ast.Assign) else []
    if isinstance(node, ast.AnnAssign):
        targets = [node.target]
    return any(
        isinstance(target, ast.Name) and target.id in ("app", "application") for target in targets
    )


def _call(factory: ast.FunctionDef) -> str:
    """Return how `flask --app` has to call a factory: nothing where it needs no arguments.

    What an argument should be cannot be known. A configuration that is empty suits most; where a
    name is asked for, `development` is what most have.
    """
    arguments = [*factory.args.posonlyargs, *factory.args.args]
    needed = arguments[: len(arguments) - len(factory.args.defaults)]
    if not needed:
        return ""
    given = ("'development'" if _asks_for_name(each.arg) else "{}" for each in needed)
    return f":{factory.name}({', '.join(given)})"


def _asks_for_name(argument: str) -> bool:
    return any(word in argument for word in ("name", "env", "mode"))


def _makes_or_imports(node: ast.AST) -> bool:
    if isinstance(node, ast.Call):
        return getattr(node.func, "id", getattr(node.func, "attr", "")) == "Flask"
    if isinstance(node, ast.ImportFrom):
        return any(alias.name in ("app", "application", *FACTORIES) for alias in node.names)
    return False
