"""What all tests share."""

import ast
import functools
import os
import shutil
import signal
import subprocess
import sys
import threading

import pytest

from workshop import course, place, scratch
from workshop.sandbox import running

# The files that take longest. They begin first, as otherwise one process ends long after the other;
# xdist is told to keep this order (--no-loadscope-reorder).
LONGEST = (
    "test_walk.py",
    "test_saved_outputs.py",
    "test_mistakes_",
    "test_mutation_",
    "test_console_",
    "test_hosted_jupyter.py",
    "test_cli_",
    "test_foreign_apps.py",
    "test_gate.py",
)


def pytest_configure():
    """Let Ctrl-C end apps also where a shell has started the tests with `&`, and so without it."""
    if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    ast.parse = one_at_a_time(ast.parse)


def one_at_a_time(function):
    """Return a function that no two threads are in.

    Python 3.11 counts how deep a syntax tree is for all threads together, and now and then fails
    where two build one: https://github.com/python/cpython/issues/106905. Checks read an app's code,
    and each sandbox builds its routes; the tests have several at once.
    """
    lock = threading.RLock()

    @functools.wraps(function)
    def call(*args, **kwargs):
        with lock:
            return function(*args, **kwargs)

    return call


def pytest_collection_modifyitems(items):
    """Put the tests of the longest files first; within a file they stay as they are."""

    def rank(item):
        name = item.path.name
        return next((at for at, part in enumerate(LONGEST) if part in name), len(LONGEST))

    items.sort(key=rank)


@pytest.fixture(autouse=True)
def _no_keys(monkeypatch):
    """Keep the keys of whoever runs the tests away from every test."""
    for name in list(os.environ):
        if name.startswith(("AWS_", "HONEYCOMB_", "ROLLBAR_", "WORKSHOP_R")):
            # Another thread may set and remove one of its own.
            monkeypatch.delenv(name, raising=False)


@pytest.fixture
def checkout(tmp_path, monkeypatch):
    """A scratch copy of the checkout with the app at step 0, in a path with a space."""
    root = scratch.copy_checkout(tmp_path / "a workshop", course.step(0))
    monkeypatch.setenv("WORKSHOP_ROOT", str(root))
    yield root
    running.stop_if_any(root / ".workshop" / "sandbox")


@pytest.fixture
def workshop(checkout):
    """Run `workshop` in the scratch copy, as a terminal would."""

    def run(*words, **options):
        return subprocess.run(
            [sys.executable, "-m", "workshop", *words],
            cwd=options.pop("cwd", checkout),
            capture_output=True,
            text=True,
            timeout=60,
            **options,
        )

    return run


@pytest.fixture(scope="session")
def git():
    """The git program."""
    return shutil.which("git")


@pytest.fixture(scope="session")
def repository():
    """The checkout that the tests belong to."""
    return place.root()
