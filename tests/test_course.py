import pytest

from workshop import course
from workshop.errors import WorkshopError


def test_numbers_count_from_zero_and_names_are_used_once():
    steps = course.steps()
    assert [step.number for step in steps] == list(range(len(steps)))
    assert len({step.name for step in steps}) == len(steps)


def test_every_part_of_a_step_carries_its_slug():
    step = course.step(1)
    assert step.slug == "01-honeycomb"
    assert step.notebook.name == "01-honeycomb.ipynb"
    assert step.patch.parent.name == "01-honeycomb"


def test_a_step_that_is_not_there_is_told_with_those_that_are():
    with pytest.raises(WorkshopError, match="There is no step 77: the course has the steps 0 to"):
        course.step(77)
