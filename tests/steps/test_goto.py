import pytest

from workshop.errors import WorkshopError
from workshop.steps.apply import goto


@pytest.mark.parametrize("number", [0, 1, 2, 3])
@pytest.mark.parametrize("start", [0, 3])
def test_every_checkpoint_from_both_ends(course, start, number):
    course.start_at(start)
    goto(number)
    assert course.files() == course.checkpoint(number)


def test_a_second_run_writes_nothing(course):
    goto(2)
    before = course.everything()
    assert "already at step 2" in str(goto(2))
    assert course.everything() == before


def test_files_of_the_learners_own_are_kept_and_named(course):
    course.file("app/mine").mkdir()
    course.file("app/mine/notes.py").write_text("mine\n")
    written = goto(2)
    assert course.file("app/mine/notes.py").read_text() == "mine\n"
    assert written.kept == ("app/mine/notes.py",)
    assert "kept      app/mine/notes.py" in str(written)


def test_files_of_later_steps_go_and_so_do_their_empty_folders(course):
    course.start_at(3)
    written = goto(0)
    assert written.removed == ("app/telemetry/last.py", "app/telemetry/trace.py")
    assert not course.file("app/telemetry").exists()


def test_edits_and_line_ends_are_replaced(course):
    course.file("app/app.py").write_bytes(b"mine\r\n")
    course.file("app/run.sh").unlink()
    goto(0)
    assert course.files() == course.checkpoint(0)


def test_an_app_that_is_gone_comes_back(course):
    for path in course.files():
        course.file(path).unlink()
    goto(1)
    assert course.files() == course.checkpoint(1)


def test_a_file_in_the_place_of_a_folder_is_refused(course):
    course.file("app/telemetry").write_text("mine\n")
    before = course.everything()
    with pytest.raises(WorkshopError, match="file and a folder at once"):
        goto(1)
    assert course.everything() == before


def test_a_missing_checkpoint_is_said(course):
    for path in course.checkpoint(3):
        (course.root / "steps/03-last" / path).unlink()
    with pytest.raises(WorkshopError, match=r"checkpoint of step 3 is missing(.|\n)*steps build"):
        goto(3)
