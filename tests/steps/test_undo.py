import errno
import stat
from pathlib import Path

import pytest

from workshop.errors import WorkshopError
from workshop.steps import saved, tree
from workshop.steps.apply import apply, goto
from workshop.steps.saved import list_saved, render_list, undo


def mess(course):
    """A learner's app with all that a command could lose."""
    course.start_at(1)
    course.file("app/app.py").write_bytes(course.file("app/app.py").read_bytes() + b"mine\r\n")
    course.file("app/café.py").write_bytes(b"\xff\0\r\n")
    course.file("app/café.py").chmod(0o755)
    course.file("app/notes/größe.txt").unlink()
    course.file("docker-compose.yml").write_bytes(b"a\nb\r\nc")
    return course.files()


COMMANDS = {"goto 0": lambda: goto(0), "goto 3": lambda: goto(3)}


@pytest.mark.parametrize("words", COMMANDS)
def test_undo_brings_everything_back_and_can_be_undone(course, words):
    before = mess(course)
    COMMANDS[words]()
    after = course.files()
    assert after != before
    undone = undo()
    assert course.files() == before
    assert f"as it was before `{words}`" in str(undone)
    undo()
    assert course.files() == after
    undo()
    assert course.files() == before


def test_undo_of_apply(course):
    before = course.files()
    apply(1)
    undo()
    assert course.files() == before
    assert not course.file("app/telemetry").exists()


def test_a_file_made_since_is_removed_named_and_saved(course):
    apply(1)
    course.file("app/mine.py").write_text("mine\n")
    with_mine = course.files()
    undone = undo()
    assert undone.removed == ("app/mine.py", "app/telemetry/trace.py")
    assert course.files() == course.checkpoint(0)
    undo()
    assert course.files() == with_mine


def test_an_older_state_by_its_number(course):
    before = course.files()
    apply(1)
    apply(2)
    undo(1)
    assert course.files() == before
    assert [state.before for state in list_saved()] == ["apply 1", "apply 2", "undo 1"]
    assert render_list().splitlines()[0].endswith("before undo 1")


def test_undo_of_what_is_there_already_writes_nothing(course):
    apply(1)
    undo()
    before = course.everything()
    assert "nothing to do" in str(undo(1))
    assert course.everything() == before


def test_nothing_to_undo(course):
    with pytest.raises(WorkshopError, match="nothing to undo"):
        undo()
    assert "Nothing is saved yet" in render_list()


def test_an_unknown_number(course):
    apply(1)
    with pytest.raises(WorkshopError, match=r"no saved state 7(.|\n)*undo --list"):
        undo(7)


def test_the_last_50_are_kept(course):
    for number in range(60):
        goto(number % 2 + 1)
    assert [state.sequence for state in list_saved()] == list(range(11, 61))


@pytest.mark.parametrize("interrupted_at", [0, 1, 2])
@pytest.mark.parametrize("words", ["apply", "goto"])
def test_ctrl_c_half_way_can_be_undone(course, monkeypatch, words, interrupted_at):
    before = mess(course)
    if words == "apply":
        course.start_at(1)
        before = course.files()
    writes = iter(range(100))
    real = Path.replace

    def replace(self, target):
        inside = ".workshop/" not in str(target)
        if inside and next(writes) == interrupted_at:
            raise KeyboardInterrupt
        return real(self, target)

    with monkeypatch.context() as patched:
        patched.setattr(Path, "replace", replace)
        with pytest.raises(WorkshopError, match=r"Stopped half-way(.|\n)*undo 1"):
            apply(2) if words == "apply" else goto(3)
    assert not [path for path in course.root.rglob("*") if path.name.endswith(tree.WRITING)]
    undo()
    assert course.files() == before


def test_ctrl_c_while_saving_leaves_the_app_and_no_half_state(course, monkeypatch):
    before = course.files()

    def interrupt(self, target):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(Path, "replace", interrupt)
        with pytest.raises(KeyboardInterrupt):
            apply(1)
    assert course.files() == before
    assert list_saved() == []
    assert list((course.root / ".workshop/undo").iterdir()) == []


def test_a_full_disk_while_writing_names_file_and_way_back(course, monkeypatch):
    before = course.files()
    real = Path.replace

    def replace(self, target):
        if ".workshop/" not in str(target) and Path(target).name == "docker-compose.yml":
            raise OSError(errno.ENOSPC, "No space left on device", str(target))
        return real(self, target)

    with monkeypatch.context() as patched:
        patched.setattr(Path, "replace", replace)
        with pytest.raises(WorkshopError, match=r"docker-compose.yml cannot be written: No space"):
            apply(1)
    undo()
    assert course.files() == before


def test_a_shelf_that_cannot_be_written_changes_nothing(course):
    (course.root / ".workshop").mkdir()
    (course.root / ".workshop/undo").write_text("in the way")
    before = course.everything()
    with pytest.raises(WorkshopError, match="cannot be saved, so nothing is changed"):
        apply(1)
    assert course.everything() == before


def test_permissions_survive(course):
    course.file("app/app.py").chmod(0o600)
    apply(1)
    assert stat.S_IMODE(course.file("app/app.py").stat().st_mode) == 0o600


def test_every_message_names_a_state_that_exists(course):
    written = apply(1)
    assert saved.undo(written.saved.sequence).restored == written.saved
