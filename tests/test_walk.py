"""The walk runs every notebook and check in a scratch copy, and says how it went."""

import io
import re

from rich.console import Console

from workshop import course, walk
from workshop.steps.tree import read_app


def test_it_goes_through_the_steps_and_touches_nothing_of_the_learners(checkout, monkeypatch):
    # The first two: every notebook is run by nbval, and all in a row by `make walk`.
    first = course.notebooks()[:2]
    monkeypatch.setattr(course, "notebooks", lambda: first)
    before = read_app(checkout)
    sink = io.StringIO()
    console = Console(file=sink, width=120)

    good = walk.walk(console)

    said = sink.getvalue()
    assert good, said
    for step in first:
        assert f"✓  {step.number:02d} {step.title}" in said
    assert read_app(checkout) == before
    report = (checkout / ".workshop" / "walk.html").read_text()
    assert report.count("<img ") >= 3
    assert re.search(r"All \d+ hold", report)


def test_a_notebook_that_fails_is_told_and_the_walk_goes_on(checkout, monkeypatch):
    file = checkout / "notebooks" / "00-meet-the-app.ipynb"
    file.write_text(file.read_text().replace("lab.stop_profiles()", "lab.stop_profilez()"))
    only = course.Step(0, "meet-the-app", "Meet", "", 1, "")
    monkeypatch.setattr(course, "notebooks", lambda: [only])
    sink = io.StringIO()

    good = walk.walk(Console(file=sink, width=120))

    assert not good
    assert "✗  00 Meet" in sink.getvalue()
    assert "stop_profilez" in sink.getvalue()
