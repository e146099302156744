from pathlib import Path

from workshop.steps.tree import File, is_ignored, read_app, replace_app, write_file

CHECKOUT = Path(__file__).parents[2]


def test_whatever_git_ignores_never_counts():
    patterns = (CHECKOUT / ".gitignore").read_text().split()
    assert patterns
    counted = [pattern for pattern in patterns if not is_ignored(pattern.rstrip("/"))]
    assert counted == []


def test_replacing_an_app_leaves_no_file_of_the_old(course):
    course.file("app/mine.py").write_text("mine\n")
    replace_app(course.root, course.root / "steps/03-last")
    assert course.files() == course.checkpoint(3)


def test_a_file_becomes_a_folder_and_a_folder_a_file(course, tmp_path):
    target = tmp_path / "target"
    write_file(target / "app/app.py/inside", File(b"x"))
    write_file(target / "app/notes", File(b"x"))
    replace_app(target, course.root)
    assert read_app(target) == read_app(course.root)


def test_an_unchanged_file_is_not_written(course):
    before = course.everything()
    replace_app(course.root, course.root / "steps/00-meet")
    assert course.everything() == before
