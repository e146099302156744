"""The gate finds each kind of problem, and names the command that mends it."""

import pytest

from workshop import course, gate
from workshop.steps import build


@pytest.fixture
def broken(checkout):
    """The scratch copy, to be broken by a test."""
    return checkout


def test_the_parts_of_every_step_are_there():
    assert gate.part_problems() == []


def test_a_missing_notebook_and_a_stray_one_are_named(broken):
    (broken / "notebooks" / "01-honeycomb.ipynb").rename(broken / "notebooks" / "01-other.ipynb")
    assert gate.part_problems() == [
        "01-honeycomb: notebooks/01-honeycomb.ipynb is missing; write it",
        "notebooks/01-other.ipynb: course.toml does not have it; remove it",
    ]


def test_a_missing_patch_is_named(broken):
    (broken / "steps" / "01-honeycomb" / "step.patch").unlink()
    (problem,) = gate.part_problems()
    assert "no step.patch" in problem
    assert "steps edit 1" in problem


def test_a_step_without_a_check_is_named(broken):
    file = broken / "workshop" / "course.toml"
    entry = file.read_text().split("[[step]]")[-1]
    last = course.steps()[-1]
    more = entry.replace(f"number = {last.number}", "number = 98").replace(
        f'"{last.name}"', '"more"'
    )
    file.write_text(file.read_text() + "\n[[step]]" + more)
    assert any("98-more: no check" in problem for problem in gate.part_problems())


def test_a_checkpoint_that_was_edited_is_found(broken):
    file = broken / "steps" / "01-honeycomb" / "app" / "backend.py"
    file.write_text(file.read_text() + "\n# edited by hand\n")
    assert any("steps build" in problem for problem in build.problems())


def test_a_checkpoint_that_does_not_pass_its_check_is_found(broken):
    file = broken / "steps" / "01-honeycomb" / "app" / "telemetry" / "honeycomb.py"
    file.write_text(file.read_text().replace("    trace.set_tracer_provider(provider)\n", ""))
    (problem,) = gate.check_problems(course.step(1))
    assert "its own checkpoint does not pass its check" in problem
    assert "honeycomb/provider-not-set" in problem


def test_a_step_before_that_finds_something_else_is_found(broken):
    file = broken / "workshop" / "course.toml"
    file.write_text(file.read_text().replace('["honeycomb/absent"]', '["honeycomb/no-own-span"]'))
    (problem,) = gate.check_problems(course.step(1))
    assert "before the step its check finds ['honeycomb/absent']" in problem


def test_findings_without_a_mistake_are_named(broken):
    for file in (broken / "tests" / "mistakes").glob("*/*.txt"):
        file.unlink()
    problems = gate.finding_problems()
    assert len(problems) > 20
    assert all("no mistake reaches it" in problem for problem in problems)
