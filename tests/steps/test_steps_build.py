import shutil

import pytest

from workshop.errors import WorkshopError
from workshop.steps.build import build, problems


def only_problem(words):
    [problem] = problems()
    assert words in problem
    return problem


def test_the_course_is_right_and_building_it_again_changes_no_byte(course):
    before = course.everything()
    assert problems() == []
    assert str(build()) == "All 4 checkpoints are current."
    assert course.everything() == before


def test_checkpoints_come_back_after_being_deleted(course):
    before = course.checkpoint(2)
    shutil.rmtree(course.root / "steps/02-more/app")
    written = build().written
    assert "steps/02-more/app/app.py" in written
    assert course.checkpoint(2) == before
    assert problems() == []


def test_without_a_start_the_app_at_the_root_is_taken(course):
    shutil.rmtree(course.root / "steps/00-meet")
    assert "steps build" in only_problem("The start of the course is missing")
    build()
    assert problems() == []


def break_byte(course):
    path = course.root / "steps/02-more/app/app.py"
    path.write_bytes(path.read_bytes().replace(b"line 7", b"line 8"))
    return "steps/02-more/app/app.py is not what the patches make"


def break_line_ends(course):
    path = course.root / "steps/02-more/app/app.py"
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    return "steps/02-more/app/app.py is not what the patches make"


def remove_file(course):
    (course.root / "steps/01-trace/app/telemetry/trace.py").unlink()
    return "steps/01-trace/app/telemetry/trace.py is missing"


def add_file(course):
    (course.root / "steps/03-last/app/more.py").write_text("more\n")
    return "steps/03-last/app/more.py is not made by any patch"


def change_mode(course):
    (course.root / "steps/02-more/app/run.sh").chmod(0o644)
    return "steps/02-more/app/run.sh should be executable"


@pytest.mark.parametrize(
    "damage", [break_byte, break_line_ends, remove_file, add_file, change_mode]
)
def test_damage_is_found_and_the_command_named_mends_it(course, damage):
    words = damage(course)
    assert only_problem(words).endswith("steps build`")
    build()
    assert problems() == []


def test_unknown_files_beside_the_steps(course):
    (course.root / "steps/notes.md").touch()
    (course.root / "steps/02-more/notes.md").touch()
    (course.root / "steps/00-meet/step.patch").touch()
    assert [problem.split(": ")[0] for problem in problems()] == [
        "steps/notes.md belongs to no step of course.toml",
        "steps/00-meet/step.patch is no part of a step",
        "steps/02-more/notes.md is no part of a step",
    ]


def test_a_missing_patch(course):
    (course.root / "steps/03-last/step.patch").unlink()
    assert "steps edit 3" in only_problem("steps/03-last/step.patch is missing")


def test_a_patch_that_does_not_apply(course):
    path = course.root / "steps/02-more/step.patch"
    path.write_bytes(path.read_bytes().replace(b"-line 25", b"-line 99"))
    problem = only_problem("steps/02-more/step.patch does not apply on step 1")
    assert "git checkout -- steps/02-more/step.patch" in problem
    with pytest.raises(WorkshopError, match="does not apply"):
        build()


def test_a_patch_in_another_form(course):
    path = course.root / "steps/02-more/step.patch"
    path.write_bytes(path.read_bytes().replace(b"2026", b"2025"))
    assert "steps edit 2" in only_problem("steps/02-more/step.patch is not in the one form")


def test_a_patch_that_does_not_say_why(course):
    path = course.root / "steps/02-more/step.patch"
    path.write_bytes(path.read_bytes().replace(b"Step 2 shows what it is for.\n", b""))
    problem = problems()[-1]
    assert "steps/02-more/step.patch does not say why" in problem


def test_a_patch_outside_the_app(course):
    path = course.root / "steps/01-trace/step.patch"
    path.write_bytes(path.read_bytes().replace(b"app/telemetry", b"outside"))
    assert "steps edit 1" in only_problem("touches outside/trace.py, which is no part of the app")


def test_the_app_at_the_root_is_the_start(course):
    course.file("app/app.py").write_bytes(b"changed\n")
    course.file("app/mine.py").write_bytes(b"mine\n")
    found = problems()
    assert "not the start of the course: app/app.py: `" in found[0]
    assert "goto 0` makes it so" in found[0]
    assert "app/mine.py is in no step" in found[1]
    assert len(found) == 2
