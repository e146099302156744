import os
import shlex
import stat
import subprocess

import pytest

from workshop.errors import WorkshopError
from workshop.steps import saved
from workshop.steps.apply import apply


def edit(course, path, old, new):
    file = course.file(path)
    content = file.read_bytes()
    assert old in content
    file.write_bytes(content.replace(old, new))


def refused(course, number):
    """Apply a step that does not go in; return its message, having proved that nothing changed."""
    before = course.everything()
    with pytest.raises(WorkshopError) as caught:
        apply(number)
    assert course.everything() == before
    return str(caught.value)


def test_a_clean_app_becomes_the_checkpoint(course):
    written = apply(1)
    assert course.files() == course.checkpoint(1)
    assert written.added == ("app/telemetry/trace.py",)
    assert written.changed == ("app/app.py", "docker-compose.yml")
    assert "Your app has step 1 (Trace it) now." in str(written)
    assert "undo 1" in str(written)


def test_all_steps_one_after_another_give_the_last_checkpoint(course):
    for number in (1, 2, 3):
        apply(number)
    assert course.files() == course.checkpoint(3)


def test_a_second_run_writes_nothing(course):
    apply(1)
    before = course.everything()
    assert "already has step 1" in str(apply(1))
    assert course.everything() == before


def test_a_second_run_after_work_on_the_steps_own_lines_writes_nothing(course):
    apply(1)
    edit(course, "app/app.py", b"line 15 traced\n", b"line 15 traced by me\n")
    before = course.everything()
    text = str(apply(1))
    assert "Your app has step 1 (Trace it) already, and changes of yours" in text
    assert "compare 1" in text
    assert course.everything() == before


def test_a_part_of_the_step_that_was_taken_out_again_comes_back(course):
    apply(1)
    edit(course, "app/app.py", b"line 15 traced\n", b"line 15\n")
    course.file("app/telemetry/trace.py").unlink()
    apply(1)
    assert course.files() == course.checkpoint(1)


def test_a_step_that_is_behind_is_already_there(course):
    course.start_at(3)
    before = course.everything()
    text = str(apply(1))
    assert "already has step 1" in text
    assert "is at step 3" in text
    assert course.everything() == before


def test_the_learners_own_edits_stay(course):
    edit(course, "app/app.py", b"line 9\n", b"line 9 of mine\n")
    course.file("app/mine.py").write_text("mine\n")
    written = apply(1)
    content = course.file("app/app.py").read_bytes()
    assert b"line 9 of mine\n" in content
    assert b"line 15 traced\n" in content
    assert course.file("app/mine.py").read_text() == "mine\n"
    assert written.merged == ("app/app.py",)
    assert "already has" in str(apply(1))


def test_half_of_the_step_done_by_hand_is_completed(course):
    edit(course, "app/app.py", b"line 15\n", b"line 15 traced\n")
    apply(1)
    assert course.files() == course.checkpoint(1)


def test_a_conflict_names_place_and_both_sides_and_writes_nothing(course):
    edit(course, "app/app.py", b"line 15\n", b"line 15 of mine\nand one more\n")
    text = refused(course, 1)
    assert "app/app.py, lines 15–16" in text
    assert "you have\n    | line 15 of mine\n    | and one more\n" in text
    assert "step 1 wants\n    | line 15 traced\n" in text
    for way in ("compare 1", "apply 1", "goto 1"):
        assert way in text
    assert saved.list_saved() == []


def test_the_way_on_after_a_conflict_works(course):
    edit(course, "app/app.py", b"line 15\n", b"line 15 of mine\n")
    refused(course, 1)
    edit(course, "app/app.py", b"line 15 of mine\n", b"line 15 traced\n")
    apply(1)
    assert course.files() == course.checkpoint(1)


def test_lines_that_the_learner_took_out_are_a_conflict_with_its_place(course):
    edit(course, "app/app.py", b"line 14\nline 15\nline 16\n", b"")
    text = refused(course, 1)
    assert "app/app.py, line 14" in text
    assert "you have nothing there" in text


def test_the_place_is_counted_in_the_learners_file_though_the_step_adds_lines_above(course):
    edit(course, "app/app.py", b"line 15\n", b"mine\n")
    assert "app/app.py, line 15\n" in refused(course, 1)


def test_a_deleted_file_is_explained_and_the_printed_command_brings_it_back(course, monkeypatch):
    course.file("docker-compose.yml").unlink()
    monkeypatch.chdir(course.file("app/notes"))
    text = refused(course, 1)
    assert "docker-compose.yml: you deleted it, and step 1 changes it." in text
    [line] = [line for line in text.splitlines() if "have it back" in line]
    subprocess.run(shlex.split(line.split("back", 1)[1]), check=True)
    apply(1)
    assert course.files() == course.checkpoint(1)


def test_a_deleted_file_that_the_step_leaves_alone_stays_deleted(course):
    course.file("app/logo.bin").unlink()
    apply(1)
    assert not course.file("app/logo.bin").exists()


def test_a_removed_file_goes(course):
    course.start_at(1)
    written = apply(2)
    assert written.removed == ("app/old.py",)
    assert course.files() == course.checkpoint(2)


def test_a_removed_file_that_the_learner_changed_is_a_conflict(course):
    course.start_at(1)
    edit(course, "app/old.py", b"True", b"False")
    text = refused(course, 2)
    assert "app/old.py: you changed it, and step 2 removes it." in text


def test_a_file_of_the_same_name_and_content_is_fine(course):
    course.file("app/telemetry").mkdir()
    course.file("app/telemetry/trace.py").write_bytes(b"def start():\r\n    pass\r\n")
    apply(1)
    assert course.file("app/telemetry/trace.py").read_bytes() == b"def start():\r\n    pass\r\n"


def test_a_file_of_the_same_name_and_other_content_is_a_conflict(course):
    course.file("app/telemetry").mkdir()
    course.file("app/telemetry/trace.py").write_text("mine\n")
    text = refused(course, 1)
    assert "app/telemetry/trace.py: you made it, and step 1 adds another of that name." in text
    assert "| mine" in text


def test_a_file_in_the_place_of_a_folder_is_refused(course):
    course.file("app/telemetry").write_text("mine\n")
    assert "app/telemetry would have to be a file and a folder at once" in refused(course, 1)


def test_crlf_files_keep_their_line_ends(course):
    for path in ("app/app.py", "docker-compose.yml"):
        edit(course, path, b"\n", b"\r\n")
    edit(course, "app/app.py", b"line 9\r\n", b"line 9 of mine\r\n")
    apply(1)
    lines = course.file("app/app.py").read_bytes().splitlines(keepends=True)
    assert b"line 15 traced\r\n" in lines
    assert b"line 9 of mine\r\n" in lines
    assert all(line.endswith(b"\r\n") for line in lines)
    expected = course.checkpoint(1)["docker-compose.yml"][0].replace(b"\n", b"\r\n")
    assert course.file("docker-compose.yml").read_bytes() == expected
    assert "already has" in str(apply(1))


def test_a_binary_file_is_replaced_and_a_changed_one_is_a_conflict(course):
    course.start_at(1)
    course.file("app/logo.bin").write_bytes(b"\0mine")
    text = refused(course, 2)
    [line] = [line for line in text.splitlines() if "take the step's" in line]
    subprocess.run(shlex.split(line.split("step's", 1)[1]), check=True)
    apply(2)
    assert course.files() == course.checkpoint(2)


def test_a_mode_change_reaches_an_edited_file_and_other_bits_stay(course):
    course.start_at(1)
    edit(course, "app/run.sh", b"flask run", b"flask run --debug")
    course.file("app/run.sh").chmod(0o640)
    apply(2)
    assert stat.S_IMODE(course.file("app/run.sh").stat().st_mode) == 0o750
    assert b"--debug" in course.file("app/run.sh").read_bytes()


def test_a_learner_who_is_too_early_reads_which_command_comes_first(course):
    text = refused(course, 3)
    assert "Step 3 builds on step 2. Your app is at step 0" in text
    assert "apply 1" in text
    assert "goto 2" in text


def test_step_0_and_unknown_steps_are_refused(course):
    assert "Step 0 is the start" in refused(course, 0)
    assert "There is no step 9" in refused(course, 9)


def test_git_ignored_files_never_count(course):
    for name in ("__pycache__/app.pyc", "instance/data.db", ".env"):
        course.file(f"app/{name}").parent.mkdir(exist_ok=True)
        course.file(f"app/{name}").write_bytes(b"x")
    course.file("app/venv/bin").mkdir(parents=True)
    course.file("app/venv/pyvenv.cfg").touch()
    course.file("app/venv/bin/python").symlink_to("/usr/bin/python3")
    apply(1)
    assert course.file("app/instance/data.db").exists()
    [state] = saved.list_saved()
    assert not [path for path in state.folder.rglob("*") if path.name in (".env", "data.db")]


def test_a_symbolic_link_is_refused(course):
    course.file("app/link.py").symlink_to("app.py")
    assert "app/link.py is a symbolic link" in refused(course, 1)


def test_someone_elses_git_settings_change_nothing(course, tmp_path, monkeypatch):
    settings = "[merge]\nconflictStyle = diff3\n[core]\nautocrlf = true\n[diff]\nnoprefix = true\n"
    (tmp_path / ".gitconfig").write_text(settings)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "nowhere"))
    edit(course, "app/app.py", b"line 15\n", b"mine\n")
    assert "you have\n    | mine\n  step 1 wants\n    | line 15 traced\n" in refused(course, 1)


def test_no_git_is_said(course, monkeypatch):
    edit(course, "app/app.py", b"line 9\n", b"line 9 of mine\n")
    monkeypatch.setenv("PATH", os.devnull)
    assert "git is not installed" in refused(course, 1)


def test_from_a_sub_folder(course, monkeypatch):
    monkeypatch.chdir(course.file("app/notes"))
    apply(1)
    assert course.files() == course.checkpoint(1)


def test_conflict_marks_in_the_learners_file_are_text(course):
    edit(course, "app/app.py", b"line 20\n", b"<<<<<<< mine\n=======\n>>>>>>> theirs\n")
    apply(1)
    assert b"<<<<<<< mine\n=======\n>>>>>>> theirs\n" in course.file("app/app.py").read_bytes()
