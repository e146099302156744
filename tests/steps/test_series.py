import os
import shutil
import subprocess

import pytest

from workshop.errors import WorkshopError
from workshop.steps.build import problems
from workshop.steps.saved import undo
from workshop.steps.series import drop, edit, save

PATCHES = ("steps/01-trace/step.patch", "steps/02-more/step.patch", "steps/03-last/step.patch")


def replace(path, old, new):
    content = path.read_bytes()
    assert old in content
    path.write_bytes(content.replace(old, new))


def git(folder, *words):
    """Run git as the author would, by hand."""
    who = {
        f"GIT_{role}_{key}": "x@example.invalid"
        for role in ("AUTHOR", "COMMITTER")
        for key in ("NAME", "EMAIL")
    }
    run = subprocess.run(
        ["git", *words],
        cwd=folder,
        env={**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, **who},
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stderr
    return run.stdout


def course_files(course):
    """All files of the checkout but what the workshop remembers."""
    return {
        path.relative_to(course.root): (path.read_bytes(), os.access(path, os.X_OK))
        for path in course.root.rglob("*")
        if path.is_file() and ".workshop" not in path.parts
    }


@pytest.mark.parametrize("number", [0, 1, 2, 3])
def test_saving_without_a_change_changes_no_byte(course, number):
    before = course_files(course)
    opened = edit(number)
    assert course.files(opened.folder)["app/app.py"] == course.checkpoint(number)["app/app.py"]
    assert str(save()) == "Saved: no byte has changed."
    assert course_files(course) == before
    assert not opened.folder.exists()


def test_the_series_is_one_commit_a_step_tagged_by_slug(course):
    folder = edit(2).folder
    shown = git(folder, "log", "--format=%s", "series").splitlines()
    assert shown == ["The last step", "Trace more", "Trace it", "Meet the app"]
    assert git(folder, "describe", "--tags", "--exact-match", "--match", "0*") == "02-more\n"
    assert git(folder, "status", "--porcelain") == ""


def test_a_change_of_step_1_reaches_the_later_steps_and_no_other_patch(course):
    before = course_files(course)
    folder = edit(1).folder
    replace(folder / "app/app.py", b"line 15 traced", b"line 15 seen")
    (folder / "app/telemetry/new.py").write_bytes(b"new = 1\n")
    stored = save()
    assert PATCHES[0] in stored.written
    for number in (1, 2, 3):
        assert b"line 15 seen\n" in course.checkpoint(number)["app/app.py"][0]
        assert course.checkpoint(number)["app/telemetry/new.py"][0] == b"new = 1\n"
    assert b"line 15\n" in course.checkpoint(0)["app/app.py"][0]
    assert problems() == []
    # And back: the same bytes as before.
    folder = edit(1).folder
    replace(folder / "app/app.py", b"line 15 seen", b"line 15 traced")
    (folder / "app/telemetry/new.py").unlink()
    save()
    assert course_files(course) == before


def test_the_last_step_and_modes_and_removals(course):
    folder = edit(3).folder
    (folder / "app/telemetry/last.py").chmod(0o755)
    (folder / "app/logo.bin").unlink()
    (folder / "app/ünï.bin").write_bytes(b"\0\1\2")
    save()
    checkpoint = course.checkpoint(3)
    assert checkpoint["app/telemetry/last.py"][1]
    assert "app/logo.bin" not in checkpoint
    assert checkpoint["app/ünï.bin"][0] == b"\0\1\2"
    assert problems() == []


def test_a_commit_amended_by_hand_and_a_given_body(course):
    folder = edit(2).folder
    replace(folder / "app/app.py", b"line 25 more", b"line 25 most")
    git(folder, "commit", "--all", "--amend", "-m", "Trace most", "-m", "# Because.")
    save()
    patch = (course.root / PATCHES[1]).read_text()
    assert "Subject: [PATCH] Trace most\n\n# Because.\n" in patch
    assert "From: The distributed tracing workshop <workshop@example.invalid>" in patch
    assert "Date: Sat, 3 Jan 2026 12:00:00 +0000" in patch
    edit(2)
    save("Grüße,\n\nin two paragraphs.\n")
    assert "\n\nin two paragraphs.\n---\n" in (course.root / PATCHES[1]).read_text()
    assert problems() == []


def test_a_message_that_a_mail_cannot_carry_is_refused_and_can_be_mended(course):
    before = course_files(course)
    edit(2)
    with pytest.raises(WorkshopError, match="does not give the same commit"):
        save("Above.\n\n---\n\nBelow.")
    assert course_files(course) == before
    save("Above.\n\nBelow.")
    assert problems() == []


def conflict(course):
    folder = edit(1).folder
    replace(folder / "app/app.py", b"line 25\n", b"line 25 of step 1\n")
    before = course_files(course)
    with pytest.raises(WorkshopError) as caught:
        save()
    assert "“Trace more” no longer fits: app/app.py." in str(caught.value)
    assert "git add" in str(caught.value)
    assert "steps drop" in str(caught.value)
    assert course_files(course) == before
    return folder


def test_a_conflict_is_mended_in_the_series_and_saved(course):
    folder = conflict(course)
    with pytest.raises(WorkshopError, match="no longer fits"):
        save()
    git(folder, "add", "app/app.py")
    with pytest.raises(WorkshopError, match=r"Conflict marks are left in app/app.py"):
        save()
    content = course.checkpoint(2)["app/app.py"][0].replace(b"line 25 more", b"line 25 both")
    (folder / "app/app.py").write_bytes(content)
    git(folder, "add", "app/app.py")
    save()
    assert b"line 25 of step 1\n" in course.checkpoint(1)["app/app.py"][0]
    assert b"line 25 both\n" in course.checkpoint(3)["app/app.py"][0]
    assert problems() == []


def test_a_rebase_given_up_by_hand_is_noticed_and_the_edit_is_kept(course):
    folder = conflict(course)
    git(folder, "rebase", "--abort")
    with pytest.raises(WorkshopError, match="checkout --detach edited"):
        save()
    git(folder, "checkout", "--detach", "edited")
    replace(folder / "app/app.py", b"line 25 of step 1\n", b"line 25\n")
    replace(folder / "app/app.py", b"line 9\n", b"line 9 of step 1\n")
    save()
    assert b"line 9 of step 1\n" in course.checkpoint(3)["app/app.py"][0]
    assert problems() == []


def test_dropping_gives_up(course):
    before = course_files(course)
    conflict(course)
    drop()
    assert course_files(course) == before
    assert "nothing to drop" in drop()
    edit(1)
    save()
    assert course_files(course) == before


def test_a_changed_start_changes_the_app_at_the_root(course):
    folder = edit(0).folder
    replace(folder / "app/app.py", b"line 9\n", b"line 9 anew\n")
    stored = save()
    assert course.files() == course.checkpoint(0)
    assert b"line 9 anew\n" in course.checkpoint(3)["app/app.py"][0]
    assert "is the new start" in str(stored)
    assert problems() == []
    undo()
    assert course.files()["app/app.py"][0] == b"".join(b"line %d\n" % n for n in range(1, 31))


def test_an_app_at_the_root_that_was_changed_stays(course):
    course.file("app/app.py").write_bytes(b"mine\n")
    folder = edit(0).folder
    replace(folder / "app/app.py", b"line 9\n", b"line 9 anew\n")
    assert "goto 0" in str(save())
    assert course.file("app/app.py").read_bytes() == b"mine\n"


def test_a_new_step(course):
    expected = course.checkpoint(3)
    shutil.rmtree(course.root / "steps/03-last")
    opened = edit(3)
    with pytest.raises(WorkshopError, match="no message yet that says why"):
        save()
    with pytest.raises(WorkshopError, match="Step 3 changes nothing"):
        save("It shows why.")
    replace(opened.folder / "app/app.py", b"line 29\n", b"line 29 last\n")
    (opened.folder / "app/telemetry/last.py").write_bytes(b"last = 1\n")
    save("It shows why.")
    assert course.checkpoint(3) == expected
    assert "[PATCH] The last step\n\nIt shows why.\n---" in (course.root / PATCHES[2]).read_text()
    assert problems() == []


def test_a_new_step_after_one_that_is_missing(course):
    shutil.rmtree(course.root / "steps/02-more")
    shutil.rmtree(course.root / "steps/03-last")
    with pytest.raises(WorkshopError, match=r"Step 3 builds on step 2(.|\n)*steps edit 2"):
        edit(3)


def test_an_open_series_is_not_overwritten(course):
    folder = edit(1).folder
    replace(folder / "app/app.py", b"line 9\n", b"line 9 anew\n")
    assert edit(1).folder == folder
    with pytest.raises(WorkshopError, match="already open at step 1"):
        edit(2)
    assert b"line 9 anew\n" in (folder / "app/app.py").read_bytes()


def test_nothing_open(course):
    with pytest.raises(WorkshopError, match=r"No series is open(.|\n)*steps edit"):
        save()


def test_a_file_outside_the_app_is_refused_and_ignored_ones_stay_out(course):
    folder = edit(1).folder
    (folder / "app/__pycache__").mkdir()
    (folder / "app/__pycache__/app.pyc").touch()
    (folder / "notes.md").touch()
    with pytest.raises(WorkshopError, match=r"notes.md is no part of the app"):
        save()
    (folder / "notes.md").unlink()
    assert "no byte has changed" in str(save())


def test_saving_from_inside_the_series(course, monkeypatch):
    folder = edit(1).folder
    monkeypatch.chdir(folder / "app")
    replace(folder / "app/app.py", b"line 9\n", b"line 9 anew\n")
    save()
    assert b"line 9 anew\n" in course.checkpoint(3)["app/app.py"][0]


def test_git_am_on_a_fresh_clone_gives_the_checkpoints_one_commit_a_step(course, tmp_path):
    git(course.root, "init", "--quiet")
    (course.root / ".gitattributes").write_text("* text=auto eol=lf\n*.patch -text\n")
    git(course.root, "add", "--all")
    git(course.root, "commit", "--quiet", "-m", "The course")
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "--quiet", str(course.root), str(clone))
    git(clone, "am", *PATCHES)
    assert course.files(clone) == course.checkpoint(3)
    subjects = git(clone, "log", "--format=%s").splitlines()
    assert subjects == ["The last step", "Trace more", "Trace it", "The course"]
