import re

from workshop import course, place, readme


def test_the_readme_is_current():
    assert readme.problems() == []


def test_a_step_that_changes_makes_the_readme_stale(monkeypatch):
    changed = [*course.notebooks(), course.Step(99, "other", "Other", "none", 5, "do more")]
    monkeypatch.setattr(course, "notebooks", lambda: changed)
    assert "`" in readme.problems()[0]
    assert "table of steps" in readme.problems()[0]


def test_the_readme_is_one_screen():
    lines = (place.root() / "README.md").read_text("utf-8").splitlines()
    assert len(lines) <= 60
    assert max(len(line) for line in lines if not line.startswith("|")) <= 110


def test_the_two_commands_are_there():
    text = (place.root() / "README.md").read_text("utf-8")
    assert "\nmake lab " in text
    assert "\nmake test " in text


def test_every_picture_is_there():
    root = place.root()
    text = (root / "README.md").read_text("utf-8")
    shown = re.findall(r'src="([^"]+)"|\]\(([^)]+\.png)\)', text)
    assert len(shown) == 3
    assert [name for pair in shown for name in pair if name and not (root / name).is_file()] == []
