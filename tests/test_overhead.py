"""`workshop overhead`: whose time is summed up how, and what it says of an app that is broken."""

import pstats
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from bench import own_app, shares
from bench.measuring import Spread
from workshop import course, place
from workshop.cli import main
from workshop.errors import WorkshopError

APP = Path("/somewhere/app")
PAGE = (str(APP / "page.py"), 1, "show")
SPAN = ("/venv/lib/python3.11/site-packages/opentelemetry/sdk/trace/__init__.py", 9, "end")
ENCODE = ("/usr/lib/python3.11/json/encoder.py", 5, "encode")
SORT = ("~", 0, "<built-in method builtins.sorted>")
EXECUTE = ("~", 0, "<method 'execute' of 'sqlite3.Connection' objects>")


def profiled(functions):
    """A profile of functions: own time, and by whom each was called for how much of it."""
    stats = pstats.Stats()
    stats.stats = {
        function: (1, 1, own, own, {caller: (1, 1, part, part) for caller, part in callers.items()})
        for function, (own, callers) in functions.items()
    }
    return stats


def test_each_functions_own_time_counts_for_its_package():
    found = shares.sum_up(
        profiled({PAGE: (1.0, {}), SPAN: (2.0, {PAGE: 2.0}), ENCODE: (1.0, {SPAN: 1.0})}), APP
    )
    assert found == {"OpenTelemetry": 0.5, shares.APP: 0.25, shares.PYTHON: 0.25}


def test_what_is_built_in_counts_for_who_called_it_and_a_query_for_the_database():
    built_in = {SORT: (4.0, {PAGE: 1.0, SPAN: 3.0}), EXECUTE: (4.0, {SPAN: 4.0})}
    found = shares.sum_up(profiled(built_in), APP)
    assert found == {shares.DATABASE: 0.5, "OpenTelemetry": 0.375, shares.APP: 0.125}


def test_a_library_without_a_name_keeps_its_own():
    unknown = ("/venv/lib/python3.11/site-packages/blinker/base.py", 1, "send")
    assert list(shares.sum_up(profiled({unknown: (1.0, {})}), APP)) == ["other libraries: blinker"]


def test_an_app_is_measured_beside_the_bare_one_and_beside_itself_with_a_variable_changed():
    app = course.step(1).folder
    seen = own_app.measure(app, {"switched off": {"OTEL_SDK_DISABLED": "true"}}, 1, shown=False)
    assert list(seen.of("page")) == [own_app.BEFORE, own_app.YOURS, "switched off"]
    assert list(seen.of("error")) == list(seen.of("page"))
    # Only in an app that is observed does the profile have an observer.
    assert seen.shares["OpenTelemetry"] > 0
    assert sum(seen.shares.values()) == pytest.approx(1)


def test_the_table_says_what_was_measured():
    by_kind = {"page": Spread(2.04, 1.96, 2.1), "error": Spread(8.0, 7.0, 9.0)}
    text = own_app.Overhead({"your app": by_kind}, {"Flask": 0.7, "rare": 0.001}).as_text()
    assert "your app   2.0 × (2.0–2.1)     8.0 × (7.0–9.0)" in text
    assert "  70%  Flask" in text
    assert "rare" not in text


def test_an_app_that_is_broken_is_said_to_be(tmp_path):
    shutil.copytree(course.step(0).folder / "app", tmp_path / "app")
    with (tmp_path / "app" / "backend.py").open("a") as file:
        file.write("\nraise RuntimeError('not today')\n")
    with pytest.raises(WorkshopError, match="Your app does not answer by itself"):
        own_app.measure(tmp_path, rounds=1, shown=False)


def test_an_app_whose_fault_was_mended_is_told_apart(tmp_path):
    shutil.copytree(course.step(0).folder / "app", tmp_path / "app")
    file = tmp_path / "app" / "services" / "create_activity.py"
    split = '    amount, unit = ttl.split("-")\n'
    text = file.read_text()
    assert split in text
    mending = '    unit = unit if unit.endswith("s") else f"{unit}s"\n'
    file.write_text(text.replace(split, split + mending))
    with pytest.raises(WorkshopError, match="does not fail on a post for one hour"):
        own_app.measure(tmp_path, rounds=1, shown=False)


def test_another_folder_is_not_mistaken_for_an_app():
    done = CliRunner().invoke(main, ["overhead", "--app", str(place.root() / "docs")])
    assert done.exit_code != 0
    assert isinstance(done.exception, WorkshopError | SystemExit)
    with pytest.raises(WorkshopError, match=r"holds no app/backend\.py"):
        own_app.measure(place.root() / "docs")
