"""What is on disk is the one form that `workshop notebooks run` writes."""

import nbformat
import pytest

from workshop import course, notebooks

STEPS = course.notebooks()


@pytest.fixture(params=STEPS, ids=[step.slug for step in STEPS])
def step(request):
    return request.param


def test_the_file_is_canonical(step):
    text = step.notebook.read_text("utf-8")
    assert notebooks.write_canonical(nbformat.reads(text, as_version=4)) == text


def test_the_notebook_is_valid_and_without_errors(step):
    notebook = nbformat.read(step.notebook, as_version=4)
    nbformat.validate(notebook)
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    assert outputs
    assert [output for output in outputs if output.output_type == "error"] == []
    assert [output for output in outputs if output.get("name") == "stderr"] == []


def test_the_header_is_course_tomls(step):
    title, about = nbformat.read(step.notebook, as_version=4).cells[0].source.split("\n\n")[:2]
    assert title == f"# {step.number:02d} · {step.title}"
    assert about == f"*{step.minutes} minutes. After it you can {step.can_do}.*"


def test_a_changed_output_is_found_and_a_changed_picture_is_not():
    notebook = nbformat.read(course.step(1).notebook, as_version=4)
    saved = notebooks.write_canonical(notebook)
    bundles = [
        output.data
        for cell in notebook.cells
        for output in cell.get("outputs", [])
        if "image/png" in output.get("data", {})
    ]
    bundles[0]["image/png"] = "another picture"
    repainted = notebooks.write_canonical(notebook)
    assert notebooks.without_pictures(repainted) == notebooks.without_pictures(saved)
    bundles[0]["text/plain"] = "another text"
    reworded = notebooks.write_canonical(notebook)
    assert notebooks.without_pictures(reworded) != notebooks.without_pictures(saved)


def test_no_output_holds_a_path_of_a_machine(step):
    text = notebooks.without_pictures(step.notebook.read_text("utf-8"))
    assert "/home/" not in text
    assert "/tmp/" not in text
    assert "site-packages" not in text
