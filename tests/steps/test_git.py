import pytest

from workshop.errors import WorkshopError
from workshop.steps import git


def test_a_repository_above_is_not_seen(tmp_path):
    git.output(["init", "--quiet"], tmp_path)
    (tmp_path / "below").mkdir()
    assert git.run(["rev-parse", "--git-dir"], tmp_path).returncode == 0
    assert git.run(["rev-parse", "--git-dir"], tmp_path / "below").returncode == 128


def test_a_failure_is_told_in_gits_own_words(tmp_path):
    with pytest.raises(WorkshopError, match=r"`git am` failed(.|\n)*git says: fatal: not a git"):
        git.output(["am"], tmp_path)


def test_one_step_is_a_day_younger_than_the_one_before():
    assert git.pinned_identity(0)["GIT_AUTHOR_DATE"] == "2026-01-01T12:00:00+00:00"
    assert git.pinned_identity(10)["GIT_COMMITTER_DATE"] == "2026-01-11T12:00:00+00:00"
